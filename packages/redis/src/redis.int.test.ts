import { cacheContract, eventBusContract } from '@sim/memory/contracts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRedis, type RedisConfig, type RedisConnection } from './connection.js';
import { rateLimitStore } from './rate-limit-store.js';
import { RedisBus } from './redis-bus.js';
import { RedisCache } from './redis-cache.js';
import { recordingLogger } from './testing/recording-logger.js';
import {
  hasRedisServer,
  redisCluster,
  redisProcess,
  type RedisProcess,
} from './testing/redis-process.js';

const configOf = (ports: readonly number[], more: Partial<RedisConfig> = {}): RedisConfig => ({
  nodes: ports.map((port) => ({ host: '127.0.0.1', port })),
  cluster: ports.length > 1,
  tls: false,
  database: 0,
  keyPrefix: 'test:',
  ...more,
});

const ready = (connection: RedisConnection): Promise<void> =>
  vi.waitFor(() => expect(connection.status).toBe('ready'), { timeout: 10_000 });

/** What express-rate-limit hands a store; only the window matters here. */
const windowOf = (windowMs: number) =>
  ({ windowMs }) as Parameters<ReturnType<typeof rateLimitStore>['init']>[0];

describe.skipIf(!hasRedisServer)('with one Redis (needs redis-server)', () => {
  let server: RedisProcess;
  let connection: RedisConnection;
  let bus: RedisBus;

  beforeAll(async () => {
    server = await redisProcess({ password: 'a password' });
    await server.start();
    connection = createRedis(
      configOf([server.port], { password: 'a password' }),
      recordingLogger(),
    );
    bus = new RedisBus(connection);
    await ready(connection);
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  eventBusContract(() => bus);
  cacheContract(() => new RedisCache(connection, { name: 'nlp' }));

  it('passes messages between processes', async () => {
    const other = createRedis(
      configOf([server.port], { password: 'a password' }),
      recordingLogger(),
    );
    await ready(other);
    const received: string[] = [];
    await bus.subscribe('shared', (message) => received.push(message));
    await new RedisBus(other).publish('shared', 'from elsewhere');
    await vi.waitFor(() => expect(received).toEqual(['from elsewhere']));
    await other.close();
  });

  it('begins the time of a sliding cache anew with each read', async () => {
    const cache = new RedisCache(connection, { name: 'session', slidingTtlSeconds: 1000 });
    await cache.set('ses_slide', 'value', 10);
    await cache.get('ses_slide');
    const left = await connection.client.ttl(connection.keys.cache('session', 'ses_slide'));
    expect(left).toBeGreaterThan(10);
  });

  it('keeps caches apart', async () => {
    await new RedisCache(connection, { name: 'nlp' }).set('same', 'of nlp', 60);
    expect(await new RedisCache(connection, { name: 'journey' }).get('same')).toBeNull();
  });

  it('counts for a limiter, over stores, and gives each key its window', async () => {
    const [first, second] = [rateLimitStore(connection, 'api'), rateLimitStore(connection, 'api')];
    await first.init(windowOf(60_000));
    await second.init(windowOf(60_000));
    await first.increment('1.2.3.4');
    const { totalHits, resetTime } = await second.increment('1.2.3.4');
    expect(totalHits).toBe(2);
    expect(resetTime?.getTime()).toBeGreaterThan(Date.now());
    expect((await first.increment('5.6.7.8')).totalHits).toBe(1);
    await first.resetKey('1.2.3.4');
    expect((await second.increment('1.2.3.4')).totalHits).toBe(1);
  });

  it('counts on when the server has forgotten its scripts', async () => {
    const store = rateLimitStore(connection, 'flushed');
    await store.init(windowOf(60_000));
    await store.increment('key');
    await connection.client.script('FLUSH');
    expect((await store.increment('key')).totalHits).toBe(2);
  });

  it('tells how long an answer takes and what memory is used', async () => {
    expect(await connection.ping()).toBeGreaterThanOrEqual(0);
    expect(await connection.usedMemoryBytes()).toBeGreaterThan(100_000);
  });

  it('stays down, and says why once, where the password is wrong', async () => {
    const logger = recordingLogger();
    const stranger = createRedis(configOf([server.port], { password: 'wrong' }), logger);
    await vi.waitFor(() =>
      expect(logger.lines).toContain('warn: redis is down; trying to reconnect'),
    );
    expect(await new RedisCache(stranger, { name: 'nlp' }).get('key')).toBeNull();
    await stranger.close();
  });
});

describe.skipIf(!hasRedisServer)('with a Redis that comes and goes (needs redis-server)', () => {
  it('starts without it, works when it comes, goes on without it and recovers', async () => {
    const server = await redisProcess();
    const logger = recordingLogger();
    const connection = createRedis(configOf([server.port]), logger);
    onTestFinished(async () => {
      await connection.close();
      await server.stop();
    });
    const bus = new RedisBus(connection);
    const cache = new RedisCache(connection, { name: 'journey' });
    const store = rateLimitStore(connection, 'api');
    await store.init(windowOf(60_000));
    const received: string[] = [];

    await bus.subscribe('events', (message) => received.push(message));
    await bus.publish('events', 'before');
    await cache.set('key', 'lost', 60);
    expect(connection.status).toBe('down');
    expect(received).toEqual(['before']);
    expect(await cache.get('key')).toBeNull();
    await expect(store.increment('key')).rejects.toThrow();
    await expect(connection.ping()).rejects.toThrow();

    await server.start();
    await ready(connection);
    await cache.set('key', 'kept', 60);
    expect(await cache.get('key')).toBe('kept');
    expect((await store.increment('key')).totalHits).toBe(1);
    await heardFromElsewhere(server, received, 'while up');
    await bus.publish('events', 'to all');
    await vi.waitFor(() => expect(received).toContain('to all'));

    await server.stop();
    await vi.waitFor(() => expect(connection.status).toBe('down'));
    await bus.publish('events', 'alone');
    expect(received.at(-1)).toBe('alone');
    expect(await cache.get('key')).toBeNull();

    await server.start();
    await ready(connection);
    await heardFromElsewhere(server, received, 'after the restart');
    expect(logger.lines.filter((line) => line.includes('redis is'))).toEqual([
      'warn: redis is down; trying to reconnect',
      'warn: messages stay in this process: redis is down',
      'info: redis is connected',
      'warn: redis is down; trying to reconnect',
      'warn: messages stay in this process: redis is down',
      'info: redis is connected',
    ]);
    await connection.close();
    expect(connection.status).toBe('closed');
  });
});

/** Publishes by a connection of its own until it is heard: the subscription comes back in a moment. */
async function heardFromElsewhere(
  server: RedisProcess,
  received: readonly string[],
  message: string,
): Promise<void> {
  const other = createRedis(configOf([server.port]), recordingLogger());
  await ready(other);
  await vi.waitFor(
    async () => {
      await other.client.publish(other.keys.channel('events'), message);
      expect(received).toContain(message);
    },
    { timeout: 10_000 },
  );
  await other.close();
}

describe.skipIf(!hasRedisServer)('with a cluster of three (needs redis-server)', () => {
  let cluster: Awaited<ReturnType<typeof redisCluster>>;
  let connection: RedisConnection;

  beforeAll(async () => {
    cluster = await redisCluster();
    connection = createRedis(configOf(cluster.ports), recordingLogger());
    await ready(connection);
  });
  afterAll(async () => {
    await connection.close();
    await cluster.stop();
  });

  it('keeps values on every node', async () => {
    const cache = new RedisCache(connection, { name: 'session', slidingTtlSeconds: 60 });
    const ids = Array.from({ length: 30 }, (_, index) => `ses_${index}`);
    await Promise.all(ids.map((id) => cache.set(id, `state of ${id}`, 60)));
    expect(await Promise.all(ids.map((id) => cache.get(id)))).toEqual(
      ids.map((id) => `state of ${id}`),
    );
  });

  it('counts for limiters on every node, whichever loaded the scripts', async () => {
    const store = rateLimitStore(connection, 'conversation');
    await store.init(windowOf(60_000));
    const keys = Array.from({ length: 30 }, (_, index) => `user ${index}`);
    await Promise.all(keys.map((key) => store.increment(key)));
    const counts = await Promise.all(keys.map((key) => store.increment(key)));
    expect(new Set(counts.map(({ totalHits }) => totalHits))).toEqual(new Set([2]));
  });

  it('passes messages over nodes', async () => {
    const other = createRedis(configOf([...cluster.ports].reverse()), recordingLogger());
    await ready(other);
    const received: string[] = [];
    await new RedisBus(connection).subscribe('events', (message) => received.push(message));
    await new RedisBus(other).publish('events', 'over nodes');
    await vi.waitFor(() => expect(received).toEqual(['over nodes']));
    await other.close();
  });

  it('asks every node for an answer and its memory', async () => {
    expect(await connection.ping()).toBeGreaterThanOrEqual(0);
    expect(await connection.usedMemoryBytes()).toBeGreaterThan(300_000);
  });
});
