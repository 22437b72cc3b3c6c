import {
  listenToEvents,
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  type Dialogue,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';

let home: TestDatabase;
let service: TestService;
let ada: Person;
let workflowId: string;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  const database = home.open();
  service = await startTestService(home.url, { upkeep: false });
  const document = sketch(
    {
      start: startWith({ name: 'city' }, { name: 'note' }),
      end: { type: 'response', params: { data: '{"city": "<start.city>"}' } },
    },
    ['start -> end'],
  );
  ada = await seedPerson(database, 'Ada');
  workflowId = await seedWorkflow(database, ada, document);
});
afterAll(async () => {
  await service.stop();
  await verifySessions(home.open());
  await home.drop();
});

const open = () => openDialogue(service.call, ada, workflowId);

type Query = Record<string, string | number>;

/** Every page of a list, each of so many items. */
async function pages<T>(
  get: (query: Query) => Promise<{
    readonly items: readonly T[];
    readonly nextCursor: string | null;
  }>,
  limit: number,
): Promise<(readonly T[])[]> {
  const all: (readonly T[])[] = [];
  let cursor: string | null = null;
  do {
    const { items, nextCursor } = await get({ limit, ...(cursor !== null && { cursor }) });
    all.push(items);
    cursor = nextCursor;
  } while (cursor !== null);
  return all;
}

describe('turns and events', () => {
  let session: Dialogue;
  beforeEach(async () => {
    session = await open();
    await session.says('Springfield');
    await session.does('status');
    await session.says('by the gate');
  });

  const request = (query: Query = {}) => ({
    token: ada.token,
    params: { sessionId: session.sessionId },
    query,
  });
  const turns = async (query?: Query) => (await service.call('listTurns', request(query))).body;
  const events = async (query?: Query) => (await service.call('listEvents', request(query))).body;

  it('tell the conversation in its order, both sides', async () => {
    const { items, nextCursor } = await turns();
    expect(nextCursor).toBeNull();
    expect(items.map(({ speaker, content }) => (speaker === 'user' ? content : speaker))).toEqual([
      'agent',
      'Springfield',
      'agent',
      'status',
      'agent',
      'by the gate',
      'agent',
    ]);
    expect(items[1]).toMatchObject({ intent: 'provide-value', workflowAction: 'provide-value' });
    expect(items[3]).toMatchObject({ intent: null, workflowAction: 'status' });
    expect(items[0]?.content).toBe(session.opened.welcomeMessage);
  });

  it.each([1, 2, 3, 7, 200])('come in pages of %i without gap or double', async (limit) => {
    const said = await pages(turns, limit);
    expect(said.flat()).toEqual((await turns()).items);
    expect(said.every(({ length }) => length <= limit && length > 0)).toBe(true);
    const happened = await pages(events, limit);
    const sequences = happened.flat().map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index));
    expect(happened.every(({ length }) => length <= limit && length > 0)).toBe(true);
  });

  it('say what happened to which block', async () => {
    const { items } = await events();
    expect(items[0]?.type).toBe('session-created');
    expect(items.at(-1)?.type).toMatch(/^(completed|agent-said)$/);
    const done = items.filter(({ type }) => type === 'node-completed');
    expect(done.map(({ nodeId }) => nodeId)).toEqual(['start', 'end']);
  });
});

describe('the event stream', () => {
  it('brings what happened, goes on as it happens, and is taken up where it broke off', async () => {
    const session = await open();
    const first = await listenToEvents(service.url, ada.token, session.sessionId);
    expect([first.status, first.contentType]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const before = await first.until(({ event }) => event === 'question-asked');
    await session.says('Springfield');
    const during = await first.until(({ event }) => event === 'slots-filled');
    await first.close();
    await session.says('by the gate');

    const last = during.at(-1)?.id ?? '';
    const second = await listenToEvents(service.url, ada.token, session.sessionId, last);
    const after = await second.until(({ event }) => event === 'completed');
    await second.close();
    const received = [...before, ...during, ...after];
    expect(received.map(({ id }) => Number(id))).toEqual(received.map((_, index) => index));
    const { body } = await service.call('listEvents', {
      token: ada.token,
      params: { sessionId: session.sessionId },
      query: { limit: 200 },
    });
    expect(received.map(({ data }) => data)).toEqual(body.items.slice(0, received.length));
    expect(received.every(({ event, data }) => event === data.type)).toBe(true);
  });

  it('from beyond the end waits for what comes', async () => {
    const session = await open();
    const stream = await listenToEvents(
      service.url,
      ada.token,
      session.sessionId,
      '999999999999999',
    );
    expect(stream.status).toBe(200);
    await stream.close();
    expect((await session.says('Springfield')).state.slots).toEqual({ city: 'Springfield' });
  });

  it('is not there for strangers', async () => {
    const { sessionId } = await open();
    expect((await listenToEvents(service.url, 'garbled', sessionId)).status).toBe(401);
    expect((await listenToEvents(service.url, ada.token, 'ses_nowhere')).status).toBe(404);
  });

  it('ends with the service, so that clients go elsewhere', async () => {
    const leaving = await startTestService(home.url, { upkeep: false });
    const session = await openDialogue(leaving.call, ada, workflowId);
    const stream = await listenToEvents(leaving.url, ada.token, session.sessionId);
    await stream.until(({ event }) => event === 'question-asked');
    const ended = expect(stream.until(({ event }) => event === 'completed')).rejects.toThrow(
      'ended',
    );
    await leaving.stop();
    await ended;
  });
});

describe('the list of sessions', () => {
  it('is of the workspace, the latest first, in pages, by status and workflow', async () => {
    const eve = await seedPerson(home.open(), 'Eve');
    const list = async (query: Query) =>
      (await service.call('listSessions', { token: bob.token, query })).body;
    const bob = await seedPerson(home.open(), 'Bob');
    const document = sketch({ start: startWith({ name: 'city' }), end: { type: 'response' } }, [
      'start -> end',
    ]);
    const one = await seedWorkflow(home.open(), bob, document);
    const two = await seedWorkflow(home.open(), bob, document);
    const ids: string[] = [];
    for (const workflow of [one, two, one, two, one]) {
      ids.unshift((await openDialogue(service.call, bob, workflow)).sessionId);
    }
    const [latest = ''] = ids;
    await service.call('endSession', { token: bob.token, params: { sessionId: latest } });

    const all = await pages(list, 2);
    expect(all.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(all.flat().map(({ sessionId }) => sessionId)).toEqual(ids);
    const cancelled = await list({ status: 'cancelled' });
    expect(cancelled.items.map(({ sessionId }) => sessionId)).toEqual([latest]);
    const waiting = await pages((query) => list({ ...query, status: 'waiting-for-input' }), 3);
    expect(waiting.flat()).toHaveLength(4);
    const ofTwo = await list({ workflowId: two });
    expect(ofTwo.items.map((item) => item.workflowId)).toEqual([two, two]);
    expect((await service.call('listSessions', { token: eve.token })).body.items).toEqual([]);
  });
});

describe('ending a session', () => {
  const end = ({ sessionId }: Dialogue) =>
    service.call('endSession', { token: ada.token, params: { sessionId } });

  it('cancels it at once, and again says the same', async () => {
    const session = await open();
    const first = await end(session);
    expect(first.body).toMatchObject({
      sessionId: session.sessionId,
      terminated: true,
      finalState: { executionStatus: 'cancelled', awaiting: null },
    });
    expect((await end(session)).body).toEqual(first.body);
    expect((await session.says('Springfield')).agentResponse).toMatch(/restart/);
  });

  it('leaves one that is complete as it is', async () => {
    const session = await open();
    await session.does('answer', { values: { city: 'Springfield', note: 'none' } });
    const { body } = await end(session);
    expect(body).toMatchObject({
      terminated: true,
      finalState: { executionStatus: 'completed', output: { data: { city: 'Springfield' } } },
    });
  });

  it('ends one that is paused, or was not started', async () => {
    const session = await open();
    await session.does('pause');
    expect((await end(session)).body.finalState.executionStatus).toBe('cancelled');
    const empty = sketch({ start: startWith(), end: { type: 'response' } }, ['start -> end']);
    const idle = await seedWorkflow(home.open(), ada, empty);
    const notStarted = await openDialogue(service.call, ada, idle);
    expect((await end(notStarted)).body.finalState.executionStatus).toBe('cancelled');
  });
});
