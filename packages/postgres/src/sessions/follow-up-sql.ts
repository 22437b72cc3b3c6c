import type { NewJob, SessionCommit, SessionNotice } from '@sim/engine';
import { storableJson } from '../encoding/storable.js';
import { DELIVERY_ATTEMPTS, TIMER_TASK, WEBHOOK_TASK } from '../jobs/tasks.js';

/*
 * Parts of the statements that write sessions: jobs of the queue and deliveries to webhooks, in the same
 * transaction. `hit` names the row that was written; a part that is only selected runs if it is counted.
 * Only statements that have something for them carry them.
 */

/** Jobs taken back and added; `$n` and `$n+1` are their JSON. */
export const jobsSql = (parameter: number) => `, jobs_cancelled AS (
  SELECT graphile_worker.remove_job(c.key) FROM hit, json_array_elements_text($${parameter}) AS c (key)
), jobs_added AS (
  SELECT graphile_worker.add_job(
    j.task, j.payload, run_at => now() + j.delay_ms * interval '1 millisecond', job_key => j.key
  )
  FROM hit, json_to_recordset($${parameter + 1}) AS j (
    task text, payload json, delay_ms float8, key text
  )
)`;
/** Counts what {@link jobsSql} does. */
export const JOBS_DONE =
  '(SELECT count(*) FROM jobs_cancelled) AS cancelled, (SELECT count(*) FROM jobs_added) AS added';

/** What `hit` returns for {@link noticesSql}. */
export const NOTICE_COLUMNS = 'session_id, workspace_id, workflow_id';

/**
 * Deliveries to the webhooks of the workspace that want to be told, with a job for each. The id of a
 * delivery follows from what it tells to whom.
 */
export const noticesSql = (parameter: number) => `, deliveries AS (
  INSERT INTO webhook_deliveries (
    id, webhook_id, session_id, event, payload, status, attempts, created_at
  )
  SELECT 'msg_' || md5(n.id || w.id), w.id, hit.session_id, n.kind, n.payload, 'pending', 0, n.at
  FROM hit
  JOIN webhooks AS w ON w.workspace_id = hit.workspace_id AND w.enabled
    AND (w.workflow_id IS NULL OR w.workflow_id = hit.workflow_id)
  JOIN json_to_recordset($${parameter}) AS n (id text, kind text, payload json, at timestamptz)
    ON w.events ? n.kind
  RETURNING id
), delivery_jobs AS (
  SELECT graphile_worker.add_job(
    '${WEBHOOK_TASK}', json_build_object('deliveryId', id),
    job_key => 'webhook:' || id, max_attempts => ${DELIVERY_ATTEMPTS}
  ) FROM deliveries
)`;
/** Counts what {@link noticesSql} does. */
export const NOTICES_DONE = '(SELECT count(*) FROM delivery_jobs) AS told';

interface ChangedJobs {
  readonly added: readonly NewJob[];
  readonly cancelled: readonly string[];
  readonly now: Date;
}

/** The jobs that a commit adds and takes back, its timers among them. */
export function changedJobs({
  sessionId,
  timersStarted,
  timersCancelled,
  followUps,
  now,
}: Pick<SessionCommit, 'sessionId' | 'timersStarted' | 'timersCancelled' | 'now'> & {
  readonly followUps?: SessionCommit['followUps'] | undefined;
}): ChangedJobs {
  const keyOf = (timerId: string) => `timer:${sessionId}:${timerId}`;
  // A timer that is set and called off in one commit is not set at all.
  const called = new Set(timersCancelled);
  const timers = timersStarted
    .filter(({ id }) => !called.has(id))
    .map(({ id, fireAt }) => ({
      task: TIMER_TASK,
      payload: { sessionId, timerId: id },
      runAt: new Date(fireAt),
      key: keyOf(id),
    }));
  return {
    added: [...timers, ...(followUps?.jobs ?? [])],
    cancelled: [...timersCancelled.map(keyOf), ...(followUps?.jobsCancelled ?? [])],
    now,
  };
}

/** The parameters of {@link jobsSql}. Moments go over as delays: the queue keeps the database's time. */
export function jobValues({ added, cancelled, now }: ChangedJobs): unknown[] {
  const jobs = added.map(({ task, payload, runAt, key }) => ({
    task,
    payload,
    key,
    delay_ms: runAt.getTime() - now.getTime(),
  }));
  return [storableJson([...new Set(cancelled)]), storableJson(jobs)];
}

/** The parameter of {@link noticesSql}. */
export function noticeValues(notices: readonly SessionNotice[]): unknown[] {
  const at = (payload: SessionNotice['payload']) => payload['timestamp'];
  return [
    storableJson(notices.map(({ id, kind, payload }) => ({ id, kind, payload, at: at(payload) }))),
  ];
}
