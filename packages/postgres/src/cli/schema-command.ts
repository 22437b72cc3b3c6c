import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { clientConfig, type ConnectionOptions } from '../connection/options.js';
import { MIGRATIONS_DIRECTORY } from '../migrations/files.js';
import { dumpSchema } from '../migrations/schema-dump.js';

/** Where the dump lies in the repository. */
export const SCHEMA_FILE = join(MIGRATIONS_DIRECTORY, 'schema.sql');

/** The file does not tell the schema that the database has. */
export class SchemaDriftError extends Error {
  readonly file: string;
  /** The first line, from 1, at which they part. */
  readonly line: number;

  constructor(file: string, line: number, expected: string, found: string) {
    super(
      `${file} differs from the database at line ${line}:\n  file:     ${found}\n  database: ${expected}\n` +
        'Run `npm run db:schema` on a migrated database and commit the file.',
    );
    this.name = 'SchemaDriftError';
    this.file = file;
    this.line = line;
  }
}

/**
 * Writes the schema of a migrated database to a file or, to check, compares the two.
 * @throws SchemaDriftError
 */
export async function schemaCommand(
  connection: ConnectionOptions,
  options: { readonly check: boolean; readonly file?: string },
): Promise<void> {
  const file = options.file ?? SCHEMA_FILE;
  const schema = await readSchema(connection);
  if (!options.check) {
    await writeFile(file, schema);
    return;
  }
  const stored = (await readFile(file, 'utf8').catch(() => '')).replaceAll('\r\n', '\n');
  if (stored !== schema) throw drift(file, stored.split('\n'), schema.split('\n'));
}

function drift(file: string, stored: readonly string[], schema: readonly string[]) {
  const longer = Math.max(stored.length, schema.length);
  const index = Array.from({ length: longer }).findIndex((_, i) => stored[i] !== schema[i]);
  return new SchemaDriftError(file, index + 1, schema[index] ?? '(end)', stored[index] ?? '(end)');
}

async function readSchema(connection: ConnectionOptions): Promise<string> {
  const client = new pg.Client(clientConfig(connection));
  await client.connect();
  try {
    return await dumpSchema(client);
  } finally {
    await client.end();
  }
}
