import { describe, expect, it, vi } from 'vitest';
import { createRedis, type RedisConfig } from './connection.js';
import { RedisBus } from './redis-bus.js';
import { RedisCache } from './redis-cache.js';
import { recordingLogger } from './testing/recording-logger.js';
import { freePort } from './testing/redis-process.js';

async function nobodyThere(more: Partial<RedisConfig> = {}): Promise<RedisConfig> {
  const port = await freePort();
  const nodes = [{ host: '127.0.0.1', port }];
  return { nodes, cluster: false, tls: false, database: 0, keyPrefix: 'sim:', ...more };
}

describe.each([
  { kind: 'one node', cluster: false },
  { kind: 'a cluster', cluster: true },
])('with $kind that is not there', ({ cluster }) => {
  it('does not throw, tells of it once and closes', async () => {
    const logger = recordingLogger();
    const connection = createRedis(await nobodyThere({ cluster }), logger);
    await vi.waitFor(() => expect(logger.lines).toHaveLength(1));
    expect(logger.lines).toEqual(['warn: redis is down; trying to reconnect']);
    expect(connection.status).toBe('down');
    await connection.close();
    expect(connection.status).toBe('closed');
  });

  it('rejects commands at once, so that a turn does not wait', async () => {
    const connection = createRedis(await nobodyThere({ cluster }), recordingLogger());
    await expect(connection.client.get('key')).rejects.toThrow();
    await expect(connection.ping()).rejects.toThrow();
    await connection.close();
  });

  it('caches nothing and fails nothing, and warns once', async () => {
    const logger = recordingLogger();
    const connection = createRedis(await nobodyThere({ cluster }), logger);
    const cache = new RedisCache(connection, { name: 'nlp' });
    await cache.set('key', 'value', 60);
    expect(await cache.get('key')).toBeNull();
    await cache.delete('key');
    expect(logger.lines.filter((line) => line.includes('cache goes unused'))).toHaveLength(1);
    await connection.close();
  });

  it('delivers messages within the process', async () => {
    const connection = createRedis(await nobodyThere({ cluster }), recordingLogger());
    const bus = new RedisBus(connection);
    const received: string[] = [];
    const end = await bus.subscribe('channel', (message) => received.push(message));
    await bus.publish('channel', 'here');
    await end();
    await bus.publish('channel', 'after');
    expect(received).toEqual(['here']);
    await connection.close();
  });
});
