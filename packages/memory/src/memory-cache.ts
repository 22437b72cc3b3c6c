import type { Cache } from '@sim/engine';

/** Options of {@link MemoryCache}. */
export interface MemoryCacheOptions {
  /** Beyond it the entry that was not used for longest goes. Default 10,000. */
  readonly maxEntries?: number;
  /** Beyond this size of keys and values the same happens. Default 64 MB. */
  readonly maxBytes?: number;
  /** Each read begins an entry's time anew. */
  readonly sliding?: boolean;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
}

interface Entry {
  readonly value: string;
  readonly ttlMs: number;
  readonly bytes: number;
  expiresAt: number;
}

const DEFAULT_MAX_ENTRIES = 10_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** V8 holds a character in one or two bytes; two is the safe side. */
const BYTES_PER_CHARACTER = 2;

/** A {@link Cache} within one process, bounded in entries and bytes; the least recently used goes first. */
export class MemoryCache implements Cache {
  /** In order of use, the oldest first: a `Map` keeps the order of insertion. */
  readonly #entries = new Map<string, Entry>();
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #sliding: boolean;
  readonly #now: () => number;
  #bytes = 0;

  constructor(options: MemoryCacheOptions = {}) {
    this.#maxEntries = options.maxEntries ?? DEFAULT_MAX_ENTRIES;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#sliding = options.sliding ?? false;
    this.#now = options.now ?? Date.now;
  }

  /** How many entries are held, expired ones that nobody asked for included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Their size in bytes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Promise<string | null> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return Promise.resolve(null);
    if (entry.expiresAt <= this.#now()) {
      this.#remove(key);
      return Promise.resolve(null);
    }
    if (this.#sliding) entry.expiresAt = this.#now() + entry.ttlMs;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return Promise.resolve(entry.value);
  }

  set(key: string, value: string, ttlSeconds: number): Promise<void> {
    this.#remove(key);
    const bytes = (key.length + value.length) * BYTES_PER_CHARACTER;
    const ttlMs = ttlSeconds * 1000;
    if (ttlMs > 0 && bytes <= this.#maxBytes) {
      this.#entries.set(key, { value, ttlMs, bytes, expiresAt: this.#now() + ttlMs });
      this.#bytes += bytes;
      this.#evict();
    }
    return Promise.resolve();
  }

  delete(key: string): Promise<void> {
    this.#remove(key);
    return Promise.resolve();
  }

  #remove(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  #evict(): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) return;
      this.#remove(key);
    }
  }
}
