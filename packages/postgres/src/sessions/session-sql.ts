import { executionStatus } from '@sim/domain';
import type {
  Opening,
  OutdatedQuery,
  SessionQuery,
  SessionRecord,
  StoredEvent,
  Turn,
} from '@sim/engine';
import type { Statement } from '../connection/database.js';
import { storableJson } from '../encoding/storable.js';
import { historySql } from './commit-sql.js';
import {
  changedJobs,
  JOBS_DONE,
  jobsSql,
  jobValues,
  NOTICE_COLUMNS,
  NOTICES_DONE,
  noticesSql,
  noticeValues,
} from './follow-up-sql.js';
import { eventColumns, turnColumns } from './session-rows.js';

/** The columns of a session by the names of its row; the lease as what is left of it. */
const SESSION_COLUMNS = `
  s.session_id AS "sessionId", s.workspace_id AS "workspaceId", s.workflow_id AS "workflowId",
  s.journey_id AS "journeyId", s.journey_version AS "journeyVersion", s.user_id AS "userId",
  s.execution_status AS "executionStatus", s.current_node_id AS "currentNodeId",
  s.current_state_id AS "currentStateId", s.state, s.metadata, s.version,
  s.lease_owner AS "leaseOwner",
  (extract(epoch FROM s.lease_expires_at - now()) * 1000)::float8 AS "leaseRemainingMs",
  s.expires_at AS "expiresAt", s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;

/** The session and the answer given before under the key, in one read by two primary look-ups. */
const LOAD = `
SELECT ${SESSION_COLUMNS}, replay.answer AS "replayAnswer", replay.request_hash AS "replayHash"
FROM conversational_workflow_sessions AS s
LEFT JOIN conversation_turns AS replay
  ON replay.session_id = s.session_id AND replay.idempotency_key = $3
WHERE s.session_id = $1 AND ($2::text IS NULL OR s.workspace_id = $2)`;

/** Reads one session. */
export function loadStatement(query: SessionQuery): Statement {
  const values = [query.sessionId, query.workspaceId, query.idempotencyKey ?? null];
  return { name: 'load-session', text: LOAD, values };
}

/*
 * The limits are counted by a function of the database: it waits for those who open at the same time, and
 * its own queries see what they wrote, which this statement's snapshot does not.
 */
const create = (parts: string, done: string) => `
WITH refused AS MATERIALIZED (
  SELECT refuse_session($6, $18, $19) AS why
), hit AS (
  INSERT INTO conversational_workflow_sessions (
    session_id, workspace_id, workflow_id, journey_id, journey_version, user_id,
    execution_status, state, metadata, version, expires_at, created_at, updated_at,
    lease_owner, lease_expires_at, current_node_id, current_state_id
  )
  SELECT $1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10::integer, $11::timestamptz,
    $12::timestamptz, $13::timestamptz, $14::text, now() + $15::float8 * interval '1 millisecond',
    $20, $21
  FROM refused WHERE why IS NULL
  RETURNING ${NOTICE_COLUMNS}
)${historySql(16)}${parts}
SELECT why${done} FROM refused`;
const CREATE = { name: 'create-session', text: create('', '') };
const CREATE_WITH_FOLLOW_UPS = {
  name: 'create-session-notices',
  text: create(`${jobsSql(22)}${noticesSql(24)}`, `, ${JOBS_DONE}, ${NOTICES_DONE}`),
};

/**
 * Writes a new session with what was said and what happened at its opening, unless a limit is reached:
 * its row says in `why` which. `now` is the caller's clock.
 */
export function createStatement(
  record: SessionRecord,
  events: readonly StoredEvent[],
  turns: readonly Turn[],
  { place, limits, followUps, timersStarted = [] }: Opening,
  now: Date,
): Statement {
  const values = [
    record.sessionId,
    record.workspaceId,
    record.workflowId,
    record.journeyId,
    record.journeyVersion,
    record.userId,
    executionStatus(record.state),
    storableJson(record.state),
    storableJson(record.metadata),
    record.version,
    record.expiresAt,
    record.createdAt,
    record.updatedAt,
    record.leaseOwner,
    record.leaseExpiresAt === null ? null : record.leaseExpiresAt.getTime() - now.getTime(),
    storableJson(turns.map(turnColumns)),
    storableJson(events.map(eventColumns)),
    limits?.inAll ?? null,
    limits?.perUser ?? null,
    place?.currentNodeId ?? null,
    place?.currentStateId ?? null,
  ];
  if (followUps === undefined && timersStarted.length === 0) return { ...CREATE, values };
  const { sessionId } = record;
  const changed = changedJobs({ sessionId, timersStarted, timersCancelled: [], followUps, now });
  return {
    ...CREATE_WITH_FOLLOW_UPS,
    values: [...values, ...jobValues(changed), ...noticeValues(followUps?.notices ?? [])],
  };
}

const OUTDATED = `
SELECT session_id AS id FROM conversational_workflow_sessions
WHERE workflow_id = $1 AND workspace_id = $2 AND journey_version <> $3 AND session_id > $4
  AND execution_status IN ('not-started', 'running', 'waiting-for-input', 'paused')
ORDER BY session_id LIMIT $5`;

/** Reads which sessions of a workflow run on another version; one more than the limit tells of a next page. */
export function outdatedStatement(query: OutdatedQuery): Statement {
  const { workflowId, workspaceId, journeyVersion, cursor = '', limit } = query;
  const values = [workflowId, workspaceId, journeyVersion, cursor, limit + 1];
  return { name: 'outdated-sessions', text: OUTDATED, values };
}
