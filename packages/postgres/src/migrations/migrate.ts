import { Logger as QueueLogger, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { MigrationError, Umzug } from 'umzug';
import { createPool } from '../connection/database.js';
import { toDatabaseError } from '../connection/failures.js';
import { clientConfig, type ConnectionOptions } from '../connection/options.js';
import { MigrationFailedError, UnknownMigrationError } from './errors.js';
import { readMigrations, type Migration } from './files.js';
import { createLedger, readLedger } from './ledger.js';
import { withMigrationLock } from './lock.js';
import { runScript } from './run-script.js';
import { compare, refuseChanged, refuseNewerBreakingIn, type MigrationStatus } from './status.js';

/** Which database is to be migrated, and by which files. */
export interface MigrationOptions extends ConnectionOptions {
  /** The repository's `migrations/` where left out. */
  readonly directory?: string;
  /** How long to wait for another process that is migrating; 10 minutes where left out. */
  readonly lockWaitMs?: number;
  /** Hears of each migration as it begins. */
  readonly onStep?: (name: string, direction: 'up' | 'down') => void;
}

const LOCK_WAIT_MS = 600_000;

/**
 * Applies every pending migration and brings the job queue's own schema up to date. Any number of
 * processes may call it at once: one does the work, the others wait and find it done.
 *
 * @returns the names applied by this call
 * @throws MigrationFailedError, MigrationChangedError, NewerBreakingSchemaError, MigrationLockError,
 *   MigrationFilesError, DatabaseUnavailableError
 */
export async function migrateUp(options: MigrationOptions): Promise<string[]> {
  const files = await readMigrations(options.directory);
  return locked(options, async (client) => {
    await createLedger(client);
    const statuses = compare(files, await readLedger(client));
    refuseNewerBreakingIn(statuses);
    refuseChanged(statuses);
    const done = await withoutWrapping(umzugFor(client, files, options).up());
    await migrateQueue(options);
    return done.map(({ name }) => name);
  });
}

/**
 * Reverts the latest migration. The job queue's schema stays.
 *
 * @returns its name; null where none is applied
 * @throws UnknownMigrationError where it is of another release; the others of {@link migrateUp}
 */
export async function migrateDown(options: MigrationOptions): Promise<string | null> {
  const files = await readMigrations(options.directory);
  return locked(options, async (client) => {
    const latest = (await readLedger(client)).at(-1);
    if (latest === undefined) return null;
    if (!files.some(({ name }) => name === latest.name)) throw new UnknownMigrationError(latest.name);
    await withoutWrapping(umzugFor(client, files, options).down());
    return latest.name;
  });
}

/** Every migration that the files or the database have, by name. */
export async function migrationStatus(options: MigrationOptions): Promise<MigrationStatus[]> {
  const files = await readMigrations(options.directory);
  return connected(options, async (client) => compare(files, await readLedger(client)));
}

function umzugFor(client: pg.Client, files: readonly Migration[], options: MigrationOptions) {
  const step = (migration: Migration, direction: 'up' | 'down') => async () => {
    options.onStep?.(migration.name, direction);
    await runScript(client, migration, direction);
  };
  return new Umzug({
    migrations: files.map((migration) => ({
      name: migration.name,
      up: step(migration, 'up'),
      down: step(migration, 'down'),
    })),
    storage: {
      // A script notes itself in its own transaction, so that the two cannot come apart.
      logMigration: () => Promise.resolve(),
      unlogMigration: () => Promise.resolve(),
      executed: async () => (await readLedger(client)).map(({ name }) => name),
    },
    logger: undefined,
  });
}

/** Our own errors say more than the wrapping. */
async function withoutWrapping<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof MigrationError ? error.cause : error;
  }
}

async function migrateQueue(options: MigrationOptions): Promise<void> {
  const pgPool = createPool({ ...options, pool: { max: 1 }, statementTimeoutMs: 0 });
  try {
    await runMigrations({ pgPool, logger: new QueueLogger(() => () => undefined) });
  } finally {
    await pgPool.end();
  }
}

async function locked<T>(
  options: MigrationOptions,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return connected(options, (client) =>
    withMigrationLock(client, options.lockWaitMs ?? LOCK_WAIT_MS, () => work(client)),
  );
}

async function connected<T>(
  options: ConnectionOptions,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(clientConfig(options));
  // The statement under way fails too; without a listener the process would end.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    // The cause of a script's failure, such as a missing table, is the script's own affair.
    throw error instanceof MigrationFailedError ? error : toDatabaseError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
