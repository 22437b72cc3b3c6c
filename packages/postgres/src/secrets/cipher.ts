import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** An encrypted value as it is stored. */
export interface Encrypted {
  /** The authentication tag, 16 bytes, stands behind the text. */
  readonly ciphertext: Uint8Array;
  /** 12 bytes, never used twice with a key. */
  readonly nonce: Uint8Array;
  /** Which key it was, so that keys can be changed. */
  readonly keyId: string;
}

/** Encrypts texts and binds each to what it belongs to. */
export interface Cipher {
  /** The key that new values are encrypted with. */
  readonly keyId: string;
  /** The keys that values are read with, the current one among them. */
  readonly keyIds: ReadonlySet<string>;
  /** `boundTo` names the owner of the value; it is not stored, and another does not decrypt it. */
  encrypt(text: string, boundTo: string): Encrypted;
  /** @throws DecryptionError */
  decrypt(value: Encrypted, boundTo: string): string;
}

/** A stored value cannot be decrypted. */
export class DecryptionError extends Error {
  readonly code = 'decryption_failed';
  readonly keyId: string;

  constructor(keyId: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DecryptionError';
    this.keyId = keyId;
  }
}

/** A key that is not 32 bytes long. */
export class KeyLengthError extends Error {
  readonly keyId: string;
  readonly length: number;

  constructor(keyId: string, length: number) {
    super(`The encryption key ${keyId} must be 32 bytes long; it has ${length}.`);
    this.name = 'KeyLengthError';
    this.keyId = keyId;
    this.length = length;
  }
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) under a key of 32 bytes. Values under a retired key, by its id, are
 * still read.
 * @throws KeyLengthError
 */
export function createCipher(
  key: Uint8Array,
  keyId: string,
  retired: ReadonlyMap<string, Uint8Array> = new Map(),
): Cipher {
  const keys = new Map([...retired, [keyId, key]]);
  for (const [id, { length }] of keys)
    if (length !== KEY_BYTES) throw new KeyLengthError(id, length);
  return {
    keyId,
    keyIds: new Set(keys.keys()),
    encrypt(text, boundTo) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(boundTo));
      const parts = [cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return { ciphertext: Buffer.concat(parts), nonce, keyId };
    },
    decrypt(value, boundTo) {
      const known = keys.get(value.keyId);
      if (known === undefined) {
        throw new DecryptionError(
          value.keyId,
          `It is encrypted with the key ${value.keyId}, which is not configured: ` +
            'put that key into ENCRYPTION_KEYS_OLD, or set the value anew.',
        );
      }
      return open(value, boundTo, known);
    },
  };
}

function open({ ciphertext, nonce, keyId }: Encrypted, boundTo: string, key: Uint8Array): string {
  try {
    const end = ciphertext.length - TAG_BYTES;
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(boundTo)).setAuthTag(ciphertext.subarray(end));
    return Buffer.concat([
      decipher.update(ciphertext.subarray(0, end)),
      decipher.final(),
    ]).toString();
  } catch (cause) {
    throw new DecryptionError(
      keyId,
      `It does not decrypt with the key ${keyId}: it was altered, or is not what stood here. ` +
        'Set the value anew.',
      { cause },
    );
  }
}
