import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import {
  Logger as QueueLogger,
  run,
  type Runner,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import type pg from 'pg';
import { createPool, type Database, type DatabaseLogger } from '../connection/database.js';
import { keepReleasing, markAlive } from './liveness.js';
import { toleratingSecondRelease } from './second-release.js';
import { armTask, type RecurringTask } from './recurring.js';

/** A job as its handler gets it. */
export interface Job {
  readonly payload: JsonObject;
  /** From 1. */
  readonly attempt: number;
  /** A failure of it is the job's end. */
  readonly isLastAttempt: boolean;
}

/**
 * Does a job. A failure is tried again, later each time, up to 25 times where the job says nothing else;
 * so it may be called more than once for a job, and for what is gone.
 */
export type JobHandler = (job: Job) => Promise<void>;

export interface JobWorkerOptions {
  /** By the name of the task. */
  readonly tasks: Readonly<Record<string, JobHandler>>;
  /** Work that comes again and again, done by one worker of all replicas each time. */
  readonly recurring?: readonly RecurringTask[];
  /** Jobs that this worker does at once; 5 where left out. */
  readonly concurrency?: number;
  /** How often the queue is looked at for jobs whose time has come, in ms; 1000 where left out. */
  readonly pollIntervalMs?: number;
  /** How often it looks for jobs that dead workers hold, in ms; 5000 where left out. */
  readonly releaseEveryMs?: number;
  readonly logger?: DatabaseLogger;
}

export interface JobWorker {
  /** Resolves when the worker takes jobs for the first time: the database is there and migrated. */
  readonly ready: Promise<void>;
  /** Takes no further job and waits for those under way. May be called twice. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** Pool connections beside one for each job: one listens, one asks for jobs, one shows that it lives. */
const SPARE_CONNECTIONS = 3;
/** Recurring work that got lost with a replica is set again after this. */
const REARM_MS = 60_000;

/**
 * Does jobs of the queue, on connections of its own. Starts by itself once the database is there and
 * migrated, and again after it was away.
 */
export function createJobWorker(database: Database, options: JobWorkerOptions): JobWorker {
  const stopping = new AbortController();
  let markReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    markReady = resolve;
  });
  const running = keepRunning(database, options, stopping.signal, markReady);
  return {
    ready,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function keepRunning(
  database: Database,
  options: JobWorkerOptions,
  stop: AbortSignal,
  markReady: () => void,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!stop.aborted) {
    try {
      if (await hasQueue(database)) {
        await runUntilStopped(database, options, stop, markReady);
        pauseMs = FIRST_PAUSE_MS;
      }
    } catch (error) {
      options.logger?.warn({ err: error }, 'The jobs stand still; they go on with the database.');
    }
    await delay(pauseMs, undefined, { signal: stop }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** The queue's library would make its tables by itself; that is for the migration command alone. */
async function hasQueue(database: Database): Promise<boolean> {
  const text = "SELECT to_regclass('graphile_worker._private_jobs') IS NOT NULL AS here";
  const { rows } = await database.query<{ here: boolean }>({ text });
  return rows[0]?.here === true;
}

async function runUntilStopped(
  database: Database,
  options: JobWorkerOptions,
  stop: AbortSignal,
  markReady: () => void,
): Promise<void> {
  const concurrency = options.concurrency ?? 5;
  const pgPool = toleratingSecondRelease(
    createPool(
      { ...database.options, pool: { max: concurrency + SPARE_CONNECTIONS } },
      options.logger,
    ),
  );
  const disarm = await keepArmed(database, options);
  const stopReleasing = keepReleasing(database, options.releaseEveryMs, options.logger);
  let die: () => void = () => undefined;
  try {
    const { runner, workerId } = await startRunner(pgPool, concurrency, database, options);
    const end = () => void runner.stop().catch(() => undefined);
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
    try {
      if (database.options.pooler !== 'transaction') die = await markAlive(pgPool, workerId, end);
      markReady();
      await runner.promise;
    } finally {
      end();
      stop.removeEventListener('abort', end);
    }
  } finally {
    stopReleasing();
    disarm();
    die();
    await pgPool.end();
  }
}

/** Sets recurring work, at once and now and then: a replica that dies may take a job with it. */
async function keepArmed(
  database: Database,
  { recurring = [], logger }: JobWorkerOptions,
): Promise<() => void> {
  for (const { task, everyMs } of recurring) await armTask(database, task, { soon: true, everyMs });
  if (recurring.length === 0) return () => undefined;
  const timer = setInterval(() => {
    for (const { task, everyMs } of recurring) {
      armTask(database, task, { soon: false, everyMs }).catch((error: unknown) =>
        logger?.warn({ err: error, task }, 'Recurring work was not set; it is tried again.'),
      );
    }
  }, REARM_MS).unref();
  return () => {
    clearInterval(timer);
  };
}

async function startRunner(
  pgPool: pg.Pool,
  concurrency: number,
  database: Database,
  options: JobWorkerOptions,
): Promise<{ readonly runner: Runner; readonly workerId: string }> {
  const events = new EventEmitter() as WorkerEvents;
  let workerId = '';
  events.once('pool:create', ({ workerPool }) => {
    workerId = workerPool.id;
  });
  const runner = await run({
    pgPool,
    concurrency,
    events,
    pollInterval: options.pollIntervalMs ?? 1_000,
    noHandleSignals: true,
    noPreparedStatements: database.options.pooler === 'transaction',
    // Else it looks for a file of cron lines in the working directory.
    parsedCronItems: [],
    logger: queueLogger(options.logger),
    taskList: tasksOf(database, options),
    // Else nobody listens to the failure of what ends a job, and the process ends with the database.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  });
  return { runner, workerId };
}

function tasksOf(
  database: Database,
  { tasks, recurring = [], logger }: JobWorkerOptions,
): TaskList {
  const handlers = Object.entries(tasks).map(([name, handle]): [string, TaskList[string]] => [
    name,
    async (payload, { job }) => {
      const given = payload as JsonValue;
      if (!isJsonObject(given)) {
        logger?.warn({ task: name }, 'A job without a payload was dropped.');
        return;
      }
      const { attempts, max_attempts: most } = job;
      await handle({ payload: given, attempt: attempts, isLastAttempt: attempts >= most });
    },
  ]);
  const repeating = recurring.map(({ task, everyMs, run: work }): [string, TaskList[string]] => [
    task,
    async () => {
      // Before the work: a replica that dies in it does not end the row.
      await armTask(database, task, { soon: false, everyMs });
      await work().catch((error: unknown) =>
        logger?.warn({ err: error, task }, 'Recurring work failed; it comes again.'),
      );
    },
  ]);
  return Object.fromEntries([...handlers, ...repeating]);
}

/** The queue's names of its levels; its enum is not there at run time. */
const PASSED_ON: readonly string[] = ['error', 'warning'];

/** Of the queue's own lines only warnings and errors are passed on. */
function queueLogger(logger: DatabaseLogger | undefined): QueueLogger {
  return new QueueLogger((scope) => (level, message, meta) => {
    if (PASSED_ON.includes(level)) logger?.warn({ ...scope, ...meta }, message);
  });
}
