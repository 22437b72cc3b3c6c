import { EXECUTION_STATUSES } from '@sim/domain';
import {
  IdempotencyClash,
  type Clock,
  type OpeningRefusal,
  type SessionStore,
  type StoredAnswer,
} from '@sim/engine';
import { and, asc, count, eq, gte, inArray, sql, type SQL } from 'drizzle-orm';
import type { Database } from '../connection/database.js';
import { failureCode, violatedConstraint } from '../connection/failures.js';
import { decodeCursor, InvalidCursorError, pageOf } from '../encoding/cursor.js';
import { events, sessions, turns } from '../schema/index.js';
import { commitStatement } from './commit-sql.js';
import { MissingReferenceError } from './errors.js';
import { toEvent, toRecord, toTurn, type SessionRow } from './session-rows.js';
import { createLeftCommands, renewStatement } from './left-commands.js';
import { createStatement, loadStatement, outdatedStatement } from './session-sql.js';

/** The states in which a session counts against the limits. */
export const LIVE_STATUSES = ['running', 'paused', 'waiting-for-input'] as const;

const FOREIGN_KEY_VIOLATION = '23503';
const SESSION_KEY = 'conversational_workflow_sessions_pkey';
const IDEMPOTENCY_INDEX = 'idx_ct_idempotency';

type LoadRow = SessionRow & {
  readonly replayAnswer: StoredAnswer['answer'] | null;
  readonly replayHash: string | null;
};

/**
 * Sessions in PostgreSQL. `clock` must be the engine's: lease times are carried over between it and the
 * database's clock. Turns are listed oldest first, sessions newest first.
 *
 * `commit` throws IdempotencyClash where the key was used before, `create` where the session's id is
 * taken; `create` throws MissingReferenceError where workspace, workflow, journey or person is not
 * stored, lists throw InvalidCursorError.
 */
export function createSessionStore(
  database: Database,
  clock: Clock = () => new Date(),
): SessionStore {
  return {
    async create(record, newEvents, newTurns, opening = {}) {
      const { rows } = await database
        .query<{
          why: OpeningRefusal | null;
        }>(createStatement(record, newEvents, newTurns, opening, clock()))
        .catch(refuseMissingReference);
      return rows[0]?.why ?? null;
    },
    async load(query) {
      const { rows } = await database.query<LoadRow>(loadStatement(query));
      const [row] = rows;
      return row === undefined ? null : { record: toRecord(row, clock()), replay: replayOf(row) };
    },
    async commit(commit) {
      const result = await database.query(commitStatement(commit)).catch(refuseUsedKey);
      return result.rowCount === 1;
    },
    async renewLease(sessionId, owner, until) {
      const ms = Math.max(0, until.getTime() - clock().getTime());
      const { rows } = await database.query<{ mail: boolean }>(
        renewStatement(sessionId, owner, ms),
      );
      return { kept: rows.length === 1, mail: rows[0]?.mail === true };
    },
    ...createLeftCommands(database),
    list: (query) => listSessions(database, clock, query),
    turns: (sessionId, limit, cursor) => listTurns(database, sessionId, limit, cursor),
    async events(sessionId, fromSequence, limit) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(events)
          .where(and(eq(events.sessionId, sessionId), gte(events.sequence, fromSequence)))
          .orderBy(asc(events.sequence))
          .limit(limit),
      );
      return rows.map(toEvent);
    },
    async outdated(query) {
      const { rows } = await database.query<{ id: string }>(outdatedStatement(query));
      const items = rows.slice(0, query.limit).map(({ id }) => id);
      return { items, nextCursor: rows.length > query.limit ? (items.at(-1) ?? null) : null };
    },
    async countLive(userId) {
      const live = inArray(sessions.executionStatus, [...LIVE_STATUSES]);
      const whose = userId === undefined ? live : and(eq(sessions.userId, userId), live);
      const [row] = await database.run((db) =>
        db.select({ live: count() }).from(sessions).where(whose),
      );
      return row?.live ?? 0;
    },
  };
}

function replayOf({ replayAnswer, replayHash }: LoadRow): StoredAnswer | null {
  if (replayAnswer === null || replayHash === null) return null;
  return { answer: replayAnswer, requestHash: replayHash };
}

function refuseUsedKey(error: unknown): never {
  throw violatedConstraint(error) === IDEMPOTENCY_INDEX ? new IdempotencyClash() : error;
}

function refuseMissingReference(error: unknown): never {
  // The id was made from an idempotency key, and the same request came first.
  if (violatedConstraint(error) === SESSION_KEY) throw new IdempotencyClash();
  if (failureCode(error) !== FOREIGN_KEY_VIOLATION) throw error;
  throw new MissingReferenceError(violatedConstraint(error), { cause: error });
}

async function listSessions(
  database: Database,
  clock: Clock,
  query: Parameters<SessionStore['list']>[0],
) {
  const rows = await database.run((db) =>
    db
      .select({
        row: sessions,
        leaseRemainingMs: sql<
          number | null
        >`(extract(epoch FROM ${sessions.leaseExpiresAt} - now()) * 1000)::float8`,
      })
      .from(sessions)
      .where(and(...sessionFilters(query)))
      .orderBy(sql`${sessions.createdAt} DESC, ${sessions.sessionId} DESC`)
      .limit(query.limit + 1),
  );
  const now = clock();
  return pageOf(
    rows,
    query.limit,
    ({ row, leaseRemainingMs }) => toRecord({ ...row, leaseRemainingMs }, now),
    ({ row }) => ({ time: row.createdAt, key: row.sessionId }),
  );
}

function sessionFilters(query: Parameters<SessionStore['list']>[0]): (SQL | undefined)[] {
  const status = EXECUTION_STATUSES.find((known) => known === query.status);
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
  return [
    eq(sessions.workspaceId, query.workspaceId),
    query.userId === undefined ? undefined : eq(sessions.userId, query.userId),
    query.workflowId === undefined ? undefined : eq(sessions.workflowId, query.workflowId),
    // A status that there is not has no sessions.
    query.status === undefined
      ? undefined
      : status === undefined
        ? sql`false`
        : eq(sessions.executionStatus, status),
    after === null
      ? undefined
      : sql`(${sessions.createdAt}, ${sessions.sessionId}) < (${moment(after.time)}, ${after.key})`,
  ];
}

/** A moment as a parameter: inside a comparison of rows drizzle does not know the column's type. */
function moment(time: Date): SQL {
  return sql`${time.toISOString()}::timestamptz`;
}

async function listTurns(database: Database, sessionId: string, limit: number, cursor?: string) {
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const position = Number(after?.key ?? 0);
  if (cursor !== undefined && !Number.isSafeInteger(position)) throw new InvalidCursorError(cursor);
  const rows = await database.run((db) =>
    db
      .select()
      .from(turns)
      .where(
        and(
          eq(turns.sessionId, sessionId),
          after === null
            ? undefined
            : sql`(${turns.createdAt}, ${turns.position}) > (${moment(after.time)}, ${position})`,
        ),
      )
      .orderBy(asc(turns.createdAt), asc(turns.position))
      .limit(limit + 1),
  );
  return pageOf(rows, limit, toTurn, (row) => ({ time: row.createdAt, key: String(row.position) }));
}
