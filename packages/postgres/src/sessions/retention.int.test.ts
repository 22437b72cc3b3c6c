import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionRecord, SessionStore } from '@sim/engine';
import type { Database } from '../connection/database.js';
import { readSessionHistory } from '../history/session-history.js';
import { verifySession } from '../history/verify-session.js';
import {
  after,
  commitOf,
  eventOf,
  NOON,
  recordOf,
  seedWorkflow,
  stateOf,
  turnOf,
} from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createRetention, type Retention, type RetentionCutoffs } from './retention.js';
import { createSessionStore } from './session-store.js';

let home: TestDatabase;
let database: Database;
let store: SessionStore;
let retention: Retention;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  store = createSessionStore(database, () => NOON);
  retention = createRetention(database);
  await seedWorkflow(database, 'ann');
});
afterAll(() => home.drop());
beforeEach(() => database.query({ text: 'DELETE FROM conversational_workflow_sessions' }));

const DAY = 86_400_000;
const NOTHING: RetentionCutoffs = { turns: null, events: null, sessions: null, deliveries: null };
const run = (cutoffs: Partial<RetentionCutoffs>, batchSize = 2) =>
  retention.run({ ...NOTHING, ...cutoffs }, { now: NOON, batchSize });

/** A session with a turn, two events and a run, as it was so many days ago. */
async function session(name: string, status: 'completed' | 'running', days: number) {
  const updatedAt = after(-days * DAY);
  const state = stateOf({ status, sequence: 2 });
  const record = recordOf('ann', name, { state, updatedAt });
  await store.create(record, [eventOf(0), eventOf(1)], [turnOf(name)]);
  await database.query({
    text: `INSERT INTO conversational_block_runs (session_id, run_id, scope_id, state_id, block_type,
             attempt, idempotency_key, status, started_at, finished_at)
           VALUES ($1, 'run_1', 'root', 'st_b1', 'api', 1, 'k', 'succeeded', $2, $2)`,
    values: [record.sessionId, updatedAt],
  });
  return record.sessionId;
}
const left = async (id: SessionRecord['sessionId']) => {
  const count = async (table: string) => {
    const text = `SELECT count(*)::int AS n FROM ${table} WHERE session_id = $1`;
    return (await database.query<{ n: number }>({ text, values: [id] })).rows[0]?.n;
  };
  return {
    sessions: await count('conversational_workflow_sessions'),
    turns: await count('conversation_turns'),
    events: await count('workflow_execution_events'),
    runs: await count('conversational_block_runs'),
  };
};
const WHOLE = { sessions: 1, turns: 1, events: 2, runs: 1 };

describe('retention', () => {
  it('removes logs of sessions that ended long ago, in batches, and keeps all others', async () => {
    const old = await Promise.all([1, 2, 3, 4, 5].map((n) => session(`old${n}`, 'completed', 10)));
    const recent = await session('recent', 'completed', 3);
    const live = await session('live', 'running', 400);
    expect(await run({ events: after(-7 * DAY) })).toMatchObject({ events: 5, turns: 0 });
    for (const id of old) expect(await left(id)).toEqual({ ...WHOLE, events: 0, runs: 0 });
    expect(await left(recent)).toEqual(WHOLE);
    expect(await left(live)).toEqual(WHOLE);
    expect(await run({ events: after(-7 * DAY) })).toMatchObject({ events: 0 });
  });

  it('removes what was said apart from what happened', async () => {
    const id = await session('said', 'completed', 10);
    expect(await run({ turns: after(-7 * DAY) })).toMatchObject({ turns: 1, events: 0 });
    expect(await left(id)).toEqual({ ...WHOLE, turns: 0 });
  });

  it('removes whole sessions with all that belongs to them', async () => {
    const old = await Promise.all([1, 2, 3].map((n) => session(`whole${n}`, 'completed', 10)));
    const live = await session('kept', 'running', 400);
    expect(await run({ sessions: after(-7 * DAY), events: NOON })).toMatchObject({ sessions: 3 });
    for (const id of old) {
      expect(await left(id)).toEqual({ sessions: 0, turns: 0, events: 0, runs: 0 });
    }
    expect(await left(live)).toEqual(WHOLE);
  });

  it('removes deliveries that are over, and none that is still to be made', async () => {
    const id = await session('told', 'running', 0);
    await database.query({
      text: `INSERT INTO webhook_deliveries (id, webhook_id, session_id, event, payload, status,
               attempts, created_at)
             SELECT 'msg_' || n, 'whk_1', $1, 'completed', '{}', s, 0, $2
             FROM unnest(ARRAY['delivered', 'failed', 'pending']) WITH ORDINALITY AS d (s, n)`,
      values: [id, after(-40 * DAY)],
    });
    expect(await run({ deliveries: after(-30 * DAY) }, 1)).toMatchObject({ deliveries: 2 });
  });

  it('keeps everything where nothing is set', async () => {
    const id = await session('forever', 'completed', 10_000);
    expect(await run({})).toEqual({ turns: 0, events: 0, sessions: 0, deliveries: 0 });
    expect(await left(id)).toEqual(WHOLE);
  });

  it('does not wait for a session that is being written, and finds it the next time', async () => {
    const id = await session('busy', 'completed', 10);
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await client.query(
      'SELECT 1 FROM conversational_workflow_sessions WHERE session_id = $1 FOR NO KEY UPDATE',
      [id],
    );
    expect(await run({ events: after(-7 * DAY) })).toMatchObject({ events: 0 });
    await client.query('ROLLBACK');
    client.release();
    expect(await run({ events: after(-7 * DAY) })).toMatchObject({ events: 1 });
  });

  it('leaves a log alone that was begun anew, until it is old again', async () => {
    const id = await session('anew', 'completed', 10);
    await run({ events: after(-7 * DAY) });
    const again = { state: stateOf({ status: 'completed', sequence: 4 }), now: after(DAY) };
    await store.commit(commitOf(id, { ...again, events: [eventOf(2), eventOf(3)] }));
    expect(await run({ events: NOON })).toMatchObject({ events: 0 });
    expect((await left(id)).events).toBe(2);
    expect(await run({ events: after(2 * DAY) })).toMatchObject({ events: 1 });
  });

  it('is no fault to who verifies the session', async () => {
    const id = await session('verified', 'completed', 10);
    await run({ events: after(-7 * DAY) });
    const checks = await readSessionHistory(database, id, (history) => verifySession(history));
    const outcomes = checks?.map(({ outcome }) => outcome);
    expect(outcomes).not.toContain('differs');
    expect(outcomes?.slice(0, 2)).toEqual(['unknown', 'unknown']);
  });
});
