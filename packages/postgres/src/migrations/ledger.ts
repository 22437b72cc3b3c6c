import type { Migration } from './files.js';

/** A row of `schema_migrations`. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly breaking: boolean;
  readonly appliedAt: Date;
}

/** Whatever runs SQL: a client or a pool. */
export interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

const CREATE_LEDGER = `
CREATE TABLE IF NOT EXISTS schema_migrations (
  name text PRIMARY KEY,
  checksum text NOT NULL,
  breaking boolean NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)`;

/** Makes the table of applied migrations where it is missing. */
export async function createLedger(client: Queryable): Promise<void> {
  await client.query('SET client_min_messages = warning');
  await client.query(CREATE_LEDGER);
}

/** What is applied, in order; nothing where there is no table yet. */
export async function readLedger(client: Queryable): Promise<AppliedMigration[]> {
  const found = await client.query("SELECT to_regclass('schema_migrations') IS NOT NULL AS here");
  const [table] = found.rows as { here: boolean }[];
  if (table?.here !== true) return [];
  const { rows } = await client.query(
    'SELECT name, checksum, breaking, applied_at AS "appliedAt" FROM schema_migrations ORDER BY name',
  );
  return rows as AppliedMigration[];
}

/** Notes a migration as applied. */
export async function enter(client: Queryable, migration: Migration): Promise<void> {
  await client.query(
    'INSERT INTO schema_migrations (name, checksum, breaking) VALUES ($1, $2, $3)',
    [migration.name, migration.checksum, migration.breaking],
  );
}

/** Notes a migration as reverted. */
export async function strike(client: Queryable, migration: Migration): Promise<void> {
  await client.query('DELETE FROM schema_migrations WHERE name = $1', [migration.name]);
}
