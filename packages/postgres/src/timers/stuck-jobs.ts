import type { Database, DatabaseLogger } from '../connection/database.js';

/**
 * A job that was taken this long ago counts as left behind by a worker that is gone. The queue's library
 * waits four hours. One that is still at work is taken a second time, which handlers must bear anyway.
 */
const LEFT_AFTER_MS = 10_000;
const LOOK_EVERY_MS = 5_000;

const FREE = `
UPDATE graphile_worker._private_jobs AS job SET locked_at = NULL, locked_by = NULL
FROM graphile_worker._private_tasks AS task
WHERE job.task_id = task.id AND task.identifier = ANY ($1)
  AND job.locked_at < now() - $2::float8 * interval '1 millisecond'`;

/**
 * Gives jobs of these tasks back to the queue that a worker took and never ended, because its process was
 * killed or its connection broke. Resolves to how many.
 */
async function freeStuckJobs(
  database: Pick<Database, 'query'>,
  tasks: readonly string[],
  leftAfterMs = LEFT_AFTER_MS,
): Promise<number> {
  const { rowCount } = await database.query({ text: FREE, values: [tasks, leftAfterMs] });
  return rowCount;
}

/** Frees such jobs now and then; the result ends it. */
export function keepFreeing(
  database: Pick<Database, 'query'>,
  tasks: readonly string[],
  logger?: DatabaseLogger,
): () => void {
  const free = (): void => {
    freeStuckJobs(database, tasks).then(
      (jobs) => {
        if (jobs > 0)
          logger?.warn({ jobs }, 'Jobs were left behind by a worker; they are done now.');
      },
      (error: unknown) => logger?.warn({ err: error }, 'Stuck jobs were not looked for.'),
    );
  };
  free();
  const timer = setInterval(free, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}
