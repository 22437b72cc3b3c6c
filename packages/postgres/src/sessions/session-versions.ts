import type { Database } from '../connection/database.js';

/** Ids looked up by one statement. */
const CHUNK = 1000;

const VERSIONS = `
SELECT session_id AS "sessionId", version FROM conversational_workflow_sessions
WHERE session_id = ANY($1)`;

/**
 * The versions of sessions, for who follows many of them and wants to know which have changed: one look at
 * the primary key each, no state is read. A session that is not there has no entry.
 */
export async function sessionVersions(
  database: Database,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const versions = new Map<string, number>();
  for (let from = 0; from < sessionIds.length; from += CHUNK) {
    const { rows } = await database.query<{ sessionId: string; version: number }>({
      text: VERSIONS,
      values: [sessionIds.slice(from, from + CHUNK)],
    });
    for (const { sessionId, version } of rows) versions.set(sessionId, version);
  }
  return versions;
}
