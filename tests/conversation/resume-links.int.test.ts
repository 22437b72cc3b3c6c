import { openDialogue, seedWorkflow, type Dialogue } from '@sim/conversation-service/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { sketch, startWith } from '../support/sketch.js';

const DOCUMENT = sketch(
  {
    start: startWith({ name: 'city' }),
    approve: {
      type: 'human_in_the_loop',
      name: 'Approve',
      params: {
        builderData: [{ id: 'b', name: 'City', value: '<start.city>' }],
        inputFormat: [
          { id: 'a', name: 'approved', type: 'boolean', required: true },
          { id: 'c', name: 'count', type: 'number', required: true },
          { id: 'n', name: 'note', required: false },
        ],
      },
    },
    tell: {
      type: 'function',
      params: { code: 'return { link: <approve.url>, secret: "of the session" };' },
    },
    end: { type: 'response', params: { data: '{"approved": <approve.approved>}' } },
  },
  ['start -> approve', 'approve -> tell', 'tell -> end'],
);

let home: ServiceHome;
let workflowId: string;
let ahead = 0;
beforeAll(async () => {
  home = await openServiceHome({
    overrides: { clock: () => new Date(Date.now() + ahead) },
    upkeep: false,
  });
  workflowId = await seedWorkflow(home.database, home.ada, DOCUMENT);
});
afterAll(() => home.stop());

/** A session at its form, with the way to a link as the webhook has it. */
async function atForm(city = 'Springfield') {
  const session = await openDialogue(home.service.call, home.ada, workflowId);
  await session.says(city);
  const { rows } = await home.database.query<{ id: string }>({
    text: `SELECT data -> 'question' ->> 'id' AS id FROM workflow_execution_events
           WHERE session_id = $1 AND event_type = 'question-asked' ORDER BY sequence DESC LIMIT 1`,
    values: [session.sessionId],
  });
  return { session, token: tokenOf(session, rows[0]!.id) };
}

function tokenOf({ sessionId }: Dialogue, questionId: string, until = 3_600_000): string {
  const url = home.service.context.links.urlOf({
    sessionId: sessionId as `ses_${string}`,
    questionId: questionId as `qst_${string}`,
    until: new Date(Date.now() + until),
  });
  return url.split('/').at(-1)!;
}

const look = (token: string) => home.service.call('getResumeQuestion', { params: { token } });
const answer = (token: string, body: unknown) =>
  home.service.call('answerResumeQuestion', { params: { token }, body });
const browse = (token: string, fields?: Record<string, string>) =>
  fetch(`${home.service.url}/api/v1/conversational-workflows/resume/${token}`, {
    headers: { accept: 'text/html,*/*;q=0.8' },
    ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
  });

describe('a resume link', () => {
  it('shows the question and what goes with it, and nothing else of the session', async () => {
    const { session, token } = await atForm();
    const { body, text } = await look(token);
    expect(body).toMatchObject({
      workflowName: 'Sketch',
      question: {
        kind: 'slots',
        label: 'Approve',
        shown: { values: { City: 'Springfield' } },
        fields: [{ name: 'approved' }, { name: 'count' }, { name: 'note', required: false }],
      },
    });
    expect(text).not.toContain(session.sessionId);
    expect(text).not.toContain(home.ada.userId);
  });

  it('answers it once; the session goes on, and the link is of no use any more', async () => {
    const { session, token } = await atForm();
    const values = { approved: true, count: 3, note: 'Fine.' };
    const { body, text } = await answer(token, { values });
    expect(body).toEqual({ answered: true, messages: [], question: null });
    expect(text).not.toContain('of the session');
    const state = await session.reaches('completed');
    expect(state.output).toMatchObject({ data: { approved: true } });
    expect((await answer(token, { values })).problem?.code).toBe('resume_link_gone');
    expect((await look(token)).status).toBe(410);
  });

  it('says what is wrong with an answer, and takes the rest afterwards', async () => {
    const { session, token } = await atForm();
    const first = (await answer(token, { values: { approved: 'yes', count: 'many' } })).body;
    expect(first).toMatchObject({
      answered: false,
      messages: [expect.stringContaining('"many" is not a number')],
      question: { fields: [{ name: 'count' }, { name: 'note' }] },
    });
    expect((await answer(token, { values: { count: 2, note: null } })).body.answered).toBe(true);
    await session.reaches('completed');
  });

  it('takes a mere yes for the field that asks for it', async () => {
    const { token } = await atForm();
    const { body } = await answer(token, { approved: true });
    expect(body.question?.fields.map(({ name }) => name)).toEqual(['count', 'note']);
  });

  it('is answered by one of those who answer at once', async () => {
    const { session, token } = await atForm();
    const values = { approved: true, count: 1, note: null };
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => answer(token, { values })));
    expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410, 410, 410]);
    await session.reaches('completed');
  });

  it.each<[string, (token: string) => string]>([
    ['was altered', (token) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
    ['is of another question', (token) => token.replace(/\.\d+\./, '.1.')],
    [
      'lives longer than it was given',
      (token) => token.replace(/\.([0-9a-z]+)\.([^.]+)$/, '.zzzzzz.$2'),
    ],
    ['is none', () => 'nonsense'],
  ])('that %s is unknown', async (_what, alter) => {
    const { token } = await atForm();
    const altered = await look(alter(token));
    expect([altered.status, altered.problem?.code]).toEqual([404, 'resume_link_unknown']);
  });

  it('is gone when its time is over, and when its session is', async () => {
    const { session, token } = await atForm();
    await session.does('pause');
    const paused = await answer(token, { approved: true });
    expect([paused.status, paused.problem?.code]).toEqual([409, 'session_paused']);
    await session.does('cancel', { confirmed: true });
    expect((await look(token)).problem?.code).toBe('resume_link_gone');
    const late = await atForm();
    ahead = 3_700_000;
    expect((await look(late.token)).problem?.detail).toContain('time of this link');
    ahead = 0;
  });

  it('is for forms alone: a question that is asked of the person has none', async () => {
    const session = await openDialogue(home.service.call, home.ada, workflowId);
    const { rows } = await home.database.query<{ id: string }>({
      text: `SELECT data -> 'question' ->> 'id' AS id FROM workflow_execution_events
             WHERE session_id = $1 AND event_type = 'question-asked'`,
      values: [session.sessionId],
    });
    expect((await look(tokenOf(session, rows[0]!.id))).status).toBe(410);
  });

  it('refuses bodies of another form', async () => {
    const { token } = await atForm();
    for (const body of [{}, { value: 1 }, { values: 3 }]) {
      expect((await answer(token, body)).problem?.code).toBe('invalid_body');
    }
  });
});

describe('the page of a resume link', () => {
  it('is a form that needs no script, and shows markup as text', async () => {
    const { session, token } = await atForm('<b>Springfield</b>');
    const page = await browse(token);
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    expect(html).toContain('&lt;b&gt;Springfield&lt;/b&gt;');
    expect(html).toContain('name="values.count"');
    expect(html).not.toContain('<script');
    const wrong = await browse(token, { 'values.approved': 'yes', 'values.count': '<i>' });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('&quot;&lt;i&gt;&quot; is not a number');
    const done = await browse(token, { 'values.count': '4', 'values.note': '' });
    expect(await done.text()).toContain('Your answer was taken');
    await session.reaches('completed');
    const again = await browse(token);
    expect([again.status, await again.text()]).toEqual([410, expect.stringContaining('of no use')]);
  });
});

describe('the limit of resume links', () => {
  it('keeps tokens from being tried out', async () => {
    const strict = await openServiceHome({
      env: { CONVERSATION_RATE_LIMIT_MAX: '3' },
      upkeep: false,
    });
    const tries = Array.from({ length: 4 }, () =>
      strict.service.call('getResumeQuestion', { params: { token: 'nonsense' } }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status).sort();
    expect(statuses).toEqual([404, 404, 404, 429]);
    await strict.stop();
  });
});
