import type { Cache } from '@sim/engine';
import type { RedisConnection } from './connection.js';
import type { CacheName } from './keys.js';

/** Options of {@link RedisCache}. */
export interface RedisCacheOptions {
  readonly name: CacheName;
  /** Each read begins an entry's time anew, with this many seconds. */
  readonly slidingTtlSeconds?: number;
}

/**
 * A {@link Cache} in Redis, shared by replicas. A cache is no source of truth: while Redis is down,
 * reads find nothing and writes are dropped, and neither throws.
 */
export class RedisCache implements Cache {
  readonly #connection: RedisConnection;
  readonly #name: CacheName;
  readonly #slidingTtlSeconds: number | undefined;
  #failing = false;

  constructor(connection: RedisConnection, options: RedisCacheOptions) {
    this.#connection = connection;
    this.#name = options.name;
    this.#slidingTtlSeconds = options.slidingTtlSeconds;
  }

  async get(key: string): Promise<string | null> {
    const redisKey = this.#key(key);
    const { client } = this.#connection;
    const ttl = this.#slidingTtlSeconds;
    // GETEX would be one command, but wants Redis 6.2. Both go out together.
    const [value] = await Promise.all([
      this.#softly(client.get(redisKey)),
      ttl === undefined ? null : this.#softly(client.expire(redisKey, ttl)),
    ]);
    return value;
  }

  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    const ttlMs = Math.round(ttlSeconds * 1000);
    if (ttlMs <= 0) await this.delete(key);
    else await this.#softly(this.#connection.client.set(this.#key(key), value, 'PX', ttlMs));
  }

  async delete(key: string): Promise<void> {
    await this.#softly(this.#connection.client.del(this.#key(key)));
  }

  #key(key: string): string {
    return this.#connection.keys.cache(this.#name, key);
  }

  async #softly<T>(command: Promise<T>): Promise<T | null> {
    try {
      const result = await command;
      this.#failing = false;
      return result;
    } catch (err) {
      if (!this.#failing) {
        this.#connection.logger.warn(
          { err, cache: this.#name },
          'a cache goes unused: redis fails',
        );
      }
      this.#failing = true;
      return null;
    }
  }
}
