import type { Cache } from '@sim/engine';
import { describe, expect, it, vi } from 'vitest';

/** What every {@link Cache} does, whatever it is made of; `cache` gives the one to test. */
export function cacheContract(cache: () => Cache): void {
  const keys = { count: 0 };
  /** A key that no other test uses. */
  const freshKey = (): string => `contract:${Date.now()}:${keys.count++}`;

  describe('as a cache', () => {
    it('has nothing for a key that was never set', async () => {
      expect(await cache().get(freshKey())).toBeNull();
    });

    it.each(['', 'plain', '{"a":[1,2,{"b":"ü 🙂"}]}', 'x'.repeat(100_000)])(
      'gives back what was set (%.20s)',
      async (value) => {
        const key = freshKey();
        await cache().set(key, value, 60);
        expect(await cache().get(key)).toBe(value);
      },
    );

    it('replaces a value', async () => {
      const key = freshKey();
      await cache().set(key, 'old', 60);
      await cache().set(key, 'new', 60);
      expect(await cache().get(key)).toBe('new');
    });

    it('forgets a key that is deleted, and deletes one that is not there', async () => {
      const key = freshKey();
      await cache().set(key, 'value', 60);
      await cache().delete(key);
      await cache().delete(key);
      expect(await cache().get(key)).toBeNull();
    });

    it('forgets a key when its time is over', async () => {
      const key = freshKey();
      await cache().set(key, 'short-lived', 1);
      expect(await cache().get(key)).toBe('short-lived');
      await vi.waitFor(async () => expect(await cache().get(key)).toBeNull(), {
        timeout: 4000,
        interval: 50,
      });
    });

    it('keeps nothing that has no time to live', async () => {
      const key = freshKey();
      await cache().set(key, 'value', 60);
      await cache().set(key, 'gone', 0);
      expect(await cache().get(key)).toBeNull();
    });
  });
}
