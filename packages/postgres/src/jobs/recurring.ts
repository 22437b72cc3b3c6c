import type { Database } from '../connection/database.js';

/** Work that comes again and again. */
export interface RecurringTask {
  /** The queue's name for it. */
  readonly task: string;
  /** From the beginning of one to the beginning of the next. */
  readonly everyMs: number;
  /** A failure is logged, and the work comes again. */
  readonly run: () => Promise<void>;
}

/** How soon it comes after a worker has started. */
const SOON_MS = 5_000;

/*
 * One job for all replicas, by its key. It is only ever brought forward: else replicas that start again and
 * again would put it off for ever. While it is done the queue takes the same key for a new one, so
 * that the next is set before the work begins. Rejected: the queue's own cron, whose unit is the minute.
 * One attempt: what failed is done by the next.
 */
const ARM = `
SELECT graphile_worker.add_job(
  $1, '{}', run_at => least(
    now() + $2::float8 * interval '1 millisecond',
    (SELECT run_at FROM graphile_worker.jobs WHERE key = 'every:' || $1 AND locked_at IS NULL)
  ),
  max_attempts => 1,
  job_key => 'every:' || $1, job_key_mode => $3
)`;

/** Sets the next time of a task, unless it is set; `soon` brings it forward. */
export async function armTask(
  database: Database,
  task: string,
  { soon, everyMs }: { readonly soon: boolean; readonly everyMs: number },
): Promise<void> {
  const delayMs = soon ? Math.min(everyMs, SOON_MS) : everyMs;
  const mode = soon ? 'replace' : 'preserve_run_at';
  await database.query({ text: ARM, values: [task, delayMs, mode] });
}
