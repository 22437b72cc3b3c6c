import type { Database } from '../connection/database.js';

/** From before which moments what is removed; null keeps it. */
export interface RetentionCutoffs {
  readonly turns: Date | null;
  readonly events: Date | null;
  readonly sessions: Date | null;
  /** Of deliveries to webhooks that are over. */
  readonly deliveries: Date | null;
}

/** How many sessions lost what, and how many deliveries there were to remove. */
export interface RetentionResult {
  readonly turns: number;
  readonly events: number;
  readonly sessions: number;
  readonly deliveries: number;
}

/** Removes what is old. */
export interface Retention {
  /**
   * Removes what belongs to sessions that ended before the moments given, in batches. A session that is
   * not over keeps everything: its state can be rebuilt from its log. Does not wait for sessions that a
   * turn is writing; the next run finds them.
   */
  run(
    cutoffs: RetentionCutoffs,
    options: { readonly now: Date; readonly batchSize?: number },
  ): Promise<RetentionResult>;
}

/** Sessions in one transaction; each may have thousands of events. */
const BATCH = 50;

/** The index is partial on the same states. */
const ENDED = `execution_status IN ('completed', 'failed', 'cancelled', 'expired')
  AND updated_at < $1 AND lease_owner IS NULL`;

/*
 * Whole logs, never a part: the row says that its log was removed, and when. One that was begun anew
 * since is marked again. The row is locked, so that a session that begins anew at the same moment does so
 * after or before, and not in between; only such a turn ever waits.
 */
const logSql = (mark: string, tables: readonly string[]) => `
WITH old AS (
  SELECT session_id FROM conversational_workflow_sessions
  WHERE ${ENDED} AND (${mark} IS NULL OR ${mark} < updated_at)
  ORDER BY updated_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
), marked AS (
  UPDATE conversational_workflow_sessions AS s SET ${mark} = $3
  FROM old WHERE s.session_id = old.session_id
)${tables
  .map(
    (table, index) => `, removed_${index} AS (
  DELETE FROM ${table} AS gone USING old WHERE gone.session_id = old.session_id
)`,
  )
  .join('')}
SELECT count(*)::int AS sessions FROM old`;

const TURNS = logSql('turns_removed_at', ['conversation_turns']);
/** The journal goes with the events: each of its runs has some. */
const EVENTS = logSql('events_removed_at', [
  'workflow_execution_events',
  'conversational_block_runs',
]);
/** What belongs to a session goes with it. */
const SESSIONS = `
WITH old AS (
  SELECT session_id FROM conversational_workflow_sessions
  WHERE ${ENDED} ORDER BY updated_at LIMIT $2 FOR UPDATE SKIP LOCKED
), removed AS (
  DELETE FROM conversational_workflow_sessions AS s USING old WHERE s.session_id = old.session_id
)
SELECT count(*)::int AS sessions FROM old`;
const DELIVERIES = `
WITH removed AS (
  DELETE FROM webhook_deliveries WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM webhook_deliveries
    WHERE created_at < $1 AND status <> 'pending' LIMIT $2 FOR UPDATE SKIP LOCKED))
  RETURNING id
)
SELECT count(*)::int AS sessions FROM removed`;

/** Retention on PostgreSQL. */
export function createRetention(database: Database): Retention {
  const purge = async (text: string, before: Date | null, batchSize: number, now?: Date) => {
    let removed = 0;
    if (before === null) return removed;
    const values = [before, batchSize, ...(now ? [now] : [])];
    for (;;) {
      const { rows } = await database.query<{ sessions: number }>({ text, values });
      const count = rows[0]?.sessions ?? 0;
      removed += count;
      if (count < batchSize) return removed;
    }
  };
  return {
    async run({ turns, events, sessions, deliveries }, { now, batchSize = BATCH }) {
      // Whole sessions first: what belongs to them need not be removed twice.
      return {
        sessions: await purge(SESSIONS, sessions, batchSize),
        turns: await purge(TURNS, turns, batchSize, now),
        events: await purge(EVENTS, events, batchSize, now),
        deliveries: await purge(DELIVERIES, deliveries, batchSize),
      };
    },
  };
}
