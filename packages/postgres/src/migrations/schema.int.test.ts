import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemaCommand, SchemaDriftError } from '../cli/schema-command.js';
import type { Database } from '../connection/database.js';
import * as schema from '../schema/index.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';

let home: TestDatabase;
let database: Database;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
});
afterAll(() => home.drop());

const column = async (text: string, name: string) => {
  const { rows } = await database.query<Record<string, unknown>>({ text });
  return rows.map((row) => row[name]);
};

describe('the validation queries of the deployment guide', () => {
  it('show tables', async () => {
    const found = await column(
      `SELECT schemaname, tablename FROM pg_tables
       WHERE schemaname = 'public' AND tablename LIKE 'conversational_%'`,
      'tablename',
    );
    expect(found).toEqual(
      expect.arrayContaining(['conversational_block_runs', 'conversational_workflow_sessions']),
    );
  });

  it('show indexes', async () => {
    const found = await column(
      `SELECT indexname, tablename FROM pg_indexes WHERE tablename LIKE 'conversational_%'`,
      'indexname',
    );
    expect(found).toContain('idx_cws_active_sessions');
  });

  it('show constraints of every kind', async () => {
    const kinds = await column(
      `SELECT conname, contype, conkey FROM pg_constraint WHERE conrelid IN (
         SELECT oid FROM pg_class WHERE relname LIKE 'conversational_%'
       )`,
      'contype',
    );
    expect(kinds).toEqual(expect.arrayContaining(['p', 'f', 'c']));
  });
});

describe('the indexes of the deployment guide', () => {
  it.each([
    ['idx_cws_active_sessions', '(user_id, execution_status) WHERE'],
    ['idx_ct_recent_conversations', '(session_id, created_at DESC)'],
    ['idx_wee_performance_monitoring', '(created_at DESC, event_type, duration_ms)'],
  ])('have %s', async (name, definition) => {
    const { rows } = await database.query<{ definition: string; valid: boolean }>({
      text: `SELECT pg_get_indexdef(indexrelid) AS definition, indisvalid AS valid
             FROM pg_index WHERE indexrelid = $1::regclass`,
      values: [name],
    });
    expect(rows[0]?.definition).toContain(definition);
    expect(rows[0]?.valid).toBe(true);
  });

  it('stand beside one for every foreign key, so that a cascade reads no whole table', async () => {
    const missing = await column(
      `SELECT k.conrelid::regclass || '.' || k.conname AS name FROM pg_constraint k
       WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND NOT EXISTS (
         SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
           AND i.indkey[0] = k.conkey[1]
       )`,
      'name',
    );
    expect(missing).toEqual([]);
  });
});

describe('schema.sql', () => {
  it('tells the schema that the migrations make', async () => {
    await expect(schemaCommand({ url: home.url }, { check: true })).resolves.toBeUndefined();
  });

  it('is written by the command and refused, with the line, where it differs', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sim-schema-'));
    const file = join(directory, 'schema.sql');
    try {
      const missing = schemaCommand({ url: home.url }, { check: true, file });
      await expect(missing).rejects.toThrow(SchemaDriftError);
      await schemaCommand({ url: home.url }, { check: false, file });
      await schemaCommand({ url: home.url }, { check: true, file });
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('CREATE TABLE api_keys', 'CREATE TABLE keys'));
      const changed = schemaCommand({ url: home.url }, { check: true, file });
      await expect(changed).rejects.toMatchObject({ line: 4 });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('the drizzle schema', () => {
  const exported: Record<string, unknown> = schema;
  const tables = Object.values(exported).filter((value) => is(value, PgTable));

  it.each(tables.map((table) => [getTableName(table), table] as const))(
    'names the columns of %s, and which may be null, as the database has them',
    async (name, table) => {
      const { rows } = await database.query<{ name: string; nullable: boolean; type: string }>({
        text: `SELECT column_name AS name, is_nullable = 'YES' AS nullable, data_type AS type
               FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`,
        values: [name],
      });
      const declared = Object.values(getTableColumns(table)).map((column) => ({
        name: column.name,
        nullable: !column.notNull,
        type: column.getSQLType(),
      }));
      const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
      expect(declared.sort(byName)).toEqual([...rows].sort(byName));
    },
  );

  it('leaves out no table', async () => {
    const names = await column(
      `SELECT tablename FROM pg_tables
       WHERE schemaname = 'public' AND tablename <> 'schema_migrations'`,
      'tablename',
    );
    expect(tables.map(getTableName).sort()).toEqual(names.sort());
  });
});
