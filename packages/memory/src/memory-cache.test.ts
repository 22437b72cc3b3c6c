import { describe, expect, it } from 'vitest';
import { cacheContract } from './contracts/index.js';
import { MemoryCache, type MemoryCacheOptions } from './memory-cache.js';

function cacheAt(options: MemoryCacheOptions = {}) {
  const clock = { ms: 0 };
  return { clock, cache: new MemoryCache({ ...options, now: () => clock.ms }) };
}

describe('MemoryCache', () => {
  const shared = new MemoryCache();
  cacheContract(() => shared);

  it('holds a value to the end of its time and not longer', async () => {
    const { cache, clock } = cacheAt();
    await cache.set('key', 'value', 10);
    clock.ms = 9_999;
    expect(await cache.get('key')).toBe('value');
    clock.ms = 10_000;
    expect(await cache.get('key')).toBeNull();
    expect(cache.size).toBe(0);
  });

  it('begins the time anew with each read where it is sliding', async () => {
    const { cache, clock } = cacheAt({ sliding: true });
    await cache.set('key', 'value', 10);
    clock.ms = 8_000;
    await cache.get('key');
    clock.ms = 17_000;
    expect(await cache.get('key')).toBe('value');
    clock.ms = 27_000;
    expect(await cache.get('key')).toBeNull();
  });

  it('drops the least recently used entry beyond its number of entries', async () => {
    const { cache } = cacheAt({ maxEntries: 2 });
    await cache.set('a', '1', 60);
    await cache.set('b', '2', 60);
    await cache.get('a');
    await cache.set('c', '3', 60);
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([
      '1',
      null,
      '3',
    ]);
  });

  it('drops entries beyond its size, and does not take one that alone is larger', async () => {
    const { cache } = cacheAt({ maxBytes: 100 });
    await cache.set('a', 'x'.repeat(30), 60);
    await cache.set('b', 'x'.repeat(30), 60);
    expect(await cache.get('a')).toBeNull();
    await cache.set('huge', 'x'.repeat(1000), 60);
    expect(await cache.get('huge')).toBeNull();
    expect(await cache.get('b')).not.toBeNull();
  });

  it('knows its size', async () => {
    const { cache } = cacheAt();
    await cache.set('key', 'value', 60);
    await cache.set('key', 'val', 60);
    expect([cache.size, cache.bytes]).toEqual([1, 12]);
    await cache.delete('key');
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });
});
