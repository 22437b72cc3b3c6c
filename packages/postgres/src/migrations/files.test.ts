import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MigrationFilesError } from './errors.js';
import { readMigrations, statementsOf } from './files.js';

describe('the migrations of a folder', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sim-migrations-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = (name: string, sql = 'SELECT 1;') => writeFile(join(directory, name), sql);

  it('come in the order of their numbers, other files left aside', async () => {
    for (const name of ['0002_b', '0001_a']) {
      await write(`${name}.up.sql`);
      await write(`${name}.down.sql`);
    }
    await write('schema.sql');
    const names = (await readMigrations(directory)).map(({ name }) => name);
    expect(names).toEqual(['0001_a', '0002_b']);
  });

  it('are marked by the comments at their head alone', async () => {
    await write('0001_a.up.sql', '-- no-transaction\n-- breaking\nSELECT 1;');
    await write('0001_a.down.sql', 'SELECT 1;\n-- no-transaction\n');
    const [migration] = await readMigrations(directory);
    expect(migration).toMatchObject({
      breaking: true,
      up: { transaction: false },
      down: { transaction: true },
    });
  });

  it('have the same checksum whatever the line ends', async () => {
    await write('0001_a.down.sql');
    await write('0001_a.up.sql', 'SELECT 1;\nSELECT 2;\n');
    const [unix] = await readMigrations(directory);
    await write('0001_a.up.sql', 'SELECT 1;\r\nSELECT 2;\r\n');
    const [windows] = await readMigrations(directory);
    expect(windows?.checksum).toBe(unix?.checksum);
    await write('0001_a.up.sql', 'SELECT 3;\n');
    const [changed] = await readMigrations(directory);
    expect(changed?.checksum).not.toBe(unix?.checksum);
  });

  it.each([
    ['a way down is missing', ['0001_a.up.sql'], /0001_a\.down\.sql is missing/],
    ['a way up is missing', ['0001_a.down.sql'], /0001_a\.down\.sql has no way up/],
    [
      'a number is taken twice',
      ['0001_a.up.sql', '0001_a.down.sql', '0001_b.up.sql', '0001_b.down.sql'],
      /two migrations have the number 0001/,
    ],
  ])('are refused where %s', async (_, files, message) => {
    for (const file of files) await write(file);
    await expect(readMigrations(directory)).rejects.toThrow(message);
    await expect(readMigrations(directory)).rejects.toThrow(MigrationFilesError);
  });

  it('are refused where the folder is not there', async () => {
    const missing = join(directory, 'missing');
    await expect(readMigrations(missing)).rejects.toThrow(/cannot be read/);
  });
});

describe('the statements of a script without a transaction', () => {
  it('end at the end of a line and lose their comments', () => {
    const sql = `-- no-transaction
DROP INDEX a;
CREATE INDEX a
  -- with; a semicolon;
  ON t (x);   \n\nSELECT 'a;b'`;
    expect(statementsOf(sql)).toEqual(['DROP INDEX a', 'CREATE INDEX a\n  ON t (x)', "SELECT 'a;b'"]);
  });

  it('are none in an empty script', () => {
    expect(statementsOf('-- no-transaction\n\n')).toEqual([]);
  });
});
