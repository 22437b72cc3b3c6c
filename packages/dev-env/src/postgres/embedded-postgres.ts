import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../net/ports.js';
import { findBinaries, type PostgresBinaries } from './binaries.js';
import { EmbeddedPostgresError } from './errors.js';
import { endOrphan } from './orphan.js';
import { readPostmasterFile } from './postmaster-file.js';
import { serverUser, type ServerUser } from './os-user.js';
import { launchServer, type ServerProcess, type StopMode } from './server-process.js';

const run = promisify(execFile);
const SUPERUSER = 'sim';
const PORT_ATTEMPTS = 3;

export interface EmbeddedPostgresOptions {
  /** Everything lies below it: `cluster/`, `postgres.log`, `password`. Made where it is missing. */
  readonly dataDir: string;
  /** Of the loopback interface; a free one where left out. */
  readonly port?: number;
  /** Made where it is missing; `sim` where left out. */
  readonly database?: string;
  /** Settings of postgresql.conf, e.g. `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long the server may take to accept connections, in ms; recovery after a crash takes longest. */
  readonly startTimeoutMs?: number;
}

export interface EmbeddedPostgres {
  /** For `pg`, with the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly logFile: string;
  /** Leaves no process and no lock; the data stay. May be called twice. `immediate` is as a crash. */
  stop(how?: StopMode): Promise<void>;
}

/**
 * Opens, or first makes, a PostgreSQL of its own under a folder and starts it on the loopback interface.
 *
 * It stops when {@link EmbeddedPostgres.stop} is called or this process ends in whatever way. A server
 * or a lock that an earlier process left on the data is cleared first.
 *
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const dataDir = resolve(options.dataDir);
  const clusterDir = join(dataDir, 'cluster');
  const logFile = join(dataDir, 'postgres.log');
  await mkdir(dataDir, { recursive: true });
  const user = await serverUser(clusterDir, dataDir, binaries);
  const password = await openCluster(dataDir, clusterDir, binaries, user);
  await endOrphan(clusterDir);

  const { server, port } = await launchOnFreePort(options, { binaries, clusterDir, logFile, user });
  const database = options.database ?? 'sim';
  const address = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}`;
  try {
    await ensureDatabase(`${address}/postgres`, database);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    url: `${address}/${encodeURIComponent(database)}`,
    port,
    pid: server.pid,
    logFile,
    stop: (how) => server.stop(how),
  };
}

/** The URL of the database that another process keeps running under this folder; null where none does. */
export async function runningPostgres(dataDir: string): Promise<string | null> {
  const folder = resolve(dataDir);
  const server = await readPostmasterFile(join(folder, 'cluster'));
  const password = await readFile(join(folder, 'password'), 'utf8').catch(() => null);
  if (server?.status !== 'ready' || server.port === null || password === null) return null;
  const url = `postgres://${SUPERUSER}:${password.trim()}@127.0.0.1:${server.port}/sim`;
  // A killed server leaves its file behind.
  return (await answers(url)) ? url : null;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Ends a server that a killed process left under this folder; for removing the folder. */
export async function stopLeftoverPostgres(dataDir: string): Promise<void> {
  await endOrphan(join(resolve(dataDir), 'cluster'));
}

/** Resolves to the superuser's password. A cluster whose making was interrupted is made anew. */
async function openCluster(
  dataDir: string,
  clusterDir: string,
  binaries: PostgresBinaries,
  user: ServerUser,
): Promise<string> {
  const passwordFile = join(dataDir, 'password');
  const madeBefore = await readFile(passwordFile, 'utf8').catch(() => null);
  if (madeBefore !== null) {
    await checkVersion(clusterDir, binaries);
    return madeBefore.trim();
  }
  const password = randomBytes(24).toString('hex');
  await initCluster(clusterDir, password, binaries, user);
  // Written last: its presence says that the cluster is complete.
  await writeFile(passwordFile, password, { mode: 0o600 });
  return password;
}

async function initCluster(
  clusterDir: string,
  password: string,
  binaries: PostgresBinaries,
  user: ServerUser,
): Promise<void> {
  await rm(clusterDir, { recursive: true, force: true });
  await mkdir(clusterDir, { mode: 0o700 });
  const passwordFile = `${clusterDir}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user.ids !== null) {
    await chown(clusterDir, user.ids.uid, user.ids.gid);
    await chown(passwordFile, user.ids.uid, user.ids.gid);
  }
  // A collation that is part of PostgreSQL: the same order of texts on every machine.
  const { file, args, options } = user.command(binaries.initdb, [
    `--pgdata=${clusterDir}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-sync',
  ]);
  try {
    await run(file, args, { cwd: '/', ...options });
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'init-failed',
      `No database could be made in ${clusterDir}: ${detail(cause)}`,
      {
        cause,
      },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function checkVersion(clusterDir: string, binaries: PostgresBinaries): Promise<void> {
  const written = await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch(() => null);
  const { stdout } = await run(binaries.postgres, ['--version']);
  const major = /(\d+)/.exec(stdout)?.[1];
  if (written?.trim() !== major) {
    throw new EmbeddedPostgresError(
      'wrong-version',
      `The data in ${clusterDir} are of PostgreSQL ${written?.trim() ?? '(unknown)'}, the binaries of ${major ?? '(unknown)'}. ` +
        'Start afresh with: npm start -- --reset (this deletes the data).',
    );
  }
}

async function launchOnFreePort(
  options: EmbeddedPostgresOptions,
  place: {
    readonly binaries: PostgresBinaries;
    readonly clusterDir: string;
    readonly logFile: string;
    readonly user: ServerUser;
  },
): Promise<{ server: ServerProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      ...options.settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    try {
      const server = await launchServer({
        program: place.binaries.postgres,
        args: ['-D', place.clusterDir, '-p', String(port), ...flags],
        clusterDir: place.clusterDir,
        logFile: place.logFile,
        user: place.user,
        timeoutMs: options.startTimeoutMs ?? 60_000,
      });
      return { server, port };
    } catch (error) {
      // Another process may have taken the free port in between.
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (options.port !== undefined || !taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

function detail(error: unknown): string {
  if (error instanceof Error && 'stderr' in error && typeof error.stderr === 'string') {
    return error.stderr.trim() || error.message;
  }
  return String(error);
}
