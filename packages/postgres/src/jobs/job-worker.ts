import { setTimeout as delay } from 'node:timers/promises';
import { isJsonObject, type JsonValue, type TimerId } from '@sim/domain';
import { Logger as QueueLogger, run, type Runner } from 'graphile-worker';
import type pg from 'pg';
import { createPool, type Database, type DatabaseLogger } from '../connection/database.js';

/** The queue's name for the jobs that `SessionStore.commit` adds. */
export const TIMER_TASK = 'session-timer';

export interface TimerWorkerOptions {
  /**
   * Called when a timer's moment has come. A failure is tried again, later each time, up to 25 times;
   * so the call may come more than once, and for a session that is gone.
   */
  readonly onTimer: (sessionId: string, timerId: TimerId) => Promise<void>;
  /** Timers that this process handles at once; 5 where left out. */
  readonly concurrency?: number;
  /** How often the queue is looked at for jobs whose time has come, in ms; 1000 where left out. */
  readonly pollIntervalMs?: number;
  readonly logger?: DatabaseLogger;
}

export interface TimerWorker {
  /** Resolves when the worker takes jobs for the first time: the database is there and migrated. */
  readonly ready: Promise<void>;
  /** Takes no further job and waits for those under way. May be called twice. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** Pool connections beside one for each job: one listens, one asks for jobs. */
const SPARE_CONNECTIONS = 2;

/**
 * Fires timers from the job queue, on connections of its own. Starts by itself once the database is
 * there and migrated, and again after it was away.
 */
export function createTimerWorker(database: Database, options: TimerWorkerOptions): TimerWorker {
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
  options: TimerWorkerOptions,
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
      options.logger?.warn({ err: error }, 'The timers stand still; they go on with the database.');
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
  options: TimerWorkerOptions,
  stop: AbortSignal,
  markReady: () => void,
): Promise<void> {
  const concurrency = options.concurrency ?? 5;
  const pgPool = createPool(
    { ...database.options, pool: { max: concurrency + SPARE_CONNECTIONS } },
    options.logger,
  );
  try {
    const runner = await startRunner(pgPool, concurrency, database, options);
    const end = () => void runner.stop().catch(() => undefined);
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
    markReady();
    try {
      await runner.promise;
    } finally {
      stop.removeEventListener('abort', end);
    }
  } finally {
    await pgPool.end();
  }
}

function startRunner(
  pgPool: pg.Pool,
  concurrency: number,
  database: Database,
  { onTimer, pollIntervalMs, logger }: TimerWorkerOptions,
): Promise<Runner> {
  return run({
    pgPool,
    concurrency,
    pollInterval: pollIntervalMs ?? 1_000,
    noHandleSignals: true,
    noPreparedStatements: database.options.pooler === 'transaction',
    // Else it looks for a file of cron lines in the working directory.
    parsedCronItems: [],
    logger: queueLogger(logger),
    taskList: {
      [TIMER_TASK]: async (payload) => {
        const timer = timerOf(payload as JsonValue);
        if (timer === null) logger?.warn({ payload }, 'A timer job without a session was dropped.');
        else await onTimer(timer.sessionId, timer.timerId);
      },
    },
  });
}

function timerOf(payload: JsonValue): { sessionId: string; timerId: TimerId } | null {
  if (!isJsonObject(payload)) return null;
  const { sessionId, timerId } = payload;
  if (typeof sessionId !== 'string' || typeof timerId !== 'string') return null;
  return { sessionId, timerId: timerId as TimerId };
}

/** The queue's names of its levels; its enum is not there at run time. */
const PASSED_ON: readonly string[] = ['error', 'warning'];

/** Of the queue's own lines only warnings and errors are passed on. */
function queueLogger(logger: DatabaseLogger | undefined): QueueLogger {
  return new QueueLogger((scope) => (level, message, meta) => {
    if (PASSED_ON.includes(level)) logger?.warn({ ...scope, ...meta }, message);
  });
}
