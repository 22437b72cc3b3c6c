import { createHash } from 'node:crypto';
import { RedisStore, type RedisReply } from 'rate-limit-redis';
import type { RedisClient, RedisConnection } from './connection.js';

/**
 * Counts for express-rate-limit, shared by replicas; one store per limiter. Rejects while Redis is
 * down, so give it to a limiter that then counts for itself.
 *
 * rate-limit-redis loads its scripts once, into one node, and keeps a failure for ever. Here a
 * script's name is computed instead of asked for, and the script goes along where a node does not
 * know it: so a store made while Redis is down works later, and every node of a cluster serves.
 */
export function rateLimitStore(connection: RedisConnection, limiter: string): RedisStore {
  const scripts = new Map<string, string>();
  return new RedisStore({
    prefix: connection.keys.rateLimit(limiter),
    sendCommand: async (...command) => {
      const [name, ...args] = command;
      if (name === 'SCRIPT') return remember(scripts, args[1] ?? '');
      if (name === 'EVALSHA') return runScript(connection.client, scripts, args);
      return (await connection.client.call(name ?? '', ...args)) as RedisReply;
    },
  });
}

function remember(scripts: Map<string, string>, script: string): string {
  const sha = createHash('sha1').update(script).digest('hex');
  scripts.set(sha, script);
  return sha;
}

async function runScript(
  client: RedisClient,
  scripts: ReadonlyMap<string, string>,
  [sha = '', keyCount = '1', ...rest]: readonly string[],
): Promise<RedisReply> {
  try {
    return (await client.evalsha(sha, keyCount, ...rest)) as RedisReply;
  } catch (error) {
    const script = scripts.get(sha);
    const unknown = error instanceof Error && error.message.startsWith('NOSCRIPT');
    if (!unknown || script === undefined) throw error;
    return (await client.eval(script, keyCount, ...rest)) as RedisReply;
  }
}
