import type pg from 'pg';
import type { Database } from '../connection/database.js';
import type { RecurringTask } from './recurring.js';

/** The first half of the locks' keys, so that they are taken for no others. */
const LOCK_CLASS = 1_936_289_383;
/** A worker takes its lock soon after its first job. */
const GRACE = '5 seconds';
const EVERY_MS = 5_000;

/*
 * The queue holds a job of a worker that died for four hours. So each worker holds a lock of the database
 * on a connection of its own, which goes with its process, however that ends; whose lock can be had is dead.
 * Through a pooler that hands connections out by the transaction no such lock can be held: a job that was
 * taken a minute ago counts as left there. One that is still at work is then done twice, which handlers bear.
 */
const RELEASE = `
WITH dead AS (
  SELECT locked_by FROM (
    SELECT DISTINCT locked_by FROM graphile_worker._private_jobs
    WHERE locked_at < now() - interval '${GRACE}' AND locked_by IS NOT NULL
  ) AS held
  WHERE pg_try_advisory_xact_lock(${LOCK_CLASS}, hashtext(locked_by))
)
SELECT graphile_worker.force_unlock_workers(ARRAY(SELECT locked_by FROM dead))`;

const RELEASE_BY_AGE = `
UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL
WHERE locked_at < now() - interval '1 minute'`;

/** Lets jobs go that dead workers hold, so that others do them. */
export function releaseOfDeadWorkers(database: Database): readonly RecurringTask[] {
  const text = database.options.pooler === 'transaction' ? RELEASE_BY_AGE : RELEASE;
  const run = async () => {
    await database.query({ text });
  };
  return [{ task: 'dead-workers', everyMs: EVERY_MS, run }];
}

/**
 * Shows that a worker lives, until the result is called. `onLost` is called where that can be shown no
 * more: others will take its jobs.
 */
export async function markAlive(
  pool: pg.Pool,
  workerId: string,
  onLost: () => void,
): Promise<() => void> {
  const client = await pool.connect();
  let held = true;
  const lost = () => {
    if (held) onLost();
  };
  client.once('end', lost);
  client.once('error', lost);
  try {
    await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [LOCK_CLASS, workerId]);
  } catch (error) {
    held = false;
    client.release(true);
    throw error;
  }
  return () => {
    held = false;
    // Closed, and not given back: the lock goes with the connection.
    client.release(true);
  };
}
