import {
  MemoryStore,
  type ClientRateLimitInfo,
  type Options,
  type Store,
} from 'express-rate-limit';
import type { Logger } from '../logging/logger.js';

/** After a failure, the shared store is left alone for this long, so that an outage costs no time. */
const PAUSE_MS = 1000;

/**
 * Counts in a shared store and, while that fails, in this process: an outage of the store makes
 * limits per replica instead of failing requests. Tells of the outage and its end, once each.
 */
export class FallbackStore implements Store {
  readonly #shared: Store;
  readonly #local = new MemoryStore();
  readonly #logger: Logger;
  readonly #now: () => number;
  #failing = false;
  #retryAt = 0;

  constructor(shared: Store, logger: Logger, now: () => number = Date.now) {
    this.#shared = shared;
    this.#logger = logger;
    this.#now = now;
  }

  init(options: Options): void {
    this.#local.init(options);
    this.#try(async () => this.#shared.init?.(options)).catch((error: unknown) => {
      this.#noteFailure(error);
    });
  }

  increment(key: string): Promise<ClientRateLimitInfo> {
    return this.#either(
      () => this.#shared.increment(key),
      () => this.#local.increment(key),
    );
  }

  async decrement(key: string): Promise<void> {
    await this.#either(
      () => this.#shared.decrement(key),
      () => this.#local.decrement(key),
    );
  }

  async resetKey(key: string): Promise<void> {
    await this.#local.resetKey(key);
    await this.#either(
      () => this.#shared.resetKey(key),
      () => undefined,
    );
  }

  get(key: string): Promise<ClientRateLimitInfo | undefined> {
    return this.#either(
      () => this.#shared.get?.(key),
      () => this.#local.get(key),
    );
  }

  shutdown(): void {
    this.#local.shutdown();
  }

  async #either<T>(shared: () => T | Promise<T>, local: () => T | Promise<T>): Promise<T> {
    if (this.#now() < this.#retryAt) return local();
    try {
      const result = await this.#try(shared);
      this.#noteSuccess();
      return result;
    } catch (error) {
      this.#noteFailure(error);
      return local();
    }
  }

  /** A store may throw before it returns a promise. */
  async #try<T>(action: () => T | Promise<T>): Promise<T> {
    return action();
  }

  #noteFailure(err: unknown): void {
    this.#retryAt = this.#now() + PAUSE_MS;
    if (this.#failing) return;
    this.#failing = true;
    this.#logger.warn({ err }, 'rate limits are counted per process: the shared store fails');
  }

  #noteSuccess(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#logger.info('rate limits are counted in the shared store again');
  }
}
