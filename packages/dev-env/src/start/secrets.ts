import { randomBytes, randomInt } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from './errors.js';

/** Made once for a data folder and kept in it. */
export interface Secrets {
  readonly jwtSecret: string;
  /** 32 bytes as 64 hexadecimal digits. */
  readonly encryptionKey: string;
  /** Of the demo user. */
  readonly demoPassword: string;
}

const FILE = 'secrets.json';

/**
 * The secrets of a data folder; made, readable by their owner alone, where there are none.
 *
 * @throws StartError where the file is damaged: new secrets would lock out what the old ones encrypted.
 */
export async function secretsOf(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, FILE);
  const kept = await readFile(path, 'utf8').catch(missing);
  if (kept !== null) return parse(kept, path);
  const made: Secrets = {
    jwtSecret: randomBytes(48).toString('base64url'),
    encryptionKey: randomBytes(32).toString('hex'),
    demoPassword: readablePassword(),
  };
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
  return made;
}

function parse(text: string, path: string): Secrets {
  const value = json(text);
  if (isSecrets(value)) return value;
  throw new StartError(
    `${path} is damaged. Restore it, or start afresh with: npm start -- --reset (this deletes the data).`,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isSecrets(value: unknown): value is Secrets {
  return (
    typeof value === 'object' &&
    value !== null &&
    'jwtSecret' in value &&
    'encryptionKey' in value &&
    'demoPassword' in value &&
    [value.jwtSecret, value.encryptionKey, value.demoPassword].every((s) => typeof s === 'string')
  );
}

/** Without letters and digits that look alike: it is typed from the screen. About 59 bits. */
function readablePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return `${group()}-${group()}-${group()}`;
}

function missing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
