import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serverUrl } from '../testing/server-url.js';
import {
  createTestDatabase,
  LeakedConnectionsError,
  type TestDatabase,
} from '../testing/test-database.js';
import { createDatabase } from './database.js';
import { DatabaseBusyError, DatabaseNotMigratedError, DatabaseUnavailableError } from './errors.js';

describe('a database', () => {
  let home: TestDatabase;
  beforeAll(async () => {
    home = await createTestDatabase(serverUrl());
  });
  afterAll(() => home.drop());

  it('answers, and counts its connections', async () => {
    const database = home.open({ pool: { max: 3 } });
    await database.ping();
    expect(database.metrics()).toEqual({ total: 1, idle: 1, waiting: 0, max: 3 });
  });

  it('tells the server which application it is', async () => {
    const database = home.open({ applicationName: 'sim-app' });
    const { rows } = await database.query<{ application_name: string }>({
      text: 'SHOW application_name',
    });
    expect(rows).toEqual([{ application_name: 'sim-app' }]);
  });

  it('tells listeners of every statement until they end', async () => {
    const database = home.open();
    const heard: string[] = [];
    const end = database.onQuery((text) => heard.push(text));
    await database.query({ text: 'SELECT 1' });
    await database.transaction((tx) => tx.execute(sql`SELECT 2`));
    end();
    await database.ping();
    expect(heard).toEqual(['SELECT 1', 'begin', 'SELECT 2', 'commit']);
  });

  it('answers "busy" where every connection stays in use', async () => {
    const database = home.open({ pool: { max: 1, acquireTimeoutMs: 50 } });
    const client = await database.pool.connect();
    try {
      const waiting = database.query({ text: 'SELECT 1' });
      await expect(waiting).rejects.toBeInstanceOf(DatabaseBusyError);
      await expect(waiting).rejects.toMatchObject({ reason: 'pool-exhausted' });
      await expect(database.run((db) => db.execute(sql`SELECT 1`))).rejects.toMatchObject({
        reason: 'pool-exhausted',
      });
    } finally {
      client.release();
    }
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('gives up on a statement that takes too long', async () => {
    const database = home.open({ statementTimeoutMs: 50 });
    const slow = database.query({ text: 'SELECT pg_sleep(20)' });
    await expect(slow).rejects.toMatchObject({ reason: 'statement-timeout' });
  });

  it('says that a migration is missing', async () => {
    const database = home.open();
    const failing = database.run((db) => db.execute(sql`SELECT * FROM not_there_yet`));
    await expect(failing).rejects.toBeInstanceOf(DatabaseNotMigratedError);
  });

  it('finds nothing by a text that no row can hold', async () => {
    const database = home.open();
    const { rowCount } = await database.query({
      text: 'SELECT FROM workflows WHERE id = $1',
      values: ['wf_\0'],
    });
    expect(rowCount).toBe(0);
  });

  it('prepares nothing behind a pooler', async () => {
    const database = home.open({ pooler: 'transaction', pool: { max: 1 } });
    await database.query({ name: 'one', text: 'SELECT 1' });
    const prepared = await database.query({ text: 'SELECT name FROM pg_prepared_statements' });
    expect(prepared.rows).toEqual([]);
    const direct = home.open({ pool: { max: 1 } });
    await direct.query({ name: 'one', text: 'SELECT 1' });
    const kept = await direct.query({ text: 'SELECT name FROM pg_prepared_statements' });
    expect(kept.rows).toEqual([{ name: 'one' }]);
  });

  it('outlives the loss of idle connections and of those in use', async () => {
    const lost: string[] = [];
    const victim = createDatabase(
      { url: home.url, applicationName: 'victim' },
      { warn: (_, message) => lost.push(message) },
    );
    const other = home.open();
    const kill = () =>
      other.query({
        text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'`,
      });
    try {
      await victim.ping();
      const removed = new Promise((resolve) => victim.pool.once('remove', resolve));
      await kill();
      await removed;
      expect(lost).toHaveLength(1);
      await victim.ping();

      const held = victim.transaction(async (tx) => {
        await kill();
        await tx.execute(sql`SELECT 1`);
      });
      await expect(held).rejects.toBeInstanceOf(DatabaseUnavailableError);
      await expect(victim.ping()).resolves.toBeUndefined();
    } finally {
      await victim.close();
    }
  });

  it('may be closed twice', async () => {
    const database = createDatabase({ url: home.url });
    await database.ping();
    await Promise.all([database.close(), database.close()]);
    expect(database.metrics().total).toBe(0);
  });
});

describe('a database that goes away', () => {
  let home: TestDatabase;
  let road: Road;
  beforeEach(async () => {
    home = await createTestDatabase(serverUrl());
    road = await buildRoad(new URL(home.url));
  });
  afterEach(async () => {
    await road.close();
    await home.drop();
  });

  it('fails with a typed error and is used again when it is back', async () => {
    const database = createDatabase({ url: road.url });
    try {
      await database.ping();
      const held = database.transaction(async (tx) => {
        await road.close();
        await tx.execute(sql`SELECT 1`);
      });
      await expect(held).rejects.toBeInstanceOf(DatabaseUnavailableError);
      await expect(database.ping()).rejects.toMatchObject({ code: 'database_unavailable' });
      await road.open();
      await expect(database.ping()).resolves.toBeUndefined();
    } finally {
      await database.close();
    }
  });
});

describe('a test database', () => {
  it('tells of a connection that was never given back', async () => {
    const home = await createTestDatabase(serverUrl());
    const client = await home.open().pool.connect();
    const ended = new Promise((resolve) => client.once('end', () => resolve(null)));
    await expect(home.drop()).rejects.toThrow(LeakedConnectionsError);
    await ended;
    client.release(true);
  });
});

interface Road {
  readonly url: string;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** A way to the database that can be cut. */
async function buildRoad(target: URL): Promise<Road> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;
  const open = async () => {
    server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const [from, to] of [[near, far] as const, [far, near] as const]) {
        sockets.add(from);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
        from.pipe(to);
      }
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  await open();
  const url = new URL(target.href);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    open,
    async close() {
      if (server === null) return;
      const closed = once(server, 'close');
      server.close();
      server = null;
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
