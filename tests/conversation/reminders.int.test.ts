import { openDialogue, seedWorkflow, type Dialogue } from '@sim/conversation-service/testing';
import { createSessionUpkeep } from '@sim/postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startReceiver, type Receiver } from '../support/receiver.js';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { startSimApp, type RunningSimApp } from '../support/sim-app.js';
import { sketch, startWith } from '../support/sketch.js';

const DAY_MS = 86_400_000;
const DOCUMENT = sketch(
  {
    start: startWith({ name: 'city' }, { name: 'note' }),
    wait: { type: 'wait', params: { timeValue: '30', timeUnit: 'days' } },
    end: { type: 'response', params: { data: '{"city": "<start.city>"}' } },
  },
  ['start -> wait', 'wait -> end'],
);

let home: ServiceHome;
let sim: RunningSimApp;
let receiver: Receiver;
let workflowId: string;
let ahead = 0;
beforeAll(async () => {
  home = await openServiceHome({
    env: { SESSION_REMINDER_MAX: '2' },
    overrides: { clock: () => new Date(Date.now() + ahead) },
  });
  sim = await startSimApp(home.url);
  receiver = await startReceiver();
  workflowId = await seedWorkflow(home.database, home.ada, DOCUMENT);
  const body = { url: receiver.url, events: ['reminder'] };
  await sim.call('POST', '/api/v1/webhooks', home.ada.token, body);
});
afterAll(async () => {
  await sim.stop();
  await receiver.close();
  await home.stop();
});

const open = (executionConfig = {}) =>
  openDialogue(home.service.call, home.ada, workflowId, { executionConfig });
const AN_HOUR = { reminderAfterMs: 3_600_000 };
interface Job {
  readonly task: string;
  readonly inMs: number;
}
const jobsOf = async ({ sessionId }: Dialogue) => {
  const { rows } = await home.database.query<Job>({
    text: `SELECT task_identifier AS task,
             (extract(epoch FROM run_at - now()) * 1000)::float8 AS "inMs"
           FROM graphile_worker.jobs WHERE key LIKE '%' || $1 || '%' ORDER BY task_identifier`,
    values: [sessionId],
  });
  return rows;
};
const ring = ({ sessionId }: Dialogue) =>
  home.database.query({
    text: `UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key LIKE '%' || $1 || '%'`,
    values: [sessionId],
  });
const eventsOf = async (session: Dialogue) => {
  const params = { sessionId: session.sessionId };
  const query = { limit: 200 };
  return (await home.service.call('listEvents', { token: home.ada.token, params, query })).body
    .items;
};
const remindersOf = async (session: Dialogue) =>
  (await eventsOf(session)).filter(({ type }) => type === 'reminded').length;
const reminded = (session: Dialogue, count: number) =>
  vi.waitFor(async () => {
    expect(await remindersOf(session)).toBe(count);
  }, 20_000);
const aboutAnHour = (hours = 1) => ({
  task: 'session-reminder',
  inMs: expect.closeTo(hours * 3_600_000, -5),
});

describe('a reminder', () => {
  it('puts the question again, further and further apart, so often and no more', async () => {
    const session = await open(AN_HOUR);
    const before = await session.state();
    expect(await jobsOf(session)).toEqual([aboutAnHour()]);
    await ring(session);
    await reminded(session, 1);
    const said = (await eventsOf(session)).slice(-2).map(({ type, data }) => [type, data]);
    expect(JSON.stringify(said)).toContain('"reminder"');
    expect(JSON.stringify(said)).toContain('"ask-slot"');
    const { expiresAt } = await session.state();
    expect(expiresAt).toBe(before.expiresAt);
    const turns = await home.service.call('listTurns', {
      token: home.ada.token,
      params: { sessionId: session.sessionId },
    });
    expect(turns.body.items.at(-1)).toMatchObject({
      speaker: 'agent',
      content: 'I am still waiting for your answer.\nWhat is the city?',
    });
    expect(await jobsOf(session)).toEqual([aboutAnHour(2)]);
    await ring(session);
    await reminded(session, 2);
    expect(await jobsOf(session)).toEqual([]);
    const told = await receiver.told('reminder', session.sessionId, 2);
    expect(told.map(({ body }) => body.data.count).sort()).toEqual([1, 2]);
    expect(told[0]!.body.data).toMatchObject({ question: { prompt: 'What is the city?' } });

    // An answer begins the count anew.
    await session.says('Springfield');
    expect(await jobsOf(session)).toEqual([aboutAnHour()]);
  });

  it('is off where nothing is said, and where it is turned off', async () => {
    expect(await jobsOf(await open())).toEqual([]);
    expect(await jobsOf(await open({ reminderAfterMs: 0 }))).toEqual([]);
  });

  it.each([
    ['answered', ['Springfield', 'soon']],
    ['paused', ['pause']],
    ['ended', ['cancel', 'yes']],
  ])('does not come to a session that was %s', async (_what, utterances) => {
    const session = await open(AN_HOUR);
    for (const text of utterances) await session.says(text);
    expect((await jobsOf(session)).filter(({ task }) => task === 'session-reminder')).toEqual([]);
  });

  it('that was taken up just before an answer says nothing', async () => {
    const session = await open(AN_HOUR);
    const events = await eventsOf(session);
    await session.says('Springfield');
    await home.service.context.engine.remind(session.sessionId, events.length);
    expect(await remindersOf(session)).toBe(0);
  });

  it('comes once where its job comes twice', async () => {
    const session = await open(AN_HOUR);
    const { length } = await eventsOf(session);
    const { engine } = home.service.context;
    await Promise.all([1, 2, 3].map(() => engine.remind(session.sessionId, length)));
    expect(await remindersOf(session)).toBe(1);
  });
});

describe('a wait of 30 days', () => {
  it('survives restarts: the session does not expire meanwhile, and goes on after it', async () => {
    const session = await open();
    await session.says('Springfield');
    await session.says('soon');
    const waiting = await session.state();
    expect(waiting.awaiting?.kind).toBe('timer');
    expect(Date.parse(waiting.expiresAt)).toBeGreaterThan(Date.now() + 30 * DAY_MS);
    await home.restart();
    expect(await jobsOf(session)).toEqual([
      { task: 'session-timer', inMs: expect.closeTo(30 * DAY_MS, -6) },
    ]);
    // The day before, nothing is overdue, also after another restart.
    ahead = 29 * DAY_MS;
    await home.restart();
    const upkeep = createSessionUpkeep(home.database);
    expect(await upkeep.expired(new Date(Date.now() + ahead), 1000)).not.toContain(
      session.sessionId,
    );
    const common = { token: home.ada.token, params: { sessionId: session.sessionId } };
    const state = async () => (await home.service.call('getSessionState', common)).body.state;
    expect((await state()).executionStatus).toBe('running');
    ahead = 30 * DAY_MS + 1000;
    await ring(session);
    await vi.waitFor(async () => {
      expect(await state()).toMatchObject({
        executionStatus: 'completed',
        output: { data: { city: 'Springfield' } },
      });
    }, 20_000);
    ahead = 0;
  });
});
