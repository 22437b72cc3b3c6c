import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../connection/errors.js';
import { serverUrl } from '../testing/server-url.js';
import { createEmptyDatabase } from '../testing/test-database.js';
import {
  MigrationChangedError,
  MigrationFailedError,
  MigrationLockError,
  NewerBreakingSchemaError,
  UnknownMigrationError,
} from './errors.js';
import { MIGRATIONS_DIRECTORY, readMigrations } from './files.js';
import { migrateDown, migrateUp, migrationStatus } from './migrate.js';
import { dumpSchema } from './schema-dump.js';
import { isMigrated, refuseNewerBreaking } from './status.js';

let home: Awaited<ReturnType<typeof createEmptyDatabase>>;
let client: pg.Client;
beforeEach(async () => {
  home = await createEmptyDatabase(serverUrl());
  client = new pg.Client({ connectionString: home.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await home.drop();
});

const tables = async () => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i', 'S') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
};

describe('the migrations of the repository', () => {
  it('go up, down step by step to nothing, and up to the same schema', async () => {
    const names = (await readMigrations()).map(({ name }) => name);
    expect(await migrateUp(home)).toEqual(names);
    const schema = await dumpSchema(client);

    for (const name of names.toReversed()) expect(await migrateDown(home)).toBe(name);
    expect(await migrateDown(home)).toBeNull();
    expect(await tables()).toEqual(['schema_migrations', 'schema_migrations_pkey']);
    const { rows } = await client.query(
      `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`,
    );
    expect(rows).toEqual([]);

    expect(await migrateUp(home)).toEqual(names);
    expect(await dumpSchema(client)).toBe(schema);
  });

  it('are run once by twenty processes at once, of which none fails', async () => {
    const names = (await readMigrations()).map(({ name }) => name);
    const runs = await Promise.all(Array.from({ length: 20 }, () => migrateUp(home)));
    expect(runs.filter((applied) => applied.length > 0)).toEqual([names]);
    expect(await isMigrated(client)).toBe(true);
  });

  it('have nothing to do the second time', async () => {
    await migrateUp(home);
    expect(await migrateUp(home)).toEqual([]);
  });

  it('are known to be missing before and after the first, and there after the last', async () => {
    expect(await isMigrated(client)).toBe(false);
    await migrateUp(home);
    expect(await isMigrated(client)).toBe(true);
    await migrateDown(home);
    expect(await isMigrated(client)).toBe(false);
    const states = (await migrationStatus(home)).map(({ state }) => state);
    expect(states.at(-1)).toBe('pending');
    expect(new Set(states.slice(0, -1))).toEqual(new Set(['applied']));
  });

  it('put up with an index whose concurrent build was broken off', async () => {
    await migrateUp(home);
    while ((await migrateDown(home)) !== '0004_conversation_indexes');
    await client.query(
      'CREATE INDEX idx_ct_recent_conversations ON conversation_turns (turn_id)',
    );
    await migrateUp(home);
    const { rows } = await client.query<{ definition: string }>(
      `SELECT pg_get_indexdef('idx_ct_recent_conversations'::regclass) AS definition`,
    );
    expect(rows[0]?.definition).toContain('(session_id, created_at DESC)');
  });
});

describe('a migration', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sim-migrations-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = async (name: string, up: string, down = 'SELECT 1;') => {
    await writeFile(join(directory, `${name}.up.sql`), up);
    await writeFile(join(directory, `${name}.down.sql`), down);
  };
  const options = () => ({ url: home.url, directory });

  it('leaves nothing behind where it fails, and those before it stay', async () => {
    await write('0001_good', 'CREATE TABLE good ();', 'DROP TABLE good;');
    await write('0002_bad', 'CREATE TABLE half (); SELECT * FROM nowhere;');
    const failing = migrateUp(options());
    await expect(failing).rejects.toThrow(MigrationFailedError);
    await expect(failing).rejects.toMatchObject({ migration: '0002_bad', direction: 'up' });
    await expect(failing).rejects.toThrow(/relation "nowhere" does not exist/);
    expect(await tables()).toContain('good');
    expect(await tables()).not.toContain('half');
    expect((await migrationStatus(options())).map(({ state }) => state)).toEqual([
      'applied',
      'pending',
    ]);
  });

  it('that failed is run again once it is mended', async () => {
    await write('0001_bad', 'SELECT * FROM nowhere;');
    await expect(migrateUp(options())).rejects.toThrow(MigrationFailedError);
    await write('0001_bad', 'CREATE TABLE mended ();');
    expect(await migrateUp(options())).toEqual(['0001_bad']);
  });

  it('runs outside of a transaction where it is marked so', async () => {
    await write('0001_table', 'CREATE TABLE t (x int);');
    await write('0002_index', '-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (x);\nVACUUM t;');
    await migrateUp(options());
    expect(await tables()).toContain('i');
  });

  it('that was changed after it was applied is refused and shown', async () => {
    await write('0001_a', 'CREATE TABLE a ();');
    await migrateUp(options());
    await write('0001_a', 'CREATE TABLE b ();');
    await expect(migrateUp(options())).rejects.toThrow(MigrationChangedError);
    expect(await migrationStatus(options())).toMatchObject([{ name: '0001_a', state: 'changed' }]);
  });

  it('of a newer breaking release keeps this one off the database', async () => {
    await cp(MIGRATIONS_DIRECTORY, directory, { recursive: true });
    await write('9000_later', '-- breaking\nALTER TABLE workflows DROP COLUMN description;');
    await migrateUp(options());
    await expect(refuseNewerBreaking(client)).rejects.toThrow(NewerBreakingSchemaError);
    expect(await isMigrated(client)).toBe(false);
    await expect(migrateUp(home)).rejects.toMatchObject({ migrations: ['9000_later'] });
    await expect(migrateDown(home)).rejects.toThrow(UnknownMigrationError);
    await expect(refuseNewerBreaking(client, directory)).resolves.toBeUndefined();
  });

  it('of a newer release that breaks nothing is let be', async () => {
    await cp(MIGRATIONS_DIRECTORY, directory, { recursive: true });
    await write('9000_later', 'CREATE TABLE later ();');
    await migrateUp(options());
    await expect(refuseNewerBreaking(client)).resolves.toBeUndefined();
    expect(await migrateUp(home)).toEqual([]);
    expect(await isMigrated(client)).toBe(true);
  });
});

describe('the migration command', () => {
  it('gives up where another holds the lock for too long', async () => {
    await client.query('SELECT pg_advisory_lock($1, $2)', [0x51_4d, 0x4d_49]);
    await expect(migrateUp({ ...home, lockWaitMs: 10 })).rejects.toThrow(MigrationLockError);
  });

  it('says that there is no such database', async () => {
    const url = new URL(home.url);
    url.pathname = '/nowhere';
    await expect(migrateUp({ url: url.href })).rejects.toThrow(DatabaseUnavailableError);
  });
});
