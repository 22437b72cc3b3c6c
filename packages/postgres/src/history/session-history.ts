import type { BlockError, ExecutionStatus, Journey, TimerId } from '@sim/domain';
import type { SessionRecord, StoredEvent, Turn } from '@sim/engine';
import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import type { Database, Transaction } from '../connection/database.js';
import { blockRuns, events, sessions, turns, workflowJourneyMappings } from '../schema/index.js';
import { toEvent, toRecord, toTurn } from '../sessions/session-rows.js';

/** A row of the journal, without what the block put out. */
export interface JournaledRun {
  readonly runId: string;
  readonly scopeId: string;
  readonly stateId: string;
  readonly blockType: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly status: 'started' | 'succeeded' | 'failed';
  readonly error: BlockError | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** A job of the queue that fires a timer of the session. */
export interface TimerJob {
  readonly timerId: TimerId;
  readonly runAt: Date;
  readonly attempts: number;
  /** After as many attempts the queue leaves it alone. */
  readonly maxAttempts: number;
}

/** All that is stored of one session, as it stood at one moment. Long lists are read page by page. */
export interface SessionHistory {
  readonly record: SessionRecord;
  /** Columns that follow from the state. */
  readonly columns: {
    readonly executionStatus: ExecutionStatus;
    readonly currentNodeId: string | null;
    readonly currentStateId: string | null;
  };
  /** When retention removed the log as it was then; null where it is whole. */
  readonly eventsRemovedAt: Date | null;
  /** Null where the journey is not stored any more. */
  readonly journey: Journey | null;
  /** By the database's clock. */
  readonly readAt: Date;
  /** In the order in which they were said. */
  turns(): AsyncIterable<Turn>;
  /** In the order of their sequence. */
  events(): AsyncIterable<StoredEvent>;
  /** In the order in which they began. */
  runs(): AsyncIterable<JournaledRun>;
  /** Null where the job queue is not there or may not be read. */
  timerJobs(): Promise<readonly TimerJob[] | null>;
}

const PAGE = 500;

/**
 * Hands a session of whatever workspace to `work`, in a transaction that only reads and sees one moment,
 * so that a turn under way is no contradiction. Null, without a call, where there is no such session.
 */
export function readSessionHistory<T>(
  database: Database,
  sessionId: string,
  work: (history: SessionHistory) => Promise<T>,
): Promise<T | null> {
  return database.transaction(async (tx) => {
    await tx.execute(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
    const history = await open(tx, sessionId);
    return history === null ? null : work(history);
  });
}

async function open(tx: Transaction, sessionId: string): Promise<SessionHistory | null> {
  const [found] = await tx
    .select({
      row: sessions,
      now: sql<number>`(extract(epoch FROM now()) * 1000)::float8`,
      leaseRemainingMs: sql<
        number | null
      >`(extract(epoch FROM ${sessions.leaseExpiresAt} - now()) * 1000)::float8`,
    })
    .from(sessions)
    .where(eq(sessions.sessionId, sessionId));
  if (found === undefined) return null;
  const { row, leaseRemainingMs } = found;
  const readAt = new Date(found.now);
  return {
    record: toRecord({ ...row, leaseRemainingMs }, readAt),
    columns: {
      executionStatus: row.executionStatus,
      currentNodeId: row.currentNodeId,
      currentStateId: row.currentStateId,
    },
    eventsRemovedAt: row.eventsRemovedAt,
    journey: await readJourney(tx, row),
    readAt,
    turns: () => readTurns(tx, sessionId),
    events: () => readEvents(tx, sessionId),
    runs: () => readRuns(tx, sessionId),
    timerJobs: () => readTimerJobs(tx, sessionId),
  };
}

async function readJourney(
  tx: Transaction,
  of: Pick<SessionRecord, 'workflowId' | 'journeyId' | 'journeyVersion'>,
): Promise<Journey | null> {
  const mappings = workflowJourneyMappings;
  const [row] = await tx
    .select({ journey: mappings.journey })
    .from(mappings)
    .where(
      and(
        eq(mappings.workflowId, of.workflowId),
        eq(mappings.journeyId, of.journeyId),
        eq(mappings.journeyVersion, of.journeyVersion),
      ),
    );
  return row === undefined ? null : (row.journey as unknown as Journey);
}

/** Page after page, each from behind the last row of the one before. */
async function* pages<Row, T>(
  read: (last: Row | null) => Promise<readonly Row[]>,
  convert: (row: Row) => T,
): AsyncGenerator<T> {
  let last: Row | null = null;
  for (;;) {
    const rows: readonly Row[] = await read(last);
    for (const row of rows) yield convert(row);
    last = rows.at(-1) ?? null;
    if (rows.length < PAGE) return;
  }
}

function readTurns(tx: Transaction, sessionId: string): AsyncIterable<Turn> {
  const own = eq(turns.sessionId, sessionId);
  return pages(
    (last: typeof turns.$inferSelect | null) =>
      tx
        .select()
        .from(turns)
        .where(and(own, last === null ? undefined : gt(turns.position, last.position)))
        .orderBy(asc(turns.position))
        .limit(PAGE),
    toTurn,
  );
}

function readEvents(tx: Transaction, sessionId: string): AsyncIterable<StoredEvent> {
  const own = eq(events.sessionId, sessionId);
  return pages(
    (last: typeof events.$inferSelect | null) =>
      tx
        .select()
        .from(events)
        .where(and(own, last === null ? undefined : gt(events.sequence, last.sequence)))
        .orderBy(asc(events.sequence))
        .limit(PAGE),
    toEvent,
  );
}

const RUN_COLUMNS = {
  runId: blockRuns.runId,
  scopeId: blockRuns.scopeId,
  stateId: blockRuns.stateId,
  blockType: blockRuns.blockType,
  attempt: blockRuns.attempt,
  idempotencyKey: blockRuns.idempotencyKey,
  status: blockRuns.status,
  error: blockRuns.error,
  startedAt: blockRuns.startedAt,
  finishedAt: blockRuns.finishedAt,
};

function readRuns(tx: Transaction, sessionId: string): AsyncIterable<JournaledRun> {
  const own = eq(blockRuns.sessionId, sessionId);
  const behind = (last: JournaledRun): SQL =>
    sql`(${blockRuns.startedAt}, ${blockRuns.runId}) > (
      SELECT started_at, run_id FROM conversational_block_runs
      WHERE session_id = ${sessionId} AND run_id = ${last.runId})`;
  return pages(
    async (last: JournaledRun | null) => {
      const rows = await tx
        .select(RUN_COLUMNS)
        .from(blockRuns)
        .where(and(own, last === null ? undefined : behind(last)))
        .orderBy(asc(blockRuns.startedAt), asc(blockRuns.runId))
        .limit(PAGE);
      return rows.map((row) => ({ ...row, error: row.error as unknown as BlockError | null }));
    },
    (row) => row,
  );
}

async function readTimerJobs(
  tx: Transaction,
  sessionId: string,
): Promise<readonly TimerJob[] | null> {
  const readable = await tx.execute<{ yes: boolean | null }>(
    // To ask for a view in a schema that may not be used is an error, which would end the transaction.
    sql`SELECT CASE WHEN has_schema_privilege(to_regnamespace('graphile_worker')::oid, 'USAGE')
      THEN has_table_privilege(to_regclass('graphile_worker.jobs')::oid, 'SELECT') END AS yes`,
  );
  if (readable.rows[0]?.yes !== true) return null;
  const prefix = `timer:${sessionId}:`;
  const { rows } = await tx.execute<{ key: string; at: number; tries: number; limit: number }>(
    sql`SELECT key, (extract(epoch FROM run_at) * 1000)::float8 AS at,
      attempts AS tries, max_attempts AS limit
      FROM graphile_worker.jobs WHERE starts_with(key, ${prefix}) ORDER BY key`,
  );
  return rows.map(({ key, at, tries, limit }) => ({
    timerId: key.slice(prefix.length) as TimerId,
    runAt: new Date(at),
    attempts: tries,
    maxAttempts: limit,
  }));
}
