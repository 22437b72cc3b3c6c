import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MigrationFilesError } from './errors.js';

/** A pair of files, `<name>.up.sql` and `<name>.down.sql`. */
export interface Migration {
  readonly name: string;
  readonly up: MigrationScript;
  readonly down: MigrationScript;
  /** SHA-256 of the way up, hexadecimal, whatever the line ends. */
  readonly checksum: string;
  /** Marked `-- breaking`: releases that do not know it must not run on the database. */
  readonly breaking: boolean;
}

export interface MigrationScript {
  readonly sql: string;
  /** False where marked `-- no-transaction`: its statements then run one by one. */
  readonly transaction: boolean;
}

/** The repository's `migrations/`. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(
  new URL('../../../../migrations', import.meta.url),
);

const FILE_NAME = /^(\d{4}_[a-z0-9_]+)\.(up|down)\.sql$/;

/** All migrations of a folder, in their order. @throws MigrationFilesError */
export async function readMigrations(directory = MIGRATIONS_DIRECTORY): Promise<Migration[]> {
  const files = await readdir(directory).catch((cause: unknown) => {
    throw new MigrationFilesError(directory, 'the folder cannot be read.', { cause });
  });
  const names = files.flatMap((file) => {
    const [, name, direction] = FILE_NAME.exec(file) ?? [];
    return name !== undefined && direction === 'up' ? [name] : [];
  });
  for (const file of files) {
    const [, name, direction] = FILE_NAME.exec(file) ?? [];
    const stray = direction === 'down' && name !== undefined && !names.includes(name);
    if (stray) throw new MigrationFilesError(directory, `${file} has no way up beside it.`);
  }
  names.sort();
  const numbers = names.map((name) => name.slice(0, 4));
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  if (twice !== undefined) {
    throw new MigrationFilesError(directory, `two migrations have the number ${twice}.`);
  }
  return Promise.all(names.map((name) => readMigration(directory, name)));
}

async function readMigration(directory: string, name: string): Promise<Migration> {
  const [up, down] = await Promise.all([
    readSql(directory, `${name}.up.sql`),
    readSql(directory, `${name}.down.sql`),
  ]);
  return {
    name,
    up: scriptOf(up),
    down: scriptOf(down),
    checksum: createHash('sha256').update(up).digest('hex'),
    breaking: markers(up).includes('breaking'),
  };
}

async function readSql(directory: string, file: string): Promise<string> {
  try {
    // Git may have given the file the line ends of the machine.
    return (await readFile(join(directory, file), 'utf8')).replaceAll('\r\n', '\n');
  } catch (cause) {
    throw new MigrationFilesError(directory, `${file} is missing.`, { cause });
  }
}

function scriptOf(sql: string): MigrationScript {
  return { sql, transaction: !markers(sql).includes('no-transaction') };
}

/** The comment lines at the head of a file. */
function markers(sql: string): string[] {
  const lines = sql.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  return lines.slice(0, end === -1 ? lines.length : end).map((line) => line.slice(2).trim());
}

/**
 * The statements of a script that runs outside of a transaction. A statement ends with a semicolon at the
 * end of a line; bodies of functions have no place in such a script.
 */
export function statementsOf(sql: string): string[] {
  return sql
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
