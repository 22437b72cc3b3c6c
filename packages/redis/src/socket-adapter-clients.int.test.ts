import { describe, expect, it, vi } from 'vitest';
import { createRedis, type RedisConnection } from './connection.js';
import { socketAdapterClients } from './socket-adapter-clients.js';
import { recordingLogger } from './testing/recording-logger.js';
import { hasRedisServer, redisCluster, redisProcess } from './testing/redis-process.js';

const PATIENCE = { timeout: 10_000 };

function connectTo(ports: readonly number[]) {
  const logger = recordingLogger();
  const connection = createRedis(
    {
      nodes: ports.map((port) => ({ host: '127.0.0.1', port })),
      cluster: ports.length > 1,
      tls: false,
      database: 0,
      keyPrefix: 'test:',
    },
    logger,
  );
  return { connection, logger };
}

/** Whether what one publishes reaches the other. */
async function reaches(from: RedisConnection, to: RedisConnection, channel: string) {
  const { subscriber } = socketAdapterClients(to);
  const { publisher } = socketAdapterClients(from);
  const heard: string[] = [];
  subscriber.on('smessageBuffer', (_channel, message) => heard.push(message.toString()));
  subscriber.ssubscribe(channel);
  await vi.waitFor(async () => {
    await publisher.spublish(channel, 'word').catch(() => undefined);
    expect(heard).toContain('word');
  }, PATIENCE);
  return { publisher, heard };
}

describe.skipIf(!hasRedisServer)('clients of the socket adapter (needs redis-server)', () => {
  it('reach one another over one Redis, also after it was away', async () => {
    const server = await redisProcess();
    await server.start();
    const [one, two] = [connectTo([server.port]), connectTo([server.port])];
    const { publisher, heard } = await reaches(one.connection, two.connection, 'sim:socket.io#/#');
    await server.stop();
    await vi.waitFor(() => expect(one.connection.status).toBe('down'), PATIENCE);
    await expect(publisher.spublish('sim:socket.io#/#', 'lost')).rejects.toThrow();
    await server.start();
    await vi.waitFor(async () => {
      await publisher.spublish('sim:socket.io#/#', 'again').catch(() => undefined);
      expect(heard).toContain('again');
    }, PATIENCE);
    expect(heard).not.toContain('lost');
    await Promise.all([one.connection.close(), two.connection.close()]);
    await server.stop();
  });

  it('reach one another over a cluster, on channels of every node', async () => {
    const cluster = await redisCluster();
    const [one, two] = [connectTo(cluster.ports), connectTo(cluster.ports)];
    for (const channel of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const { heard } = await reaches(one.connection, two.connection, `sim:socket.io#/#${channel}`);
      expect(heard).toContain('word');
    }
    await Promise.all([one.connection.close(), two.connection.close()]);
    await cluster.stop();
  });

  it('do not fail where nobody could catch it: Redis is away from the start to the end', async () => {
    const { connection } = connectTo([1]);
    const { publisher, subscriber } = socketAdapterClients(connection);
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    subscriber.ssubscribe('sim:socket.io#/#');
    await expect(publisher.spublish('sim:socket.io#/#', 'word')).rejects.toThrow();
    subscriber.sunsubscribe(['sim:socket.io#/#']);
    await connection.close();
    await new Promise(setImmediate);
    expect(unhandled).not.toHaveBeenCalled();
    process.off('unhandledRejection', unhandled);
  });
});
