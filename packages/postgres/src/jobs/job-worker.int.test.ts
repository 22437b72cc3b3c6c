import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PendingTimer } from '@sim/domain';
import { createDatabase, type Database } from '../connection/database.js';
import { migrateUp } from '../migrations/migrate.js';
import { createSessionStore } from '../sessions/session-store.js';
import { after, commitOf, recordOf, seedWorkflow } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../testing/test-database.js';
import { createJobWorker, type JobHandler, type JobWorker } from './job-worker.js';
import { TIMER_TASK } from './tasks.js';

const timer = (id: PendingTimer['id'], ms: number): PendingTimer => ({
  id,
  scopeId: 'root',
  stateId: 'st_b1',
  fireAt: after(ms).toISOString(),
});

describe('timers as jobs', () => {
  let home: TestDatabase;
  let database: Database;
  let workers: JobWorker[];
  beforeEach(async () => {
    home = await createTestDatabase(serverUrl());
    database = home.open();
    workers = [];
    await seedWorkflow(database, 'ann');
    await createSessionStore(database).create(recordOf('ann', 'a'), [], []);
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await home.drop();
  });

  const start = (onTimer: (sessionId: string, timerId: string) => Promise<void>) => {
    const fire: JobHandler = ({ payload }) =>
      onTimer(payload.sessionId as string, payload.timerId as string);
    const worker = createJobWorker(database, { tasks: { [TIMER_TASK]: fire }, pollIntervalMs: 50 });
    workers.push(worker);
    return worker;
  };
  const commit = (changes: Parameters<typeof commitOf>[1]) =>
    createSessionStore(database).commit(commitOf('ses_a', changes));
  const jobCount = async () => {
    const { rows } = await database.query<{ jobs: number }>({
      text: 'SELECT count(*)::int AS jobs FROM graphile_worker._private_jobs',
    });
    return rows[0]?.jobs;
  };

  it('fires a timer that a commit set, once, and forgets it', async () => {
    const fired: string[][] = [];
    const worker = start((sessionId, timerId) => {
      fired.push([sessionId, timerId]);
      return Promise.resolve();
    });
    await worker.ready;
    await commit({ timersStarted: [timer('tmr_1', 20)] });
    await vi.waitUntil(async () => fired.length > 0 && (await jobCount()) === 0, 10_000);
    expect(fired).toEqual([['ses_a', 'tmr_1']]);
  });

  it('fires one that came due while no worker ran, and not one that is to come', async () => {
    await commit({ timersStarted: [timer('tmr_past', -5_000), timer('tmr_later', 3_600_000)] });
    const fired: string[] = [];
    start((_, timerId) => {
      fired.push(timerId);
      return Promise.resolve();
    });
    await vi.waitUntil(async () => (await jobCount()) === 1, 10_000);
    expect(fired).toEqual(['tmr_past']);
  });

  it('fires each timer on one of several workers', async () => {
    const fired: string[] = [];
    const note = (_: string, timerId: string) => {
      fired.push(timerId);
      return Promise.resolve();
    };
    start(note);
    start(note);
    const timers = Array.from({ length: 20 }, (_, i) => timer(`tmr_${i}`, 0));
    await commit({ timersStarted: timers });
    await vi.waitUntil(async () => (await jobCount()) === 0, 10_000);
    expect(fired.sort()).toEqual(timers.map(({ id }) => id).sort());
  });

  it('keeps a timer whose handler fails, to be tried again later', async () => {
    let calls = 0;
    start(() => {
      calls += 1;
      return Promise.reject(new RangeError('not now'));
    });
    await commit({ timersStarted: [timer('tmr_1', 0)] });
    const failed = async () => {
      const { rows } = await database.query<{ attempts: number; last_error: string | null }>({
        text: `SELECT attempts, last_error FROM graphile_worker._private_jobs
               WHERE locked_at IS NULL AND last_error IS NOT NULL`,
      });
      return rows[0];
    };
    await vi.waitUntil(failed, 10_000);
    expect(await failed()).toMatchObject({
      attempts: 1,
      last_error: expect.stringContaining('not now'),
    });
    expect(calls).toBe(1);
  });

  it('tries a timer that failed again within seconds, however often it did', async () => {
    await commit({ timersStarted: [timer('tmr_1', 0)] });
    // The table's trigger would set the moment of the change to now.
    await database.query({
      text: 'ALTER TABLE graphile_worker._private_jobs DISABLE TRIGGER USER',
    });
    await database.query({
      text: `UPDATE graphile_worker._private_jobs
             SET attempts = 25, run_at = now() + interval '6 hours', last_error = 'away',
               updated_at = now() - interval '11 seconds'`,
    });
    await database.query({ text: 'ALTER TABLE graphile_worker._private_jobs ENABLE TRIGGER USER' });
    const fired: string[] = [];
    start((_, timerId) => {
      fired.push(timerId);
      return Promise.resolve();
    });
    await vi.waitUntil(() => fired.length === 1, 10_000);
    expect(fired).toEqual(['tmr_1']);
  });

  it('lets what is under way come to its end when it is stopped', async () => {
    let begun: () => void = () => undefined;
    let finish: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (begun = resolve));
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const worker = start(async () => {
      begun();
      await gate;
    });
    await commit({ timersStarted: [timer('tmr_1', 0)] });
    await started;
    const stopped = worker.stop();
    expect(await jobCount()).toBe(1);
    finish();
    await stopped;
    await worker.stop();
    expect(await jobCount()).toBe(0);
  });

  it('goes on after its connections were cut', async () => {
    const fired: string[] = [];
    const worker = start((_, timerId) => {
      fired.push(timerId);
      return Promise.resolve();
    });
    await worker.ready;
    await database.query({
      text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    });
    await commit({ timersStarted: [timer('tmr_1', 0)] });
    await vi.waitUntil(() => fired.length > 0, { timeout: 20_000 });
    expect(fired).toEqual(['tmr_1']);
  });
});

describe('recurring work', () => {
  let home: TestDatabase;
  let database: Database;
  let workers: JobWorker[];
  beforeEach(async () => {
    home = await createTestDatabase(serverUrl());
    database = home.open();
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await home.drop();
  });
  const start = async (everyMs: number, run: () => Promise<void>) => {
    const recurring = [{ task: 'sweep', everyMs, run }];
    const worker = createJobWorker(database, { tasks: {}, recurring, pollIntervalMs: 20 });
    workers.push(worker);
    await worker.ready;
  };
  const jobs = async () =>
    (
      await database.query<{ key: string | null; inMs: number }>({
        text: `SELECT key, (extract(epoch FROM run_at - now()) * 1000)::float8 AS "inMs"
               FROM graphile_worker.jobs WHERE locked_at IS NULL`,
      })
    ).rows;

  it('comes again and again, once for all workers, also after a failure', async () => {
    const begun: number[] = [];
    const run = () => {
      begun.push(performance.now());
      return begun.length === 1 ? Promise.reject(new RangeError('not now')) : Promise.resolve();
    };
    await Promise.all([start(200, run), start(200, run), start(200, run)]);
    begun.length = 0;
    await vi.waitUntil(() => begun.length >= 6, { timeout: 20_000 });
    // Were it done by each, it would come three times as often.
    expect(begun.at(-1)! - begun[0]!).toBeGreaterThan(5 * 200 * 0.8);
    expect((await jobs()).length).toBeLessThanOrEqual(1);
  });

  it('is not put off by workers that start again and again', async () => {
    const never = () => Promise.resolve();
    const runAt = async () =>
      (
        await database.query<{ at: Date }>({
          text: 'SELECT run_at AS at FROM graphile_worker.jobs',
        })
      ).rows;
    await start(3_600_000, never);
    const before = await runAt();
    expect(before).toHaveLength(1);
    await Promise.all([start(3_600_000, never), start(3_600_000, never)]);
    expect(await runAt()).toEqual(before);
  });

  it('is set for the next time before it is done', async () => {
    let finish: () => void = () => undefined;
    let begun = false;
    await start(3_600_000, () => {
      begun = true;
      return new Promise((resolve) => (finish = resolve));
    });
    await database.query({
      text: 'SELECT graphile_worker.reschedule_jobs(ARRAY(SELECT id FROM graphile_worker.jobs), now())',
    });
    await vi.waitUntil(() => begun, { timeout: 10_000 });
    expect(await jobs()).toEqual([{ key: 'every:sweep', inMs: expect.closeTo(3_600_000, -5) }]);
    finish();
  });
});

describe('jobs of a worker that died', () => {
  it('are done by another within seconds, and those of one that lives are left to it', async () => {
    const home = await createTestDatabase(serverUrl());
    const database = home.open();
    await seedWorkflow(database, 'ann');
    const store = createSessionStore(database);
    await store.create(recordOf('ann', 'a'), [], []);
    await store.commit(
      commitOf('ses_a', { timersStarted: [timer('tmr_1', 0), timer('tmr_2', 0)] }),
    );
    // As a process leaves them that was killed a minute ago.
    await database.query({
      text: `UPDATE graphile_worker._private_jobs
             SET locked_by = 'gone', locked_at = now() - interval '1 minute', attempts = 1`,
    });
    const fired: unknown[] = [];
    let finish: () => void = () => undefined;
    const tasks = {
      [TIMER_TASK]: ({ payload }: { payload: { timerId?: unknown } }) => {
        fired.push(payload.timerId);
        // Held for longer than the dead are given; it is not taken from this one.
        return payload.timerId === 'tmr_2'
          ? new Promise<void>((resolve) => (finish = resolve))
          : Promise.resolve();
      },
    };
    const workers = [1, 2].map(() =>
      createJobWorker(database, { tasks, releaseEveryMs: 200, pollIntervalMs: 50 }),
    );
    await vi.waitUntil(() => fired.length === 2, { timeout: 15_000 });
    await database.query({
      text: `UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 hour'
             WHERE key LIKE 'timer:%'`,
    });
    let rounds = 0;
    const forget = database.onQuery((text) => {
      if (text.includes('force_unlock_workers')) rounds += 1;
    });
    await vi.waitUntil(() => rounds >= 4, { timeout: 15_000 });
    forget();
    finish();
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(fired.sort()).toEqual(['tmr_1', 'tmr_2']);
    await home.drop();
  });
});

describe('a worker without its tables', () => {
  it('makes none by itself, waits for the migration and then begins', async () => {
    const home = await createEmptyDatabase(serverUrl());
    const database = createDatabase({ url: home.url });
    const worker = createJobWorker(database, { tasks: {} });
    try {
      await database.ping();
      const { rows } = await database.query({
        text: "SELECT to_regnamespace('graphile_worker') AS it",
      });
      expect(rows).toEqual([{ it: null }]);
      await migrateUp(home);
      await expect(worker.ready).resolves.toBeUndefined();
    } finally {
      await worker.stop();
      await database.close();
      await home.drop();
    }
  });

  it('can be stopped while it waits', async () => {
    const home = await createEmptyDatabase(serverUrl());
    const database = createDatabase({ url: home.url });
    const worker = createJobWorker(database, { tasks: {} });
    await expect(worker.stop()).resolves.toBeUndefined();
    await database.close();
    await home.drop();
  });
});
