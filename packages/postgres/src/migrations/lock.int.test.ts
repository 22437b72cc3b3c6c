import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverUrl } from '../testing/server-url.js';
import { createEmptyDatabase } from '../testing/test-database.js';
import { MigrationLockError } from './errors.js';
import { withMigrationLock } from './lock.js';

let home: Awaited<ReturnType<typeof createEmptyDatabase>>;
let clients: pg.Client[];
beforeEach(async () => {
  home = await createEmptyDatabase(serverUrl());
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await home.drop();
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: home.url });
  client.on('error', () => undefined);
  clients.push(client);
  await client.connect();
  return client;
}

describe('the migration lock', () => {
  it('is held by one at a time, and each gets it in the end', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await (await connect()).query('SELECT 1');
      inside -= 1;
    };
    const runs = Array.from({ length: 5 }, async () =>
      withMigrationLock(await connect(), 30_000, work),
    );
    await Promise.all(runs);
    expect(most).toBe(1);
  });

  it('lets its holder build an index concurrently while others wait for it', async () => {
    const holder = await connect();
    await holder.query('CREATE TABLE t (x int)');
    let waiting: Promise<string> | null = null;
    await withMigrationLock(holder, 1_000, async () => {
      const other = await connect();
      waiting = withMigrationLock(other, 30_000, () => Promise.resolve('mine'));
      await holder.query('CREATE INDEX CONCURRENTLY i ON t (x)');
    });
    await expect(waiting).resolves.toBe('mine');
  });

  it('is given back where the work fails', async () => {
    const client = await connect();
    const failing = withMigrationLock(client, 1_000, () => Promise.reject(new RangeError('no')));
    await expect(failing).rejects.toThrow(RangeError);
    const other = await connect();
    await expect(withMigrationLock(other, 0, () => Promise.resolve(1))).resolves.toBe(1);
  });

  it('goes with the connection of a holder that dies', async () => {
    const holder = await connect();
    const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const other = await connect();
    const held = withMigrationLock(holder, 0, async () => {
      await other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await holder.query('SELECT 1');
    });
    await expect(held).rejects.toThrow();
    await expect(withMigrationLock(other, 5_000, () => Promise.resolve(1))).resolves.toBe(1);
  });

  it('is waited for no longer than is said', async () => {
    await withMigrationLock(await connect(), 0, async () => {
      const waiting = withMigrationLock(await connect(), 0, () => Promise.resolve(1));
      await expect(waiting).rejects.toThrow(MigrationLockError);
      await expect(waiting).rejects.toThrow(/Another process/);
    });
  });
});
