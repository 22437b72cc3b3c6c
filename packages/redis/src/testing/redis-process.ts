import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Whether this machine has a `redis-server`; tests that need one are skipped where it has not. */
export const hasRedisServer =
  spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

/** A `redis-server` of its own for a test file, so that it can be stopped and started. */
export interface RedisProcess {
  readonly port: number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface ServerOptions {
  readonly password?: string;
  readonly cluster?: boolean;
}

/** Prepares a server on a free port that keeps nothing; `start` runs it. */
export async function redisProcess(options: ServerOptions = {}): Promise<RedisProcess> {
  const port = await freePort();
  let running: { stop(): Promise<void> } | undefined;
  return {
    port,
    start: async () => {
      running = await run(port, options);
    },
    stop: async () => {
      await running?.stop();
      running = undefined;
    },
  };
}

/** Three primaries that share the slots. */
export async function redisCluster(): Promise<{
  readonly ports: readonly number[];
  stop(): Promise<void>;
}> {
  const nodes = await Promise.all([1, 2, 3].map(() => redisProcess({ cluster: true })));
  await Promise.all(nodes.map((node) => node.start()));
  const ports = nodes.map((node) => node.port);
  const clients = ports.map((port) => new Redis(port, '127.0.0.1'));
  const [first] = ports;
  const bounds = [0, 5461, 10923, 16384];
  for (const [index, client] of clients.entries()) {
    const [from, to] = [bounds[index] ?? 0, (bounds[index + 1] ?? 0) - 1];
    await client.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
    if (index > 0) await client.call('CLUSTER', 'MEET', '127.0.0.1', first ?? 0);
  }
  await Promise.all(clients.map(agreed));
  for (const client of clients) client.disconnect();
  return {
    ports,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function agreed(client: Redis): Promise<void> {
  for (;;) {
    const info = String(await client.call('CLUSTER', 'INFO'));
    if (info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')) return;
    await delay(50);
  }
}

async function run(port: number, options: ServerOptions): Promise<{ stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'sim-redis-'));
  const more = [
    ...(options.password === undefined ? [] : ['--requirepass', options.password]),
    ...(options.cluster === true ? ['--cluster-enabled', 'yes'] : []),
  ];
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir, ...more],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await answering(port, options.password);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

async function answering(port: number, password: string | undefined): Promise<void> {
  const client = new Redis(port, '127.0.0.1', {
    retryStrategy: () => 20,
    maxRetriesPerRequest: null,
    ...(password !== undefined && { password }),
  });
  client.on('error', () => undefined);
  await client.ping();
  client.disconnect();
}

/** A port that nobody listens to at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
