import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrateUp } from '@sim/postgres';
import { runningPostgres, startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { lockDataDir } from '../start/data-dir-lock.js';
import { encryptionEnvironment } from '../start/environment.js';
import { secretsOf } from '../start/secrets.js';

/**
 * Runs a program with `DATABASE_URL` set to an embedded PostgreSQL:
 * `main.js kept|shared|temporary PROGRAM [ARGUMENTS]`. `kept` is the database of `npm start`, in DATA_DIR,
 * for this program alone; `shared` is the same also while `npm start` runs on it; `temporary` is a fresh
 * one with every migration applied.
 */
async function main([data, program = '', ...args]: readonly string[]): Promise<number> {
  if (data === 'temporary') {
    const dataDir = await mkdtemp(join(tmpdir(), 'sim-database-'));
    try {
      return await withDatabase(dataDir, program, args, { prepare: migrateTo });
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }
  const dataDir = resolve(process.env['DATA_DIR'] || '.data');
  const postgresDir = join(dataDir, 'postgres');
  const running = data === 'shared' ? await runningPostgres(postgresDir) : null;
  if (running !== null) return runProgram(running, program, args, dataDir);
  const lock = await lockDataDir(dataDir);
  try {
    return await withDatabase(postgresDir, program, args, { keysIn: dataDir });
  } finally {
    await lock.release();
  }
}

async function migrateTo(url: string): Promise<void> {
  await migrateUp({ url });
}

async function withDatabase(
  dataDir: string,
  program: string,
  args: readonly string[],
  { prepare, keysIn }: { prepare?: (url: string) => Promise<void>; keysIn?: string },
): Promise<number> {
  const database = await startEmbeddedPostgres({ dataDir });
  try {
    await prepare?.(database.url);
    return await runProgram(database.url, program, args, keysIn);
  } finally {
    await database.stop();
  }
}

/** @param keysIn the folder with the keys that the values in the database are encrypted with */
async function runProgram(
  url: string,
  program: string,
  args: readonly string[],
  keysIn?: string,
): Promise<number> {
  const keys =
    keysIn === undefined ? {} : encryptionEnvironment(process.env, await secretsOf(keysIn));
  const child = spawn(process.execPath, [program, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...keys, DATABASE_URL: url },
  });
  // We stay to stop the database after it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
}

/** What a program says in which 1 is an answer when it could not do its work. */
const NOT_DONE = process.argv[2] === 'shared' ? 2 : 1;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = NOT_DONE;
}
