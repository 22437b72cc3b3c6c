import { createCipher, type Cipher } from './cipher.js';
import { keyIdOf } from './key-id.js';

/**
 * A cipher that encrypts with the current key and reads with the others too; each key goes by the id that
 * follows from it.
 * @throws KeyLengthError
 */
export function createKeyRing(current: Uint8Array, others: readonly Uint8Array[] = []): Cipher {
  const retired = new Map(others.map((key) => [keyIdOf(key), key]));
  return createCipher(current, keyIdOf(current), retired);
}
