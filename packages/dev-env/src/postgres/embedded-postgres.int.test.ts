import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gone, isAlive } from '../os/processes.js';
import {
  runningPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from './embedded-postgres.js';
import { EmbeddedPostgresError } from './errors.js';
import { readPostmasterFile } from './postmaster-file.js';

const quick = { fsync: 'off', full_page_writes: 'off' };

describe('the embedded PostgreSQL', () => {
  let dataDir: string;
  let running: EmbeddedPostgres[];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sim-embedded-'));
    running = [];
  });
  afterEach(async () => {
    for (const server of running) await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ dataDir, settings: quick });
    running.push(server);
    return server;
  }

  it('keeps the data from one start to the next and leaves nothing running between', async () => {
    const first = await start();
    await query(first.url, `CREATE TABLE note (body text); INSERT INTO note VALUES ('kept')`);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    expect(await readPostmasterFile(join(dataDir, 'cluster'))).toBeNull();

    const second = await start();
    expect(await query(second.url, 'SELECT body FROM note')).toEqual([{ body: 'kept' }]);
  });

  it('is found by another process while it runs, and not when it has been killed', async () => {
    expect(await runningPostgres(dataDir)).toBeNull();
    const server = await start();
    expect(await runningPostgres(dataDir)).toBe(server.url);
    process.kill(server.pid, 'SIGKILL');
    await gone(server.pid, 10_000);
    expect(await runningPostgres(dataDir)).toBeNull();
  });

  it('may be stopped twice', async () => {
    const server = await start();
    await server.stop();
    await expect(server.stop()).resolves.toBeUndefined();
  });

  it('refuses connections without the password, which only the owner can read', async () => {
    const server = await start();
    const open = server.url.replace(/:[0-9a-f]+@/, ':wrong@');
    await expect(query(open, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(dataDir, 'password'))).mode & 0o077).toBe(0);
  });

  it('orders text the same on every machine', async () => {
    const server = await start();
    const rows = await query(
      server.url,
      `SELECT x FROM unnest(ARRAY['b','A','ä','a']) x ORDER BY x`,
    );
    expect(rows.map((row) => row['x'])).toEqual(['A', 'a', 'b', 'ä']);
  });

  it('recovers from a server that was killed outright', async () => {
    const first = await start();
    await query(first.url, `CREATE TABLE note (body text); INSERT INTO note VALUES ('kept')`);
    process.kill(first.pid, 'SIGKILL');
    await gone(first.pid, 10_000);
    expect(await readPostmasterFile(join(dataDir, 'cluster'))).not.toBeNull();

    const second = await start();
    expect(await query(second.url, 'SELECT body FROM note')).toEqual([{ body: 'kept' }]);
  });

  it('takes over from a server that is still running on the data', async () => {
    const orphan = await start();
    const next = await start();
    expect(isAlive(orphan.pid)).toBe(false);
    expect(await query(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('leaves another program alone that has got the number of a dead server', async () => {
    const first = await start();
    await first.stop();
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      await writeFile(
        join(dataDir, 'cluster', 'postmaster.pid'),
        `${bystander.pid ?? 0}\n${join(dataDir, 'cluster')}\n0\n5432\n\n127.0.0.1\n\nready\n`,
      );
      const second = await start();
      expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(bystander.exitCode).toBeNull();
    } finally {
      bystander.kill();
    }
  });

  it('makes a cluster anew whose making was interrupted', async () => {
    const first = await start();
    await first.stop();
    await rm(join(dataDir, 'password'));
    const second = await start();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('writes the log of the server into its folder', async () => {
    const server = await start();
    await expect(query(server.url, 'SELECT nonsense')).rejects.toThrow();
    expect(await readFile(server.logFile, 'utf8')).toContain('column "nonsense" does not exist');
  });

  it('says what to do with data of another version', async () => {
    const first = await start();
    await first.stop();
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '9\n');
    await expect(start()).rejects.toMatchObject({ problem: 'wrong-version' });
    await expect(start()).rejects.toThrow(/--reset/);
  });

  it('shows the end of the log where the server does not start', async () => {
    const failed = startEmbeddedPostgres({ dataDir, settings: { no_such_setting: 'on' } });
    await expect(failed).rejects.toBeInstanceOf(EmbeddedPostgresError);
    await expect(failed).rejects.toThrow(/no_such_setting/);
  });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result: pg.QueryResult<Record<string, unknown>> = await client.query(sql);
    return result.rows;
  } finally {
    await client.end();
  }
}
