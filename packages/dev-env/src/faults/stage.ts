import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, createWorkspaceStore, migrateUp, type Database } from '@sim/postgres';
import { newId, signAccessToken } from '@sim/service-kit';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../postgres/embedded-postgres.js';
import { startRedisServer, type RedisServer } from '../redis/redis-server.js';

/** A server that can be taken away and brought back at the same place. */
export interface Restartable {
  stop(hard: boolean): Promise<void>;
  start(): Promise<void>;
}

/** What the replicas of a run stand on. */
export interface Stage {
  /** Logs and data are below it. */
  readonly folder: string;
  readonly database: Database;
  readonly postgres: Restartable;
  /** Null where the machine has no `redis-server`. */
  readonly redis: Restartable | null;
  /** Whom the sessions belong to. */
  readonly person: { readonly userId: string; readonly workspaceId: string };
  readonly token: string;
  /** Variables of a replica, but its port. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the servers; removes the folder unless it is to be kept. */
  close(keep: boolean): Promise<void>;
}

const TOKEN_SECONDS = 86_400;
/**
 * A server that is killed loses nothing that it has handed to the system: only a power cut would, and that
 * is not tried here. With fsync a start after a crash would first flush every file, for seconds.
 */
const SETTINGS = { fsync: 'off' };

/** Starts a PostgreSQL of its own, a Redis where there is one, and a person with a workspace. */
export async function setStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'sim-faults-'));
  const dataDir = join(folder, 'postgres');
  await mkdir(dataDir);
  const options = { dataDir, settings: SETTINGS };
  let server = await startEmbeddedPostgres(options);
  let redis = await startRedisServer();
  const { url } = server;
  await migrateUp({ url });
  const database = createDatabase({ url, pool: { max: 4 }, applicationName: 'faults' });
  const person = await addPerson(database);
  const secret = randomBytes(32).toString('hex');
  return {
    folder,
    database,
    postgres: restartablePostgres(options, server, (next) => (server = next)),
    redis: redis && restartableRedis(redis, (next) => (redis = next)),
    person,
    token: await signAccessToken(
      { ...person, role: 'owner' },
      { secret, expiresInSeconds: TOKEN_SECONDS, now: new Date() },
    ),
    env: environment(url, secret, redis?.url),
    async close(keep) {
      await database.close();
      await Promise.all([server.stop(), redis?.stop()]);
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As in production, but for limits that many people would share and one does not. */
function environment(
  databaseUrl: string,
  secret: string,
  redisUrl: string | undefined,
): Record<string, string> {
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    METRICS_ENABLED: 'false',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MIN: '0',
    DATABASE_POOL_MAX: '15',
    ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
    JWT_SECRET: secret,
    ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    API_RATE_LIMIT_MAX: '1000000000',
    CONVERSATION_RATE_LIMIT_MAX: '1000000000',
    MAX_CONCURRENT_SESSIONS: '1000000',
    MAX_SESSIONS_PER_USER: '1000000',
    API_BLOCK_ALLOWED_HOSTS: '127.0.0.1',
  };
}

function restartablePostgres(
  options: EmbeddedPostgresOptions,
  first: EmbeddedPostgres,
  changed: (server: EmbeddedPostgres) => void,
): Restartable {
  let server = first;
  return {
    stop: (hard) => server.stop(hard ? 'immediate' : 'fast'),
    async start() {
      server = await startEmbeddedPostgres({ ...options, port: first.port });
      changed(server);
    },
  };
}

function restartableRedis(first: RedisServer, changed: (server: RedisServer) => void): Restartable {
  let server = first;
  return {
    stop: (hard) => server.stop(hard ? 'SIGKILL' : 'SIGTERM'),
    async start() {
      server = (await startRedisServer(first.port)) ?? server;
      changed(server);
    },
  };
}

async function addPerson(database: Database): Promise<Stage['person']> {
  const person = { userId: newId('usr'), workspaceId: newId('ws') };
  const { userId, workspaceId } = person;
  await database.query({
    text: 'INSERT INTO auth_users (id, name, email) VALUES ($1, $2, $3)',
    values: [userId, 'Faults', `${userId}@example.com`],
  });
  await createWorkspaceStore(database).create({
    ...{ id: workspaceId, name: 'Faults', slug: workspaceId, ownerId: userId },
    ...{ memberId: newId('mem'), now: new Date() },
  });
  return person;
}
