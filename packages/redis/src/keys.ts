/** The caches of the system; each has keys and a time to live of its own. */
export type CacheName = 'session' | 'nlp' | 'journey';

/** Makes every key and channel that the system uses in Redis. */
export interface RedisKeys {
  /** `<prefix>session:{id}`: what is in braces decides on a cluster's slot. */
  cache(name: CacheName, key: string): string;
  /** What the keys of one limiter begin with; the caller's address or id follows. */
  rateLimit(limiter: string): string;
  channel(name: string): string;
  /** The prefix of socket.io's Redis adapter. */
  readonly socketAdapter: string;
}

/** Keys that begin with `REDIS_KEY_PREFIX`, such as `sim:`. No command of ours has two keys. */
export function redisKeys(prefix: string): RedisKeys {
  return {
    cache: (name, key) => `${prefix}${name}:{${key}}`,
    rateLimit: (limiter) => `${prefix}rl:${limiter}:`,
    channel: (name) => `${prefix}bus:${name}`,
    socketAdapter: `${prefix}socket.io`,
  };
}
