import { IdempotencyClash, type SessionRecord, type SessionStore } from '@sim/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { InvalidCursorError } from '../encoding/cursor.js';
import { createJourneyStore } from '../journeys/journey-store.js';
import {
  after,
  eventOf,
  journeyOf,
  mappingOf,
  NOON,
  recordOf,
  seedWorkflow,
  stateOf,
  turnOf,
} from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { MissingReferenceError } from './errors.js';
import { createSessionStore } from './session-store.js';

let home: TestDatabase;
let database: Database;
let store: SessionStore;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  store = createSessionStore(database, () => NOON);
  await seedWorkflow(database, 'ann');
  await seedWorkflow(database, 'bob');
});
afterAll(() => home.drop());

const load = (sessionId: string, workspaceId: string | null = null, idempotencyKey?: string) =>
  store.load({ sessionId, workspaceId, ...(idempotencyKey !== undefined && { idempotencyKey }) });

describe('a session', () => {
  it('is loaded as it was created, in one query', async () => {
    const record = recordOf('ann', 'whole', {
      metadata: { channel: 'web', nested: [1, null] },
      state: stateOf({ variables: { 'a.b': 'ü', __proto__x: 1 }, counter: 3 }),
      version: 2,
    });
    await store.create(record, [eventOf(0)], [turnOf('w1')]);
    const statements: string[] = [];
    const end = database.onQuery((text) => statements.push(text));
    const loaded = await load('ses_whole', 'ws_ann');
    end();
    expect(loaded).toEqual({ record, replay: null });
    expect(statements).toHaveLength(1);
  });

  it('is created in one statement', async () => {
    const statements: string[] = [];
    const end = database.onQuery((text) => statements.push(text));
    await store.create(recordOf('ann', 'one'), [eventOf(0), eventOf(1)], [turnOf('o1')]);
    end();
    expect(statements).toHaveLength(1);
  });

  it('under an id that is taken is a repetition of the request that took it', async () => {
    await store.create(recordOf('ann', 'twice'), [], [turnOf('first')]);
    const again = store.create(recordOf('ann', 'twice'), [eventOf(0)], [turnOf('second')]);
    await expect(again).rejects.toThrow(IdempotencyClash);
    expect((await store.turns('ses_twice', 9)).items).toHaveLength(1);
  });

  it('that asks something is listed as waiting for input', async () => {
    const question = {
      kind: 'confirmation' as const,
      purpose: { type: 'cancel' as const },
      ...{ id: 'q1', scopeId: 'root', stateId: 'st_b1' as const },
    };
    const state = stateOf({ status: 'running', questions: [question] });
    await store.create(recordOf('ann', 'asks', { state }), [], []);
    const waiting = await store.list({
      workspaceId: 'ws_ann',
      status: 'waiting-for-input',
      limit: 50,
    });
    expect(waiting.items.map(({ sessionId }) => sessionId)).toContain('ses_asks');
  });

  it('is in its own workspace alone; the system’s work finds it without one', async () => {
    await store.create(recordOf('ann', 'hers'), [], []);
    expect(await load('ses_hers', 'ws_bob')).toBeNull();
    expect((await load('ses_hers', 'ws_ann'))?.record.userId).toBe('usr_ann');
    expect((await load('ses_hers', null))?.record.userId).toBe('usr_ann');
  });

  it.each(['ses_missing', 'ses_\0', "ses_'; DROP TABLE workflows; --", ''])(
    'is not found by %j',
    async (id) => {
      expect(await load(id, 'ws_ann')).toBeNull();
    },
  );

  it('keeps text that PostgreSQL cannot hold, with the marks that stand for it', async () => {
    const record = recordOf('ann', 'odd', {
      metadata: { 'k\u0000': 'v\uD800' },
      state: stateOf({ variables: { x: 'a\u0000b' } }),
    });
    await store.create(record, [], [turnOf('odd', { content: 'a\u0000😀\uDC00' })]);
    const loaded = await load('ses_odd');
    expect(loaded?.record.metadata).toEqual({ 'k\uFFFD': 'v\uFFFD' });
    expect(loaded?.record.state.variables).toEqual({ x: 'a\uFFFDb' });
    const { items } = await store.turns('ses_odd', 10);
    expect(items[0]?.content).toBe('a\uFFFD😀\uFFFD');
  });

  it('keeps a key that is named like a prototype', async () => {
    const variables = JSON.parse('{"__proto__":{"admin":true}}') as Record<string, never>;
    await store.create(recordOf('ann', 'proto', { state: stateOf({ variables }) }), [], []);
    const stored = (await load('ses_proto'))?.record.state.variables ?? {};
    expect(Object.keys(stored)).toEqual(['__proto__']);
  });

  it.each([
    ['another workspace’s workflow', { workflowId: 'wf_bob' }, 'cws_workflow_fkey'],
    ['a workspace that is not there', { workspaceId: 'ws_none' }, /cws_work/],
    ['a journey that was not stored', { journeyVersion: 'none' }, 'cws_journey_fkey'],
    ['a person who is not there', { userId: 'usr_none' }, 'cws_user_fkey'],
  ])('of %s is refused', async (_, changes, constraint) => {
    const creating = store.create(recordOf('ann', 'bad', changes), [], []);
    await expect(creating).rejects.toThrow(MissingReferenceError);
    await expect(creating).rejects.toMatchObject({
      constraint: constraint instanceof RegExp ? expect.stringMatching(constraint) : constraint,
    });
    expect(await load('ses_bad')).toBeNull();
  });
});

describe('where a session stands', () => {
  it('is in its row from the opening on', async () => {
    const place = { currentNodeId: 'b1', currentStateId: 'st_b1' };
    await store.create(recordOf('ann', 'place'), [], [], { place });
    const { rows } = await database.query({
      text: `SELECT current_node_id, current_state_id FROM conversational_workflow_sessions
             WHERE session_id = 'ses_place'`,
    });
    expect(rows).toEqual([{ current_node_id: 'b1', current_state_id: 'st_b1' }]);
  });
});

describe('sessions on another version', () => {
  it('are found by their workflow while they are not over, in the order of their ids', async () => {
    await seedWorkflow(database, 'dee');
    const journeys = createJourneyStore(database);
    await journeys.saveMapping(mappingOf('wf_dee', journeyOf('next')), NOON);
    const on = (id: string, changes: Partial<SessionRecord> = {}) =>
      store.create(recordOf('dee', id, changes), [], []);
    await on('d3');
    await on('d1', { state: stateOf({ status: 'paused' }) });
    await on('d2', { state: stateOf({ status: 'not-started' }) });
    await on('d4', { state: stateOf({ status: 'completed' }) });
    await on('d5', { journeyId: 'jrn_next', journeyVersion: 'next' });
    const query = { workspaceId: 'ws_dee', workflowId: 'wf_dee', journeyVersion: 'next', limit: 2 };
    const first = await store.outdated(query);
    expect(first).toEqual({ items: ['ses_d1', 'ses_d2'], nextCursor: 'ses_d2' });
    const rest = await store.outdated({ ...query, cursor: 'ses_d2' });
    expect(rest).toEqual({ items: ['ses_d3'], nextCursor: null });
    const none = { items: [], nextCursor: null };
    expect(await store.outdated({ ...query, workspaceId: 'ws_ann' })).toEqual(none);
    expect(await store.outdated({ ...query, workflowId: 'wf_ann' })).toEqual(none);
  });
});

describe('an answer given before', () => {
  it('comes with the session under its key, word for word', async () => {
    const answer = { turnId: 'trn_r1', z: 1, a: { text: 'hello', list: [] } };
    const turn = turnOf('r1', { idempotencyKey: 'key-1', answer, requestHash: 'abc' });
    await store.create(recordOf('ann', 'replay'), [], [turn]);
    const loaded = await load('ses_replay', 'ws_ann', 'key-1');
    expect(loaded?.replay).toEqual({ answer, requestHash: 'abc' });
    expect(JSON.stringify(loaded?.replay?.answer)).toBe(JSON.stringify(answer));
  });

  it('is not there under another key, without one, or in another session', async () => {
    await store.create(recordOf('ann', 'other'), [], []);
    expect((await load('ses_replay', 'ws_ann', 'key-2'))?.replay).toBeNull();
    expect((await load('ses_replay', 'ws_ann'))?.replay).toBeNull();
    expect((await load('ses_other', 'ws_ann', 'key-1'))?.replay).toBeNull();
  });
});

describe('the turns of a session', () => {
  it('come back whole, oldest first, page by page', async () => {
    // The first three share a millisecond.
    const said = Array.from({ length: 7 }, (_, i) =>
      turnOf(`p${i}`, { createdAt: after(Math.max(0, i - 2)), speaker: i % 2 ? 'agent' : 'user' }),
    );
    await store.create(recordOf('ann', 'talk'), [], said);
    const first = await store.turns('ses_talk', 2);
    const second = await store.turns('ses_talk', 3, first.nextCursor ?? '');
    const third = await store.turns('ses_talk', 3, second.nextCursor ?? '');
    expect([...first.items, ...second.items, ...third.items]).toEqual(said);
    expect(third.nextCursor).toBeNull();
  });

  it('keep every field', async () => {
    const turn = turnOf('full', {
      entities: [{ slot: 'x', type: 'number', value: 1.5 }],
      confidence: 0.25,
      intent: null,
      workflowAction: null,
    });
    await store.create(recordOf('ann', 'fields'), [], [turn]);
    expect((await store.turns('ses_fields', 1)).items).toEqual([turn]);
  });

  it('are none where there is no such session', async () => {
    expect(await store.turns('ses_none', 5)).toEqual({ items: [], nextCursor: null });
  });

  it('refuse a cursor of another list', async () => {
    const { nextCursor } = await store.list({ workspaceId: 'ws_ann', limit: 1 });
    await expect(store.turns('ses_talk', 5, nextCursor ?? '')).rejects.toThrow(InvalidCursorError);
    await expect(store.turns('ses_talk', 5, 'nonsense')).rejects.toThrow(InvalidCursorError);
  });
});

describe('the events of a session', () => {
  it('come from a sequence on, whole and in order', async () => {
    const events = [
      eventOf(0, { event: { type: 'paused' } }),
      eventOf(1, { nodeId: 'b1', durationMs: 12 }),
      eventOf(2, { event: { type: 'completed', output: { z: 1, a: [2] } } }),
    ];
    await store.create(recordOf('ann', 'log'), events, []);
    expect(await store.events('ses_log', 0, 10)).toEqual(events);
    expect(await store.events('ses_log', 1, 1)).toEqual(events.slice(1, 2));
    expect(await store.events('ses_log', 3, 10)).toEqual([]);
  });

  it('keep the order of keys in what they carry', async () => {
    const output = { zebra: 1, ant: { y: 1, x: 2 } };
    await store.create(
      recordOf('ann', 'order'),
      [eventOf(0, { event: { type: 'completed', output } })],
      [],
    );
    const [stored] = await store.events('ses_order', 0, 1);
    expect(JSON.stringify(stored?.event)).toBe(JSON.stringify({ type: 'completed', output }));
  });

  it('tell a whole number of milliseconds, none of them negative', async () => {
    await store.create(
      recordOf('ann', 'clock'),
      [eventOf(0, { durationMs: 12.6 }), eventOf(1, { durationMs: -3 })],
      [],
    );
    const stored = await store.events('ses_clock', 0, 2);
    expect(stored.map(({ durationMs }) => durationMs)).toEqual([13, 0]);
  });
});

describe('the sessions of a workspace', () => {
  beforeAll(async () => {
    for (let i = 0; i < 5; i++) {
      const status = i === 4 ? 'completed' : 'running';
      const changes = { createdAt: after(Math.floor(i / 2)), state: stateOf({ status }) };
      await store.create(recordOf('bob', `b${i}`, changes), [], []);
    }
  });
  const ids = ({ items }: { items: readonly { sessionId: string }[] }) =>
    items.map(({ sessionId }) => sessionId);

  it('are listed newest first, page by page, and no others', async () => {
    const first = await store.list({ workspaceId: 'ws_bob', limit: 2 });
    const second = await store.list({ workspaceId: 'ws_bob', limit: 9, cursor: first.nextCursor! });
    expect([...ids(first), ...ids(second)]).toEqual(
      ['b4', 'b3', 'b2', 'b1', 'b0'].map((x) => `ses_${x}`),
    );
    expect(second.nextCursor).toBeNull();
  });

  it.each([
    [{ status: 'completed' }, 1],
    [{ status: 'running' }, 4],
    [{ status: 'no-such-status' }, 0],
    [{ workflowId: 'wf_bob' }, 5],
    [{ workflowId: 'wf_ann' }, 0],
    [{ workflowId: '\0' }, 0],
    [{ userId: 'usr_bob' }, 5],
    [{ userId: 'usr_ann' }, 0],
  ])('are narrowed by %o', async (filter, count) => {
    const { items } = await store.list({ workspaceId: 'ws_bob', limit: 10, ...filter });
    expect(items).toHaveLength(count);
  });

  it('are counted while they are live, of all people or of one', async () => {
    expect(await store.countLive('usr_bob')).toBe(4);
    expect(await store.countLive('usr_none')).toBe(0);
    expect(await store.countLive()).toBeGreaterThan(4);
  });

  it('refuse a cursor that is none', async () => {
    const listing = store.list({ workspaceId: 'ws_bob', limit: 2, cursor: 'x' });
    await expect(listing).rejects.toThrow(InvalidCursorError);
  });
});
