import { LEFT_FOR_MS, type LeftCommand } from '@sim/engine';
import type { Database, Statement } from '../connection/database.js';
import { storableJson } from '../encoding/storable.js';

/** Prolongs a lease by so many milliseconds from the database's now; tells whether commands were left. */
export function renewStatement(sessionId: string, owner: string, ms: number): Statement {
  return {
    name: 'renew-lease',
    text: `UPDATE conversational_workflow_sessions AS s
SET lease_expires_at = now() + $3::float8 * interval '1 millisecond'
WHERE session_id = $1 AND lease_owner = $2
RETURNING EXISTS (
  SELECT FROM conversational_left_commands AS c WHERE c.session_id = s.session_id
) AS mail`,
    values: [sessionId, owner, ms],
  };
}

const LEAVE = `
INSERT INTO conversational_left_commands (session_id, key, command) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING`;

const TAKE_BACK = `DELETE FROM conversational_left_commands WHERE session_id = $1 AND key = $2`;

/** Nobody but the holder of the lease gets any. */
const COLLECT = `
WITH taken AS (
  DELETE FROM conversational_left_commands AS c
  USING conversational_workflow_sessions AS s
  WHERE c.session_id = $1 AND s.session_id = c.session_id AND s.lease_owner = $2
  RETURNING c.command, c.position, c.left_at
)
SELECT command FROM taken
WHERE left_at > now() - $3::float8 * interval '1 millisecond' ORDER BY position`;

/** Commands left for the turns of other replicas, in PostgreSQL. */
export function createLeftCommands(database: Database) {
  return {
    async leave(sessionId: string, command: LeftCommand): Promise<void> {
      const values = [sessionId, command.key, storableJson(command)];
      await database.query({ text: LEAVE, values });
    },
    async takeBack(sessionId: string, key: string): Promise<boolean> {
      const { rowCount } = await database.query({ text: TAKE_BACK, values: [sessionId, key] });
      return rowCount === 1;
    },
    async collect(sessionId: string, owner: string): Promise<readonly LeftCommand[]> {
      const values = [sessionId, owner, LEFT_FOR_MS];
      const { rows } = await database.query<{ command: LeftCommand }>({ text: COLLECT, values });
      return rows.map(({ command }) => command);
    },
  };
}
