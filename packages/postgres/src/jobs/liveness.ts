import type pg from 'pg';
import type { Database, DatabaseLogger } from '../connection/database.js';
import { TIMER_TASK } from './tasks.js';

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

/*
 * The queue doubles its pause after each failure, up to hours. A database that was away a few times must not
 * keep a person waiting that long: a timer that failed is tried again within seconds, and never given up.
 */
const HURRY = `
UPDATE graphile_worker._private_jobs AS job SET run_at = now(), attempts = least(job.attempts, 5)
FROM graphile_worker._private_tasks AS task
WHERE job.task_id = task.id AND task.identifier = '${TIMER_TASK}' AND job.locked_at IS NULL
  AND job.attempts > 0 AND (job.run_at > now() OR job.attempts >= job.max_attempts)
  AND job.updated_at < now() - interval '10 seconds'`;

/**
 * Lets jobs go that dead workers hold, so that others do them, and has timers that failed tried again: at
 * once, and then now and then, until the result is called. Not a job of the queue: where replicas die again
 * and again none may live as long as it takes for one to come due.
 */
export function keepReleasing(
  database: Pick<Database, 'options' | 'query'>,
  everyMs = EVERY_MS,
  logger?: DatabaseLogger,
): () => void {
  const text = database.options.pooler === 'transaction' ? RELEASE_BY_AGE : RELEASE;
  const release = async (): Promise<void> => {
    await database.query({ text });
    await database.query({ text: HURRY });
  };
  const look = () => {
    release().catch((error: unknown) =>
      logger?.warn({ err: error }, 'Jobs of dead workers were not looked for.'),
    );
  };
  look();
  const timer = setInterval(look, everyMs).unref();
  return () => {
    clearInterval(timer);
  };
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
