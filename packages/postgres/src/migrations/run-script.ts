import type pg from 'pg';
import { MigrationFailedError } from './errors.js';
import { statementsOf, type Migration, type MigrationScript } from './files.js';
import { enter, strike } from './ledger.js';

/** Rather fail and be run again than let every query queue up behind a lock that does not come. */
const LOCK_TIMEOUT = '15s';

/** Applies or reverts one migration and notes it, in one transaction unless it is marked otherwise. */
export async function runScript(
  client: pg.Client,
  migration: Migration,
  direction: 'up' | 'down',
): Promise<void> {
  const script = migration[direction];
  const note = direction === 'up' ? enter : strike;
  try {
    await (script.transaction ? inTransaction : oneByOne)(client, script, () =>
      note(client, migration),
    );
  } catch (cause) {
    throw new MigrationFailedError(migration.name, direction, { cause });
  }
}

async function inTransaction(
  client: pg.Client,
  { sql }: MigrationScript,
  note: () => Promise<void>,
): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query(sql);
    await note();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Several statements in one message would be one transaction after all. */
async function oneByOne(
  client: pg.Client,
  { sql }: MigrationScript,
  note: () => Promise<void>,
): Promise<void> {
  for (const statement of statementsOf(sql)) await client.query(statement);
  await note();
}
