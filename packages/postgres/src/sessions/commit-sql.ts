import { executionStatus, type BlockError, type JsonValue } from '@sim/domain';
import type { RunFinished, RunStarted, SessionCommit } from '@sim/engine';
import type { Statement } from '../connection/database.js';
import { storableJson } from '../encoding/storable.js';
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

/*
 * The hot statement: everything that one step of a session changes, in one round trip and one
 * transaction. The UPDATE is the gate: where the version moved on or another holds the lease it hits no
 * row, and every other part selects from what it hit, so nothing else is written either.
 *
 * Rejected, with the turns/s of a plain answer (1 update, 2 turns, 5 events; 16 connections, two cores,
 * PostgreSQL 18 with fsync off, so that the disk does not hide the difference), this form making 100 %:
 * - BEGIN, UPDATE, two INSERTs, COMMIT: about 60 %. Five round trips, and the row is locked over four.
 * - This text without a name: about 60 %. PostgreSQL plans the whole statement again each time.
 * - One text with all parts: about 85 %. Those for runs and jobs cost even where they have nothing to do.
 * - SELECT … FOR UPDATE first: not measured; a turn would hold the row, and a connection, while it thinks.
 * - A VALUES list of as many rows as there are: a different text for each count, so never prepared;
 *   `json_to_recordset` takes any count in one parameter.
 *
 * The lease is kept in the database's own time. Replicas whose clocks differ hand over how long it lasts,
 * not until when; timers are set in the same way.
 */

const gate = (returning: string, more = '') => `
WITH hit AS (
  UPDATE conversational_workflow_sessions SET
    state = $3, execution_status = $4, current_node_id = $5, current_state_id = $6,
    version = version + 1, expires_at = $7, updated_at = $8,
    lease_owner = CASE WHEN $10::float8 IS NULL THEN NULL ELSE $9::text END,
    lease_expires_at = now() + $10::float8 * interval '1 millisecond'${more}
  WHERE session_id = $1 AND version = $2
    AND (lease_owner IS NULL OR lease_owner = $9 OR lease_expires_at <= now())
  RETURNING ${returning}
)`;

/** Turns and events; `hit` names the row they belong to, `$n` and `$n+1` are their JSON. */
export function historySql(turnsParameter: number): string {
  return `, new_turns AS (
  INSERT INTO conversation_turns (
    session_id, turn_id, speaker, content, intent, confidence, entities, workflow_action,
    idempotency_key, answer, request_hash, created_at
  )
  SELECT hit.session_id, t.turn_id, t.speaker, t.content, t.intent, t.confidence,
    coalesce(t.entities, 'null'), t.workflow_action, t.idempotency_key, t.answer, t.request_hash,
    t.created_at
  FROM hit, json_to_recordset($${turnsParameter}) AS t (
    turn_id text, speaker text, content text, intent text, confidence float8, entities json,
    workflow_action text, idempotency_key text, answer json, request_hash text,
    created_at timestamptz
  )
), new_events AS (
  INSERT INTO workflow_execution_events (
    session_id, sequence, event_type, node_id, data, duration_ms, created_at
  )
  SELECT hit.session_id, e.sequence, e.event_type, e.node_id, e.data, e.duration_ms, e.created_at
  FROM hit, json_to_recordset($${turnsParameter + 1}) AS e (
    sequence integer, event_type text, node_id text, data json, duration_ms bigint,
    created_at timestamptz
  )
)`;
}

const RUNS = `, runs_started AS (
  INSERT INTO conversational_block_runs (
    session_id, run_id, scope_id, state_id, block_type, attempt, idempotency_key, status, output,
    error, started_at, finished_at
  )
  SELECT hit.session_id, r.run_id, r.scope_id, r.state_id, r.block_type, r.attempt,
    r.idempotency_key, r.status, r.output, r.error, r.started_at, r.finished_at
  FROM hit, json_to_recordset($13) AS r (
    run_id text, scope_id text, state_id text, block_type text, attempt integer,
    idempotency_key text, status text, output json, error json, started_at timestamptz,
    finished_at timestamptz
  )
), runs_finished AS (
  UPDATE conversational_block_runs AS run
  SET status = r.status, output = r.output, error = r.error, finished_at = r.finished_at
  FROM hit, json_to_recordset($14) AS r (
    run_id text, status text, output json, error json, finished_at timestamptz
  )
  WHERE run.session_id = hit.session_id AND run.run_id = r.run_id AND run.status = 'started'
)`;

const HISTORY = historySql(11);
const GATE = gate('session_id');
const PLAIN: Part = { name: 'commit-turn', text: `${GATE}${HISTORY}\nSELECT FROM hit` };
/** The session goes on with another version of its journey; a move runs no block and sets no timer. */
const MOVE: Part = {
  name: 'commit-move',
  text: `${gate('session_id', ', journey_id = $13, journey_version = $14')}${HISTORY}\nSELECT FROM hit`,
};
const WITH_RUNS: Part = { name: 'commit-runs', text: `${GATE}${HISTORY}${RUNS}\nSELECT FROM hit` };
const WITH_JOBS: Part = {
  name: 'commit-jobs',
  text: `${GATE}${HISTORY}${RUNS}${jobsSql(15)}\nSELECT ${JOBS_DONE} FROM hit`,
};
const WITH_NOTICES: Part = {
  name: 'commit-notices',
  text: `${gate(NOTICE_COLUMNS)}${HISTORY}${RUNS}${jobsSql(15)}${noticesSql(17)}
SELECT ${JOBS_DONE}, ${NOTICES_DONE} FROM hit`,
};

interface Part {
  readonly name: string;
  readonly text: string;
}

/** The statement that writes a commit; it returns one row where it was written, none where not. */
export function commitStatement(commit: SessionCommit): Statement {
  if (commit.journey) {
    const { journeyId, journeyVersion } = commit.journey;
    return { ...MOVE, values: [...plainValues(commit), journeyId, journeyVersion] };
  }
  const values = plainValues(commit);
  if (isPlain(commit)) return { ...PLAIN, values };
  values.push(...runValues(commit));
  const { timersStarted, timersCancelled, followUps } = commit;
  const hasJobs = timersStarted.length + timersCancelled.length > 0 || followUps !== undefined;
  if (!hasJobs) return { ...WITH_RUNS, values };
  values.push(...jobValues(changedJobs(commit)));
  const { notices = [] } = followUps ?? {};
  if (notices.length === 0) return { ...WITH_JOBS, values };
  return { ...WITH_NOTICES, values: [...values, ...noticeValues(notices)] };
}

function isPlain(commit: SessionCommit): boolean {
  const { runsStarted, runsFinished, timersStarted, timersCancelled, followUps } = commit;
  const parts = [runsStarted, runsFinished, timersStarted, timersCancelled];
  return followUps === undefined && parts.every(({ length }) => length === 0);
}

function plainValues(commit: SessionCommit): unknown[] {
  const { state, leaseUntil, now } = commit;
  return [
    commit.sessionId,
    commit.expectedVersion,
    storableJson(state),
    executionStatus(state),
    commit.currentNodeId,
    commit.currentStateId,
    commit.expiresAt,
    now,
    commit.owner,
    leaseUntil === null ? null : Math.max(0, leaseUntil.getTime() - now.getTime()),
    storableJson(commit.turns.map(turnColumns)),
    storableJson(commit.events.map(eventColumns)),
  ];
}

/** A run that begins and ends in one commit is one row: a statement does not see what it inserts. */
function runValues({ runsStarted, runsFinished }: SessionCommit): unknown[] {
  const ends = new Map(runsFinished.map((end) => [end.runId, end]));
  const begun = runsStarted.map((start) => runColumns(start, ends.get(start.run.id)));
  for (const { run } of runsStarted) ends.delete(run.id);
  return [storableJson(begun), storableJson([...ends.values()].map(endColumns))];
}

function runColumns(
  { run, blockType, startedAt }: RunStarted,
  end: RunFinished | undefined,
): object {
  return {
    scope_id: run.scopeId,
    state_id: run.stateId,
    block_type: blockType,
    attempt: run.attempt,
    idempotency_key: run.idempotencyKey,
    started_at: startedAt,
    ...(end === undefined ? { run_id: run.id, status: 'started' } : endColumns(end)),
  };
}

function endColumns(end: RunFinished): {
  run_id: string;
  status: 'succeeded' | 'failed';
  output: JsonValue;
  error: BlockError | null;
  finished_at: Date;
} {
  return {
    run_id: end.runId,
    status: end.error === null ? 'succeeded' : 'failed',
    output: end.output,
    error: end.error,
    finished_at: end.finishedAt,
  };
}
