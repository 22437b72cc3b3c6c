import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { createDatabase, type Database } from '../connection/database.js';
import type { DatabaseOptions } from '../connection/options.js';
import { readMigrations } from '../migrations/files.js';
import { migrateUp } from '../migrations/migrate.js';

/** A migrated database that belongs to one test file. */
export interface TestDatabase {
  readonly url: string;
  /** Opens a pool on it; it is closed by {@link TestDatabase.drop}. */
  open(overrides?: Partial<Omit<DatabaseOptions, 'url'>>): Database;
  /** Closes what was opened and removes the database. @throws LeakedConnectionsError */
  drop(): Promise<void>;
}

/** A test ended while connections were still checked out of a pool or open beside it. */
export class LeakedConnectionsError extends Error {
  readonly count: number;

  constructor(count: number, where: string) {
    super(`${count} database connection(s) were never ${where}.`);
    this.name = 'LeakedConnectionsError';
    this.count = count;
  }
}

const TEMPLATE_LOCK = 0x74_65_73_74;

/**
 * Makes a database for a test file by cloning a template that is migrated once for each server and
 * state of the migrations. `serverUrl` names any database of a server on which databases may be made.
 */
export async function createTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withAdmin(serverUrl, async (admin) => {
    const template = await ensureTemplate(admin, serverUrl);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const url = databaseUrl(serverUrl, name);
  const opened: Database[] = [];
  return {
    url,
    open(overrides) {
      const database = createDatabase({ applicationName: 'test', ...overrides, url });
      opened.push(database);
      return database;
    },
    async drop() {
      const held = opened.reduce((sum, { pool }) => sum + pool.totalCount - pool.idleCount, 0);
      if (held === 0) await Promise.all(opened.map((database) => database.close()));
      const open = await withAdmin(serverUrl, (admin) => dropDatabase(admin, name));
      if (held > 0) throw new LeakedConnectionsError(held, 'released');
      if (open > 0) throw new LeakedConnectionsError(open, 'closed');
    },
  };
}

/** An empty database, not migrated, for tests of the migrations themselves. */
export async function createEmptyDatabase(
  serverUrl: string,
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withAdmin(serverUrl, (admin) => admin.query(`CREATE DATABASE ${name}`));
  return {
    url: databaseUrl(serverUrl, name),
    async drop() {
      await withAdmin(serverUrl, (admin) => dropDatabase(admin, name));
    },
  };
}

/** Test files run side by side: the first makes the template while the others wait. */
async function ensureTemplate(admin: pg.Client, serverUrl: string): Promise<string> {
  const checksums = (await readMigrations()).map(({ checksum }) => checksum).join();
  const template = `template_${createHash('sha256').update(checksums).digest('hex').slice(0, 16)}`;
  await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [
      template,
    ]);
    if (rowCount === 0) {
      // Under its own name only once it is whole: an interrupted run must not leave half a template.
      const building = `${template}_building`;
      await admin.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${building}`);
      await migrateUp({ url: databaseUrl(serverUrl, building) });
      await admin.query(`ALTER DATABASE ${building} RENAME TO ${template}`);
    }
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
  return template;
}

/** How long the server may take to notice that a closed connection is gone. */
const FAREWELL_MS = 2_000;

/** Resolves to how many connections were still open. */
async function dropDatabase(admin: pg.Client, name: string): Promise<number> {
  const givesUpAt = performance.now() + FAREWELL_MS;
  let open = await openConnections(admin, name);
  while (open > 0 && performance.now() < givesUpAt) {
    await delay(20);
    open = await openConnections(admin, name);
  }
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  return open;
}

/** Of clients; the server's own workers come and go. */
async function openConnections(admin: pg.Client, name: string): Promise<number> {
  const { rows } = await admin.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM pg_stat_activity
     WHERE datname = $1 AND backend_type = 'client backend'`,
    [name],
  );
  return rows[0]?.open ?? 0;
}

async function withAdmin<T>(serverUrl: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
