import type { BlockRun, PendingTimer } from '@sim/domain';
import {
  IdempotencyClash,
  type RunFinished,
  type SessionRecord,
  type SessionStore,
} from '@sim/engine';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { createJourneyStore } from '../journeys/journey-store.js';
import {
  after,
  commitOf,
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
import { createSessionStore } from './session-store.js';

let home: TestDatabase;
const LOST = { kept: false };
const KEPT = { kept: true };

let database: Database;
let store: SessionStore;
let id: SessionRecord['sessionId'];
let count = 0;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open({ pool: { max: 10 } });
  store = createSessionStore(database, () => NOON);
  await seedWorkflow(database, 'ann');
});
afterAll(() => home.drop());
beforeEach(async () => {
  id = `ses_c${count++}`;
  await store.create(recordOf('ann', id.slice(4)), [], []);
});

const record = async () => (await store.load({ sessionId: id, workspaceId: null }))!.record;
const commit = (changes: Parameters<typeof commitOf>[1] = {}) =>
  store.commit(commitOf(id, changes));

describe('a commit that moves a session to another version', () => {
  const journey = { journeyId: 'jrn_moved', journeyVersion: 'moved' };

  it('changes the version with the state, or nothing at all', async () => {
    const mapping = mappingOf('wf_ann', journeyOf('moved'));
    await createJourneyStore(database).saveMapping(mapping, NOON);
    const state = stateOf({ status: 'paused', counter: 7 });
    expect(await commit({ expectedVersion: 5, state, journey })).toBe(false);
    expect(await record()).toMatchObject({ journeyVersion: 'ann', version: 0 });
    expect(await commit({ state, journey, events: [eventOf(0)] })).toBe(true);
    expect(await record()).toMatchObject({ ...journey, state, version: 1 });
    expect(await store.events(id, 0, 9)).toEqual([eventOf(0)]);
  });

  it('is refused where the workflow has no such journey', async () => {
    const unknown = { journeyId: 'jrn_none', journeyVersion: 'none' };
    await expect(commit({ journey: unknown })).rejects.toThrow(/cws_journey_fkey/);
    expect((await record()).journeyVersion).toBe('ann');
  });
});

describe('a commit', () => {
  it('writes the state, what was said and what happened, and counts the version', async () => {
    const state = stateOf({ status: 'paused', sequence: 2, counter: 7 });
    const turns = [turnOf('a'), turnOf('b', { speaker: 'agent', createdAt: after(5) })];
    const events = [eventOf(0), eventOf(1)];
    const written = await commit({ state, turns, events, now: after(5), expiresAt: after(99) });
    expect(written).toBe(true);
    expect(await record()).toMatchObject({
      state,
      version: 1,
      leaseOwner: null,
      leaseExpiresAt: null,
      updatedAt: after(5),
      expiresAt: after(99),
      createdAt: NOON,
    });
    expect((await store.turns(id, 9)).items).toEqual(turns);
    expect(await store.events(id, 0, 9)).toEqual(events);
    const { rows } = await database.query({
      text: `SELECT execution_status, current_node_id, current_state_id
             FROM conversational_workflow_sessions WHERE session_id = $1`,
      values: [id],
    });
    expect(rows).toEqual([
      { execution_status: 'paused', current_node_id: 'b1', current_state_id: 'st_b1' },
    ]);
  });

  it('is one statement, whatever it writes', async () => {
    const statements: string[] = [];
    const end = database.onQuery((text) => statements.push(text));
    await commit({ turns: [turnOf('s')], events: [eventOf(0)] });
    await commit({ expectedVersion: 1, runsStarted: [started('run_1')] });
    await commit({ expectedVersion: 2, timersStarted: [timer('tmr_1')] });
    end();
    expect(statements).toHaveLength(3);
  });

  it('writes nothing where the version has moved on', async () => {
    await commit();
    const late = {
      turns: [turnOf('late')],
      events: [eventOf(0)],
      runsStarted: [started('run_1')],
      timersStarted: [timer('tmr_1')],
    };
    expect(await commit(late)).toBe(false);
    expect((await store.turns(id, 9)).items).toEqual([]);
    expect(await store.events(id, 0, 9)).toEqual([]);
    expect(await runs()).toEqual([]);
    expect(await jobs()).toEqual([]);
    expect((await record()).version).toBe(1);
  });

  it('writes nothing where there is no such session', async () => {
    expect(await store.commit(commitOf('ses_nowhere', { turns: [turnOf('x')] }))).toBe(false);
  });

  it('succeeds for one of many that started from the same version', async () => {
    const attempts = Array.from({ length: 10 }, (_, i) =>
      commit({ owner: `turn-${i}`, turns: [turnOf(`race${i}`)], events: [eventOf(0)] }),
    );
    const results = await Promise.all(attempts);
    expect(results.filter(Boolean)).toHaveLength(1);
    expect((await store.turns(id, 99)).items).toHaveLength(1);
    expect((await record()).version).toBe(1);
  });

  it('needs nothing that a pooler in transaction mode does not keep', async () => {
    const pooled = createSessionStore(home.open({ pooler: 'transaction' }), () => NOON);
    const changes = { turns: [turnOf('pooled')], timersStarted: [timer('tmr_1')] };
    expect(await pooled.commit(commitOf(id, changes))).toBe(true);
    expect(await pooled.load({ sessionId: id, workspaceId: 'ws_ann' })).toMatchObject({
      record: { version: 1 },
    });
  });

  it('stands or falls as a whole', async () => {
    await commit({ events: [eventOf(0)] });
    const repeated = commit({
      expectedVersion: 1,
      turns: [turnOf('half')],
      events: [eventOf(0)],
      timersStarted: [timer('tmr_1')],
    });
    await expect(repeated).rejects.toMatchObject({ constraint: 'workflow_execution_events_pkey' });
    expect((await store.turns(id, 9)).items).toEqual([]);
    expect(await jobs()).toEqual([]);
    expect((await record()).version).toBe(1);
  });
});

describe('an idempotency key', () => {
  const keyed = (turn: string) =>
    turnOf(turn, { idempotencyKey: 'key', answer: { turn }, requestHash: 'h' });

  it('that was used before is a clash, and nothing is written', async () => {
    await commit({ turns: [keyed('k1')] });
    const again = commit({ expectedVersion: 1, turns: [keyed('k2')], events: [eventOf(0)] });
    await expect(again).rejects.toThrow(IdempotencyClash);
    expect((await record()).version).toBe(1);
    const loaded = await store.load({ sessionId: id, workspaceId: null, idempotencyKey: 'key' });
    expect(loaded?.replay).toEqual({ answer: { turn: 'k1' }, requestHash: 'h' });
  });

  it('may be used in each session', async () => {
    await commit({ turns: [keyed('k1')] });
    await store.create(recordOf('ann', `${id.slice(4)}x`), [], []);
    expect(await store.commit(commitOf(`${id}x`, { turns: [keyed('k1')] }))).toBe(true);
  });
});

describe('a lease', () => {
  const MINUTE = 60_000;

  it('keeps others from writing and lets its owner go on', async () => {
    await commit({ owner: 'turn-a', leaseUntil: after(MINUTE) });
    expect(await commit({ owner: 'turn-b', expectedVersion: 1 })).toBe(false);
    expect(await commit({ owner: 'turn-a', expectedVersion: 1, leaseUntil: after(MINUTE) })).toBe(
      true,
    );
    expect(await commit({ owner: 'turn-a', expectedVersion: 2 })).toBe(true);
    expect(await commit({ owner: 'turn-b', expectedVersion: 3 })).toBe(true);
  });

  it('is told in the time of whoever asks', async () => {
    await commit({ owner: 'turn-a', leaseUntil: after(MINUTE) });
    const { leaseOwner, leaseExpiresAt } = await record();
    expect(leaseOwner).toBe('turn-a');
    expect(leaseExpiresAt!.getTime()).toBeGreaterThan(NOON.getTime());
    expect(leaseExpiresAt!.getTime()).toBeLessThanOrEqual(after(MINUTE).getTime());

    const fast = createSessionStore(database, () => after(5 * MINUTE));
    const seen = await fast.load({ sessionId: id, workspaceId: null });
    expect(seen!.record.leaseExpiresAt!.getTime()).toBeGreaterThan(after(5 * MINUTE).getTime());
  });

  it('is not taken by a replica whose clock is ahead', async () => {
    await commit({ owner: 'turn-a', leaseUntil: after(MINUTE) });
    const ahead = { owner: 'turn-b', expectedVersion: 1, now: after(5 * MINUTE) };
    expect(await commit(ahead)).toBe(false);
  });

  it('that has lapsed is anyone’s', async () => {
    await commit({ owner: 'turn-a', leaseUntil: NOON });
    expect(await commit({ owner: 'turn-b', expectedVersion: 1 })).toBe(true);
    expect(await commit({ owner: 'turn-a', expectedVersion: 1 })).toBe(false);
  });

  it('is prolonged by its owner alone', async () => {
    await commit({ owner: 'turn-a', leaseUntil: after(MINUTE) });
    expect(await store.renewLease(id, 'turn-b', after(9 * MINUTE))).toMatchObject(LOST);
    expect(await store.renewLease(id, 'turn-a', after(9 * MINUTE))).toMatchObject(KEPT);
    expect((await record()).leaseExpiresAt!.getTime()).toBeGreaterThan(after(8 * MINUTE).getTime());
    expect(await store.renewLease('ses_nowhere', 'turn-a', after(MINUTE))).toMatchObject(LOST);
  });

  describe('and commands left for its holder', () => {
    const left = (key: string) =>
      ({
        key,
        requestHash: 'h',
        input: { kind: 'say', text: key },
        timeZone: null,
        replyWithinMs: 100,
      }) as const;

    it('are collected once, in their order, and by nobody else', async () => {
      await commit({ owner: 'turn-a', leaseUntil: after(MINUTE) });
      for (const key of ['b', 'a', 'b']) await store.leave(id, left(key));
      expect(await store.renewLease(id, 'turn-a', after(MINUTE))).toEqual({
        kept: true,
        mail: true,
      });
      expect(await store.collect(id, 'turn-b')).toEqual([]);
      expect(await store.collect(id, 'turn-a')).toEqual([left('b'), left('a')]);
      expect(await store.collect(id, 'turn-a')).toEqual([]);
      expect(await store.renewLease(id, 'turn-a', after(MINUTE))).toEqual({
        kept: true,
        mail: false,
      });
    });

    it('can be taken back until then', async () => {
      await commit({ owner: 'turn-a', leaseUntil: after(MINUTE) });
      await store.leave(id, left('a'));
      await store.leave(id, left('b'));
      expect(await store.takeBack(id, 'a')).toBe(true);
      expect(await store.takeBack(id, 'a')).toBe(false);
      expect(await store.collect(id, 'turn-a')).toEqual([left('b')]);
      expect(await store.takeBack(id, 'b')).toBe(false);
    });

    it('are dropped when nobody waits for them any more', async () => {
      await commit({ owner: 'turn-a', leaseUntil: after(MINUTE) });
      await store.leave(id, left('a'));
      await database.query({
        text: `UPDATE conversational_left_commands SET left_at = now() - interval '1 minute'`,
      });
      expect(await store.collect(id, 'turn-a')).toEqual([]);
      expect(await store.takeBack(id, 'a')).toBe(false);
    });
  });

  it('can be held from the opening on', async () => {
    const leased = { leaseOwner: 'turn-a', leaseExpiresAt: after(MINUTE) };
    await store.create(recordOf('ann', `${id.slice(4)}l`, leased), [], []);
    expect(await store.commit(commitOf(`${id}l`, { owner: 'turn-b' }))).toBe(false);
    expect(await store.commit(commitOf(`${id}l`, { owner: 'turn-a' }))).toBe(true);
  });
});

describe('the journal', () => {
  it('has a run before it begins and its end after it', async () => {
    await commit({ runsStarted: [started('run_1')] });
    expect(await runs()).toMatchObject([
      { run_id: 'run_1', block_type: 'api', attempt: 1, status: 'started', finished_at: null },
    ]);
    await commit({
      expectedVersion: 1,
      runsFinished: [finished('run_1', { output: { z: 1, a: null } })],
    });
    expect(await runs()).toMatchObject([
      { status: 'succeeded', output: { z: 1, a: null }, error: null, finished_at: after(9) },
    ]);
  });

  it('takes a run that begins and ends in one step, beside one that ends there', async () => {
    await commit({ runsStarted: [started('run_1')] });
    const error = { code: 'timeout', message: 'too late', retryable: true };
    await commit({
      expectedVersion: 1,
      runsStarted: [started('run_2'), started('run_3')],
      runsFinished: [finished('run_1', { error }), finished('run_2')],
    });
    expect(await runs()).toMatchObject([
      { run_id: 'run_1', status: 'failed', error },
      { run_id: 'run_2', status: 'succeeded' },
      { run_id: 'run_3', status: 'started' },
    ]);
  });

  it('keeps the first end of a run', async () => {
    await commit({ runsStarted: [started('run_1')], runsFinished: [finished('run_1')] });
    const error = { code: 'late', message: 'late', retryable: false };
    await commit({ expectedVersion: 1, runsFinished: [finished('run_1', { error })] });
    expect(await runs()).toMatchObject([{ status: 'succeeded', error: null }]);
  });
});

describe('the timers', () => {
  it('become jobs of the same transaction, as far ahead as they were set', async () => {
    await commit({ timersStarted: [timer('tmr_1', 90_000)] });
    const [job] = await jobs();
    expect(job).toMatchObject({
      task_identifier: 'session-timer',
      key: `timer:${id}:tmr_1`,
      payload: { sessionId: id, timerId: 'tmr_1' },
    });
    expect(job!.ahead).toBeGreaterThan(80);
    expect(job!.ahead).toBeLessThanOrEqual(90);
  });

  it('go when they are called off, and only those', async () => {
    await commit({ timersStarted: [timer('tmr_1'), timer('tmr_2')] });
    await commit({ expectedVersion: 1, timersCancelled: ['tmr_1', 'tmr_unknown'] });
    expect((await jobs()).map(({ key }) => key)).toEqual([`timer:${id}:tmr_2`]);
  });

  it('are not set where they are called off in the same step', async () => {
    await commit({ timersStarted: [timer('tmr_1')], timersCancelled: ['tmr_1'] });
    expect(await jobs()).toEqual([]);
  });
});

function started(runId: BlockRun['id']) {
  const run: BlockRun = {
    id: runId,
    scopeId: 'root',
    stateId: 'st_b1',
    attempt: 1,
    idempotencyKey: `${id}/${runId}`,
  };
  return { run, blockType: 'api', startedAt: NOON };
}

function finished(runId: BlockRun['id'], end: Partial<RunFinished> = {}): RunFinished {
  return { runId, output: null, error: null, finishedAt: after(9), ...end };
}

function timer(timerId: PendingTimer['id'], ms = 60_000): PendingTimer {
  return { id: timerId, scopeId: 'root', stateId: 'st_b1', fireAt: after(ms).toISOString() };
}

async function runs() {
  const { rows } = await database.query<{ run_id: string }>({
    text: 'SELECT * FROM conversational_block_runs WHERE session_id = $1 ORDER BY run_id',
    values: [id],
  });
  return rows;
}

async function jobs() {
  const { rows } = await database.query<{ key: string; ahead: number }>({
    text: `SELECT task.identifier AS task_identifier, job.key, job.payload,
             extract(epoch FROM job.run_at - now())::float8 AS ahead
           FROM graphile_worker._private_jobs AS job
           JOIN graphile_worker._private_tasks AS task ON task.id = job.task_id
           WHERE job.key LIKE $1 ORDER BY job.key`,
    values: [`timer:${id}:%`],
  });
  return rows;
}
