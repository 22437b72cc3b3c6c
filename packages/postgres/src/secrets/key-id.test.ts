import { describe, expect, it } from 'vitest';
import { keyIdOf } from './key-id.js';

describe('keyIdOf', () => {
  const key = new Uint8Array(32).fill(7);

  it('is the same for the same key and another for another', () => {
    expect(keyIdOf(key)).toBe(keyIdOf(key.slice()));
    expect(keyIdOf(key)).not.toBe(keyIdOf(new Uint8Array(32).fill(8)));
  });

  it('is short and shows nothing of the key', () => {
    expect(keyIdOf(key)).toMatch(/^[0-9a-f]{8}$/);
    expect(keyIdOf(key)).not.toBe('07070707');
  });
});
