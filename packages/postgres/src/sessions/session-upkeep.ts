import type { Database } from '../connection/database.js';

/** How often a kind of event came and how long it took, in milliseconds. */
export interface EventStatistics {
  readonly eventType: string;
  readonly count: number;
  readonly meanMs: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

/** What the services do about sessions besides holding them: sweeping, watching. */
export interface SessionUpkeep {
  /** Sessions that are not over though their time is, longest overdue first. */
  expired(now: Date, limit: number): Promise<readonly string[]>;
  /** Sessions whose turn broke off: the lease lapsed and nobody has gone on. */
  abandoned(limit: number): Promise<readonly string[]>;
  /** What happened since a moment, by kind of event. */
  eventStatistics(since: Date): Promise<readonly EventStatistics[]>;
}

/** The sweep's query: the index is partial on the same states. */
export const EXPIRED = `
SELECT session_id AS "sessionId" FROM conversational_workflow_sessions
WHERE execution_status IN ('not-started', 'running', 'waiting-for-input', 'paused')
  AND expires_at <= $1
ORDER BY expires_at LIMIT $2`;

const ABANDONED = `
SELECT session_id AS "sessionId" FROM conversational_workflow_sessions
WHERE lease_owner IS NOT NULL AND lease_expires_at <= now()
ORDER BY lease_expires_at LIMIT $1`;

/** The monitor's query. */
export const EVENT_STATISTICS = `
SELECT event_type AS "eventType", count(*)::float8 AS count, avg(duration_ms)::float8 AS "meanMs",
  percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms) AS "p95Ms",
  max(duration_ms)::float8 AS "maxMs"
FROM workflow_execution_events WHERE created_at >= $1
GROUP BY event_type ORDER BY event_type`;

/** Sweeping and watching on PostgreSQL. */
export function createSessionUpkeep(database: Database): SessionUpkeep {
  const ids = async (text: string, values: readonly unknown[]) => {
    const { rows } = await database.query<{ sessionId: string }>({ text, values });
    return rows.map(({ sessionId }) => sessionId);
  };
  return {
    expired: (now, limit) => ids(EXPIRED, [now, limit]),
    abandoned: (limit) => ids(ABANDONED, [limit]),
    async eventStatistics(since) {
      const text = EVENT_STATISTICS;
      return (await database.query<EventStatistics>({ text, values: [since] })).rows;
    },
  };
}
