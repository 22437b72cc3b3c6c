import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCipher, DecryptionError, KeyLengthError } from './cipher.js';

const key = randomBytes(32);
const cipher = createCipher(key, 'k1');

describe('a cipher', () => {
  it.each(['', 'plain', 'Grüße 😀', 'x'.repeat(100_000)])('gives back what it took', (text) => {
    expect(cipher.decrypt(cipher.encrypt(text, 'owner'), 'owner')).toBe(text);
  });

  it('never encrypts alike twice, and names its key', () => {
    const [a, b] = [cipher.encrypt('same', 'owner'), cipher.encrypt('same', 'owner')];
    expect(Buffer.from(a.ciphertext).equals(b.ciphertext)).toBe(false);
    expect(Buffer.from(a.nonce).equals(b.nonce)).toBe(false);
    expect(a.keyId).toBe('k1');
  });

  it('refuses a value that belongs to another', () => {
    const value = cipher.encrypt('secret', 'workspace-a');
    expect(() => cipher.decrypt(value, 'workspace-b')).toThrow(DecryptionError);
  });

  it('refuses a value that was altered, cut or emptied', () => {
    const value = cipher.encrypt('secret', 'owner');
    const altered = Buffer.from(value.ciphertext);
    altered.writeUInt8(altered.readUInt8(0) ^ 1, 0);
    for (const ciphertext of [altered, value.ciphertext.subarray(1), new Uint8Array()]) {
      expect(() => cipher.decrypt({ ...value, ciphertext }, 'owner')).toThrow(DecryptionError);
    }
  });

  it('reads values under a retired key and writes under the new one', () => {
    const old = cipher.encrypt('kept', 'owner');
    const next = createCipher(randomBytes(32), 'k2', new Map([['k1', key]]));
    expect(next.decrypt(old, 'owner')).toBe('kept');
    expect(next.encrypt('new', 'owner').keyId).toBe('k2');
  });

  it('names the key that it lacks', () => {
    const value = createCipher(key, 'lost').encrypt('x', 'owner');
    expect(() => cipher.decrypt(value, 'owner')).toThrow(/key lost, which is not configured/);
  });

  it('refuses keys of the wrong length', () => {
    expect(() => createCipher(randomBytes(16), 'short')).toThrow(KeyLengthError);
    expect(() => createCipher(key, 'k1', new Map([['old', randomBytes(31)]]))).toThrow(/old.*31/);
  });
});
