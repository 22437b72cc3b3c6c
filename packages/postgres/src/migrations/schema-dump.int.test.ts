import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverUrl } from '../testing/server-url.js';
import { createEmptyDatabase } from '../testing/test-database.js';
import { dumpSchema } from './schema-dump.js';

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

const SCHEMA = `
CREATE TABLE parent (id text PRIMARY KEY, n int DEFAULT 1 NOT NULL) WITH (fillfactor = 80);
CREATE TABLE child (
  id bigint GENERATED ALWAYS AS IDENTITY,
  parent_id text REFERENCES parent ON DELETE CASCADE,
  CONSTRAINT child_id_check CHECK (id > 0)
);
CREATE INDEX idx_child ON child (parent_id) WHERE id > 5;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END; $$;
CREATE TRIGGER touch BEFORE UPDATE ON child FOR EACH ROW EXECUTE FUNCTION touch();`;

describe('the dump of a schema', () => {
  it('tells tables, constraints, indexes, functions and triggers', async () => {
    await client.query(SCHEMA);
    const dump = await dumpSchema(client);
    expect(dump).toContain(`CREATE TABLE child (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  parent_id text
);`);
    expect(dump).toContain(`CREATE TABLE parent (
  id text NOT NULL,
  n integer DEFAULT 1 NOT NULL
) WITH (fillfactor=80);`);
    expect(dump).toContain('ALTER TABLE parent ADD CONSTRAINT parent_pkey PRIMARY KEY (id);');
    expect(dump).toMatch(/child_parent_id_fkey FOREIGN KEY .* ON DELETE CASCADE;/);
    expect(dump).toContain('CREATE INDEX idx_child ON public.child USING btree (parent_id) WHERE (id > 5);');
    expect(dump).toContain('CREATE OR REPLACE FUNCTION public.touch()');
    expect(dump).toContain('CREATE TRIGGER touch BEFORE UPDATE ON public.child');
  });

  it('lists NOT NULL with the columns alone, as versions before 18 do', async () => {
    await client.query(SCHEMA);
    const constraints = (await dumpSchema(client)).split('\n').filter((l) => l.startsWith('ALTER'));
    expect(constraints).toHaveLength(3);
    expect(constraints.join()).not.toContain('not_null');
  });

  it('makes the same schema when it is run', async () => {
    await client.query(SCHEMA);
    const dump = await dumpSchema(client);
    await client.query('DROP TABLE child, parent; DROP FUNCTION touch()');
    await client.query(dump);
    expect(await dumpSchema(client)).toBe(dump);
  });

  it('does not depend on the order in which things were made', async () => {
    await client.query('CREATE TABLE b (x int); CREATE TABLE a (x int);');
    const dump = await dumpSchema(client);
    await client.query('DROP TABLE a, b; CREATE TABLE a (x int); CREATE TABLE b (x int);');
    expect(await dumpSchema(client)).toBe(dump);
  });

  it('marks an index whose concurrent build was broken off', async () => {
    await client.query('CREATE TABLE t (x int); INSERT INTO t VALUES (1), (1);');
    const building = client.query('CREATE UNIQUE INDEX CONCURRENTLY i ON t (x)');
    await expect(building).rejects.toThrow(/could not create unique index/);
    expect(await dumpSchema(client)).toContain('; -- INVALID');
  });

  it('leaves the job queue’s schema to its library', async () => {
    await client.query('CREATE SCHEMA other; CREATE TABLE other.t (x int);');
    expect(await dumpSchema(client)).not.toContain('CREATE TABLE');
  });
});
