import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { migrateUp } from '@sim/postgres';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { lockDataDir } from '../start/data-dir-lock.js';

/**
 * Runs a program with `DATABASE_URL` set to an embedded PostgreSQL:
 * `main.js kept|temporary PROGRAM [ARGUMENTS]`. `kept` is the database of `npm start`, in DATA_DIR;
 * `temporary` a fresh one with every migration applied.
 */
async function main([data, program = '', ...args]: readonly string[]): Promise<number> {
  if (data === 'temporary') {
    const dataDir = await mkdtemp(join(tmpdir(), 'sim-database-'));
    try {
      return await withDatabase(dataDir, program, args, migrateTo);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }
  const dataDir = resolve(process.env['DATA_DIR'] || '.data');
  const lock = await lockDataDir(dataDir);
  try {
    return await withDatabase(join(dataDir, 'postgres'), program, args);
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
  prepare: (url: string) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const database = await startEmbeddedPostgres({ dataDir });
  try {
    await prepare(database.url);
    const child = spawn(process.execPath, [program, ...args], {
      stdio: 'inherit',
      env: { ...process.env, DATABASE_URL: database.url },
    });
    // We stay to stop the database after it.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => child.kill(signal));
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
  } finally {
    await database.stop();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
