import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyIdOf } from './key-id.js';
import { createKeyRing } from './key-ring.js';

const [first, second] = [randomBytes(32), randomBytes(32)];

describe('a ring of keys', () => {
  it('encrypts with the current key and reads what the others encrypted', () => {
    const before = createKeyRing(first).encrypt('kept', 'owner');
    const ring = createKeyRing(second, [first]);
    expect(ring.decrypt(before, 'owner')).toBe('kept');
    expect(ring.encrypt('new', 'owner').keyId).toBe(keyIdOf(second));
    expect(ring.keyIds).toEqual(new Set([keyIdOf(first), keyIdOf(second)]));
  });

  it('reads with a key that is to come as well: so every replica can before the first writes', () => {
    const next = createKeyRing(second, [first]).encrypt('ahead', 'owner');
    expect(createKeyRing(first, [second]).decrypt(next, 'owner')).toBe('ahead');
  });

  it('takes the current key among the others for what it is', () => {
    const ring = createKeyRing(first, [first, second]);
    expect(ring.keyId).toBe(keyIdOf(first));
    expect(ring.decrypt(ring.encrypt('x', 'o'), 'o')).toBe('x');
  });
});
