import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  vi,
} from 'vitest';
import { sketch, startWith } from '../support/sketch.js';

let home: TestDatabase;
let service: TestService;
let ada: Person;
let eve: Person;
let workflowId: string;
let otherWorkflowId: string;
let callingWorkflowId: string;

/** Answers when the test says so. */
let slow: Server;
let pending: ServerResponse[];
const finishCalls = () => {
  for (const response of pending.splice(0)) response.end('{"ok": true}');
};

const DOCUMENT = sketch(
  {
    start: startWith({ name: 'count', type: 'number' }, { name: 'note' }),
    end: { type: 'response', params: { data: '{"count": <start.count>}' } },
  },
  ['start -> end'],
);

beforeAll(async () => {
  slow = createServer((_req, res) => {
    res.setHeader('content-type', 'application/json');
    pending.push(res);
  });
  slow.listen(0, '127.0.0.1');
  await once(slow, 'listening');
  const { port } = slow.address() as AddressInfo;
  home = await createTestDatabase(inject('postgresUrl'));
  const database = home.open();
  service = await startTestService(home.url, { upkeep: false });
  [ada, eve] = [await seedPerson(database, 'Ada'), await seedPerson(database, 'Eve')];
  workflowId = await seedWorkflow(database, ada, DOCUMENT);
  otherWorkflowId = await seedWorkflow(database, ada, DOCUMENT);
  callingWorkflowId = await seedWorkflow(
    database,
    ada,
    sketch(
      {
        start: startWith({ name: 'order' }),
        call: { type: 'api', params: { url: `http://127.0.0.1:${port}/`, method: 'GET' } },
        end: { type: 'response', params: { data: '{"ok": <call.data.ok>}' } },
      },
      ['start -> call', 'call -> end'],
    ),
  );
});
afterAll(async () => {
  await service.stop();
  await verifySessions(home.open());
  await home.drop();
  slow.closeAllConnections();
  slow.close();
});
beforeEach(() => {
  pending = [];
});
afterEach(finishCalls);

const open = () => openDialogue(service.call, ada, workflowId);
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

describe('a command under a key', () => {
  it('gets the same answer again, and is done once', async () => {
    const session = await open();
    const first = await session.trySaying('7', keyed('a'));
    const second = await session.trySaying('7', keyed('a'));
    expect(second.text).toBe(JSON.stringify(second.body));
    expect(second.body).toEqual(first.body);
    await session.says('a note');
    // Later too, whatever has happened since.
    expect((await session.trySaying('7', keyed('a'))).body).toEqual(first.body);
    const { body } = await service.call('listTurns', {
      token: ada.token,
      params: { sessionId: session.sessionId },
    });
    expect(body.items.filter(({ content }) => content === '7')).toHaveLength(1);
  });

  it('is refused with another body', async () => {
    const session = await open();
    await session.says('7', keyed('a'));
    const refused = await session.trySaying('8', keyed('a'));
    expect([refused.status, refused.problem?.code]).toEqual([422, 'idempotency_key_reused']);
    const elsewhere = { naturalLanguageInput: '7', context: { timeZone: 'Asia/Tokyo' } };
    const { problem } = await session.trySaying('', { ...keyed('a'), body: elsewhere });
    expect(problem?.code).toBe('idempotency_key_reused');
    const action = await service.call('performAction', {
      token: ada.token,
      params: { sessionId: session.sessionId },
      body: { action: 'status' },
      ...keyed('a'),
    });
    expect(action.problem?.code).toBe('idempotency_key_reused');
    expect((await session.state()).slots).toEqual({ count: 7 });
  });

  it('is its own in every session', async () => {
    const [one, two] = [await open(), await open()];
    expect((await one.says('7', keyed('a'))).state.slots).toEqual({ count: 7 });
    expect((await two.says('8', keyed('a'))).state.slots).toEqual({ count: 8 });
  });

  it('is done once though it comes many times at once', async () => {
    const session = await open();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => session.trySaying('7', keyed('a'))),
    );
    const [first] = answers;
    for (const answer of answers) expect(answer.body).toEqual(first?.body);
    const { body } = await service.call('listTurns', {
      token: ada.token,
      params: { sessionId: session.sessionId },
    });
    expect(body.items.filter(({ speaker }) => speaker === 'user')).toHaveLength(1);
  });

  it('is not known where the first was refused', async () => {
    const session = await open();
    expect((await session.trySaying('x'.repeat(4_001), keyed('a'))).status).toBe(400);
    expect((await session.trySaying('7', keyed('a'))).status).toBe(200);
  });
});

describe('the opening of a session under a key', () => {
  const opening = (key: string, body: object = { workflowId }, token = ada.token) =>
    service.call('openSession', { token, body, ...keyed(key) });

  it('opens one, and gives the same answer again', async () => {
    const first = await opening('o1');
    expect(first.status).toBe(201);
    await service.call('sendCommand', {
      token: ada.token,
      params: { sessionId: first.body.sessionId },
      body: { naturalLanguageInput: '7' },
    });
    const second = await opening('o1');
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
  });

  it.each<[string, () => object]>([
    ['another workflow', () => ({ workflowId: otherWorkflowId })],
    ['other values', () => ({ workflowId, initialInput: { count: 3 } })],
    ['another configuration', () => ({ workflowId, conversationalConfig: { showProgress: true } })],
    ['other notes', () => ({ workflowId, metadata: { channel: 'mail' } })],
  ])('is refused with %s', async (name, body) => {
    await opening(name.replaceAll(' ', '-'));
    const { status, problem } = await opening(name.replaceAll(' ', '-'), body());
    expect([status, problem?.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('opens one though it comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => opening('o2')));
    expect(new Set(answers.map(({ body }) => body.sessionId)).size).toBe(1);
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
  });

  it('is its own for every person and workspace', async () => {
    const mine = await opening('o3');
    const theirs = await seedWorkflow(home.open(), eve, DOCUMENT);
    const { body } = await opening('o3', { workflowId: theirs }, eve.token);
    expect(body.sessionId).not.toBe(mine.body.sessionId);
  });

  it('leaves the key free for the first command', async () => {
    const { body } = await opening('o4');
    const said = await service.call('sendCommand', {
      token: ada.token,
      params: { sessionId: body.sessionId },
      body: { naturalLanguageInput: '7' },
      ...keyed('o4'),
    });
    expect(said.body.state.slots).toEqual({ count: 7 });
  });

  it('is possible again after a refusal', async () => {
    expect((await opening('o5', { workflowId: 'wf_nowhere' })).status).toBe(404);
    expect((await opening('o5')).status).toBe(201);
  });
});

describe('Prefer: respond-async', () => {
  const ASYNC = { prefer: 'respond-async' };

  it('answers before what takes long is done; the rest comes by itself', async () => {
    const session = await openDialogue(service.call, ada, callingWorkflowId);
    const said = await session.trySaying('A-1', { headers: ASYNC });
    const answer = said.body.state.awaiting
      ? await service.call('performAction', {
          token: ada.token,
          params: { sessionId: session.sessionId },
          body: { action: 'confirm' },
          headers: ASYNC,
        })
      : said;
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBe('respond-async');
    expect(answer.body).toMatchObject({
      commandProcessed: false,
      state: { executionStatus: 'running', currentNodeId: 'call' },
    });
    expect(answer.body.agentResponse).not.toBe('');
    await vi.waitFor(() => expect(pending).toHaveLength(1), { timeout: 20_000 });
    finishCalls();
    const done = await session.reaches('completed');
    expect(done.output).toMatchObject({ data: { ok: true } });
    const { body } = await service.call('listTurns', {
      token: ada.token,
      params: { sessionId: session.sessionId },
    });
    expect(body.items.at(-1)?.speaker).toBe('agent');
  });

  it('is 200 where nothing takes long', async () => {
    const session = await open();
    const answer = await session.trySaying('7', { headers: ASYNC });
    expect([answer.status, answer.body.commandProcessed]).toEqual([200, true]);
    expect(answer.headers.get('preference-applied')).toBeNull();
  });

  it('gives the first answer again under its key, also when all is done', async () => {
    const session = await openDialogue(service.call, ada, callingWorkflowId);
    await session.does('answer', { values: { order: 'A-1' } }, { headers: ASYNC });
    const act = (key: string) =>
      service.call('performAction', {
        token: ada.token,
        params: { sessionId: session.sessionId },
        body: { action: 'retry' },
        headers: { ...ASYNC, 'idempotency-key': key },
      });
    await vi.waitFor(() => expect(pending).toHaveLength(1), { timeout: 20_000 });
    finishCalls();
    await session.reaches('completed');
    const [first, second] = [await act('r'), await act('r')];
    expect(second.body).toEqual(first.body);
  });
});

describe('a block that takes long', () => {
  it('is told of within the time set, and the next command is answered meanwhile', async () => {
    const patient = await startTestService(home.url, {
      upkeep: false,
      env: { REPLY_WITHIN_MS: '100' },
    });
    const session = await openDialogue(patient.call, ada, callingWorkflowId);
    const { commandProcessed, agentResponse } = await session.says('A-1');
    expect(commandProcessed).toBe(false);
    expect(agentResponse).toContain('This takes a moment');
    expect((await session.says('status')).state.executionStatus).toBe('running');
    finishCalls();
    await session.reaches('completed');
    await patient.stop();
  });

  it('whose replica does not hear makes another turn give up in the end, which is said', async () => {
    const session = await openDialogue(service.call, ada, callingWorkflowId);
    const database = home.open();
    await database.query({
      text: `UPDATE conversational_workflow_sessions
             SET lease_owner = 'trn_elsewhere', lease_expires_at = now() + interval '1 minute'
             WHERE session_id = $1`,
      values: [session.sessionId],
    });
    const { status, problem } = await session.trySaying('status');
    expect([status, problem?.code]).toEqual([409, 'session_busy']);
    expect(problem?.detail).toMatch(/busy/);
    await database.query({
      text: `UPDATE conversational_workflow_sessions
             SET lease_owner = NULL, lease_expires_at = NULL WHERE session_id = $1`,
      values: [session.sessionId],
    });
    expect((await session.trySaying('status')).status).toBe(200);
  });
});
