import { setTimeout as delay } from 'node:timers/promises';
import { readSessionHistory, verifySession, type Database } from '@sim/postgres';
import type { Evidence, StoredTurn } from './judge.js';

const REST_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 250;

/**
 * Waits until nothing is at work any more on the sessions of a workflow: what a killed replica left behind
 * has been taken over, and its timers have fired. Resolves to what still is where that takes too long.
 */
export async function comesToRest(database: Database, workflowId: string): Promise<string[]> {
  const givesUpAt = performance.now() + REST_WITHIN_MS;
  for (;;) {
    const { rows } = await database.query<{ what: string }>({
      text: `WITH own AS (
          SELECT session_id, lease_owner FROM conversational_workflow_sessions
          WHERE workflow_id = $1
        )
        SELECT session_id || ' has a turn at work' AS what FROM own WHERE lease_owner IS NOT NULL
        UNION ALL
        SELECT own.session_id || ' has a timer in the queue' FROM graphile_worker.jobs
        JOIN own ON starts_with(key, 'timer:' || own.session_id || ':')`,
      values: [workflowId],
    });
    if (rows.length === 0) return [];
    if (performance.now() > givesUpAt) return rows.map(({ what }) => `left behind: ${what}`);
    await delay(LOOK_AGAIN_MS);
  }
}

/** What is stored of the sessions of a workflow, and what verifying each of them finds. */
export async function readEvidence(
  database: Database,
  workflowId: string,
): Promise<Pick<Evidence, 'storedSessions' | 'storedTurns' | 'unsound'>> {
  const sessions = await database.query<{ sessionId: string; status: string }>({
    text: `SELECT session_id AS "sessionId", execution_status AS status
      FROM conversational_workflow_sessions WHERE workflow_id = $1`,
    values: [workflowId],
  });
  const ids = sessions.rows.map(({ sessionId }) => sessionId);
  const turns = await database.query<StoredTurn>({
    text: `SELECT session_id AS "sessionId", idempotency_key AS key, answer
      FROM conversation_turns WHERE session_id = ANY ($1) AND idempotency_key IS NOT NULL`,
    values: [ids],
  });
  const unsound: string[] = [];
  for (const id of ids) unsound.push(...(await faultsOf(database, id)));
  return { storedSessions: sessions.rows, storedTurns: turns.rows, unsound };
}

async function faultsOf(database: Database, sessionId: string): Promise<string[]> {
  const checks = await readSessionHistory(database, sessionId, (history) =>
    verifySession(history, { texts: true }),
  );
  return (checks ?? [])
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ name, details }) => `${sessionId}: ${[name, ...details].join(' · ')}`);
}
