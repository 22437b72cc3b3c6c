import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { redisKeys, type RedisKeys } from './keys.js';

/** Where Redis is and what signs in to it. */
export interface RedisConfig {
  /** One node, or several of a cluster. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly cluster: boolean;
  readonly tls: boolean;
  /** The database's number; a cluster has 0 alone. */
  readonly database: number;
  readonly keyPrefix: string;
  readonly username?: string;
  readonly password?: string;
}

/** The part of a logger that is used here; pino's fits. */
export interface RedisLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** ioredis, for one node or a cluster. */
export type RedisClient = Redis | Cluster;

/** `down` covers connecting and reconnecting; `closed` is final. */
export type RedisStatus = 'ready' | 'down' | 'closed';

/** A connection that comes back by itself. */
export interface RedisConnection {
  readonly status: RedisStatus;
  /** For commands. Fails at once while Redis is down, and after a second without an answer. */
  readonly client: RedisClient;
  readonly keys: RedisKeys;
  readonly logger: RedisLogger;
  /** A client of its own for subscriptions, which waits for Redis and subscribes anew by itself. */
  subscriber(): RedisClient;
  /** Asks every node; resolves with the milliseconds it took, rejects where one is down. */
  ping(): Promise<number>;
  /** The memory that Redis uses, in bytes, over all primaries. */
  usedMemoryBytes(): Promise<number>;
  /** Closes this connection and its subscribers. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5000;
/** A cache that takes longer than this is no help. */
const COMMAND_TIMEOUT_MS = 1000;
const LONGEST_RETRY_MS = 3000;

/** 100 ms, 200 ms, … up to 3 s, with a quarter of chance so that replicas do not come all at once. */
const retryDelayMs = (attempt: number): number =>
  Math.min(50 * 2 ** Math.min(attempt, 10), LONGEST_RETRY_MS) * (0.75 + Math.random() / 4);

/**
 * Connects to Redis, in the background: it may be down at the start and later, and comes back by
 * itself. Never throws for an unreachable server.
 */
export function createRedis(config: RedisConfig, logger: RedisLogger): RedisConnection {
  const client = connect(config, false);
  logChanges(client, logger);
  const subscribers: RedisClient[] = [];
  let closed = false;
  return {
    get status() {
      if (closed) return 'closed';
      return client.status === 'ready' ? 'ready' : 'down';
    },
    client,
    keys: redisKeys(config.keyPrefix),
    logger,
    subscriber: () => {
      const subscriber = connect(config, true);
      // Its errors are those of the first client, which logs them.
      subscriber.on('error', () => undefined);
      subscribers.push(subscriber);
      return subscriber;
    },
    ping: async () => {
      const startedAt = performance.now();
      await Promise.all(primaries(client).map((node) => node.ping()));
      return Math.round(performance.now() - startedAt);
    },
    usedMemoryBytes: async () => {
      const infos = await Promise.all(primaries(client).map((node) => node.info('memory')));
      return infos.reduce((sum, info) => sum + usedMemory(info), 0);
    },
    close: async () => {
      closed = true;
      await Promise.all([client, ...subscribers].map(end));
    },
  };
}

/** Redis is not connected. */
export class RedisDownError extends Error {
  constructor() {
    super('Redis is not connected.');
    this.name = 'RedisDownError';
  }
}

function connect(config: RedisConfig, waits: boolean): RedisClient {
  const shared = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    connectionName: 'sim',
    ...(config.tls && { tls: {} }),
    ...(config.username !== undefined && { username: config.username }),
    ...(config.password !== undefined && { password: config.password }),
    ...(!waits && { commandTimeout: COMMAND_TIMEOUT_MS }),
    maxRetriesPerRequest: waits ? null : 0,
  } satisfies RedisOptions;
  if (config.cluster) {
    return new Cluster([...config.nodes], {
      enableOfflineQueue: waits,
      clusterRetryStrategy: retryDelayMs,
      // Sharded channels belong to slots: their subscriptions go to the nodes that have them.
      shardedSubscribers: waits,
      redisOptions: shared,
    });
  }
  return new Redis({
    ...shared,
    ...config.nodes[0],
    db: config.database,
    enableOfflineQueue: waits,
    retryStrategy: retryDelayMs,
    // After a fail-over the old primary takes no writes: the name leads to the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
}

function logChanges(client: RedisClient, logger: RedisLogger): void {
  let told: 'nothing' | 'up' | 'down' = 'nothing';
  client.on('ready', () => {
    told = 'up';
    logger.info({}, 'redis is connected');
  });
  const down = (err?: Error): void => {
    if (told === 'down') return;
    told = 'down';
    logger.warn({ ...(err !== undefined && { err }) }, 'redis is down; trying to reconnect');
  };
  client.on('error', down);
  client.on('close', () => {
    if (told === 'up') down();
  });
  client.on('end', () => (told = 'down'));
}

function primaries(client: RedisClient): readonly Redis[] {
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  if (nodes.length === 0) throw new RedisDownError();
  return nodes;
}

const usedMemory = (info: string): number => Number(/^used_memory:(\d+)/m.exec(info)?.[1] ?? 0);

/** Says goodbye where Redis listens; else there is nobody to say it to. */
async function end(client: RedisClient): Promise<void> {
  if (client.status === 'ready') await client.quit().catch(() => undefined);
  client.disconnect();
}
