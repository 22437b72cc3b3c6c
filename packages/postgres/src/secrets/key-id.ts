import { createHash } from 'node:crypto';

/** Enough of the digest to tell a handful of keys apart, and nothing that helps to find one. */
const LENGTH = 8;

/** The id that values name their key by: the same wherever the key is the same. */
export function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('key-id:').update(key).digest('hex').slice(0, LENGTH);
}
