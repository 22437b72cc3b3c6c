import { parseArgs } from 'node:util';
import {
  appendAudit,
  createDatabase,
  createKeyRing,
  keysInUse,
  rotateSecrets,
  type Database,
  type KeyUse,
} from '@sim/postgres';
import {
  databaseSettings,
  databaseUrl,
  encryptionKeySetting,
  flag,
  oldEncryptionKeysSetting,
  parseConfig,
  settings,
  type Environment,
} from '@sim/service-kit';

/** The command line cannot be followed. */
export class RotationUsageError extends Error {
  constructor(problem: string) {
    super(`${problem}\n\n${USAGE}`);
    this.name = 'RotationUsageError';
  }
}

/** Nothing was changed: some secrets are under a key that is not configured. */
export class UnknownKeysError extends Error {
  readonly keyIds: readonly string[];
  constructor(unknown: readonly KeyUse[]) {
    const which = unknown.map(({ keyId, secrets }) => `${keyId} (${counted(secrets)})`).join(', ');
    super(
      `Nothing was changed. There are secrets under keys that are not configured: ${which}. ` +
        'Put these keys into ENCRYPTION_KEYS_OLD, with commas between, and call this again; or set or ' +
        'delete the secrets that nobody has a key for.',
    );
    this.name = 'UnknownKeysError';
    this.keyIds = unknown.map(({ keyId }) => keyId);
  }
}

const USAGE = `Usage: secrets:rotate [--dry-run] [--batch N]
  Encrypts every secret anew that is under another key than ENCRYPTION_KEY.
  --dry-run  read them all and count, change nothing
  --batch    secrets in one transaction, 1 to 10000; 100 where not given`;

/** Secrets that services set under an old key meanwhile are found by another pass; so often at most. */
const PASSES = 3;

const rotationSettings = () => ({
  config: {
    database: databaseSettings(),
    audit: settings({ AUDIT_LOG_ENABLED: flag().default(true) }, (v) => v.AUDIT_LOG_ENABLED),
  },
  secrets: {
    databaseUrl: databaseUrl(),
    encryptionKey: encryptionKeySetting(),
    oldEncryptionKeys: oldEncryptionKeysSetting(),
  },
});

/**
 * Re-encrypts the secrets of the database that the environment names.
 * @returns the exit code: 0, or 1 where some could not be read or are left under an old key
 * @throws RotationUsageError, UnknownKeysError, ConfigError, and the database's errors
 */
export async function rotateCommand(
  args: readonly string[],
  env: Environment,
  print: (line: string) => void,
): Promise<number> {
  const { dryRun, batch } = parse(args);
  const { config, secrets } = parseConfig(rotationSettings(), env);
  const database = createDatabase({
    url: secrets.databaseUrl,
    ssl: config.database.ssl,
    applicationName: 'sim-secrets',
    pool: { max: 1 },
  });
  try {
    const cipher = createKeyRing(secrets.encryptionKey, secrets.oldEncryptionKeys);
    const before = await keysInUse(database, cipher);
    print(`The current key is ${cipher.keyId}.`);
    for (const use of before) print(lineOf(use));
    const unknown = before.filter(({ use }) => use === 'unknown');
    if (unknown.length > 0) throw new UnknownKeysError(unknown);
    let rotated = 0;
    let unreadable = 0;
    for (let pass = 1; pass <= (dryRun ? 1 : PASSES); pass += 1) {
      const done = await rotateSecrets(database, cipher, { batch, dryRun });
      rotated += done.rotated;
      unreadable = done.unreadable.length;
      for (const { workspaceId, message } of done.unreadable) print(`${workspaceId}: ${message}`);
      if (done.rotated === 0 || done.unreadable.length > 0) break;
    }
    if (dryRun) print(`${counted(rotated)} would be encrypted anew. Nothing was changed.`);
    else print(`${counted(rotated)} encrypted anew under ${cipher.keyId}.`);
    if (!dryRun && rotated > 0 && config.audit) await note(database, cipher.keyId, rotated);
    if (unreadable > 0) {
      print(`${counted(unreadable)} could not be read and stay as they are.`);
      return 1;
    }
    return dryRun ? 0 : await checkRest(database, cipher, print);
  } finally {
    await database.close();
  }
}

async function checkRest(
  database: Database,
  cipher: Parameters<typeof keysInUse>[1],
  print: (line: string) => void,
): Promise<number> {
  const rest = (await keysInUse(database, cipher)).filter(({ use }) => use !== 'current');
  if (rest.length === 0) {
    print('No other key is needed any more; ENCRYPTION_KEYS_OLD may be emptied.');
    return 0;
  }
  for (const use of rest) print(lineOf(use));
  print(
    'Services still set secrets under an older key: restart them with the new one, and call this again.',
  );
  return 1;
}

async function note(database: Database, keyId: string, rotated: number): Promise<void> {
  await database.run((db) =>
    appendAudit(db, {
      workspaceId: null,
      actor: { type: 'system' },
      action: 'secret.rotated',
      target: null,
      details: { keyId, rotated },
      requestId: null,
      at: new Date(),
    }),
  );
}

function parse(args: readonly string[]): { dryRun: boolean; batch: number } {
  const { 'dry-run': dryRun = false, batch = '100' } = parseOrRefuse(args);
  const size = /^\d{1,5}$/.test(batch) ? Number(batch) : 0;
  if (size < 1 || size > 10_000) throw new RotationUsageError(`${batch} is no size of a batch.`);
  return { dryRun, batch: size };
}

function parseOrRefuse(args: readonly string[]) {
  try {
    const options = { 'dry-run': { type: 'boolean' }, batch: { type: 'string' } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new RotationUsageError(error instanceof Error ? error.message : String(error));
  }
}

function lineOf({ keyId, secrets, use }: KeyUse): string {
  return `  ${keyId}  ${use.padEnd(8)}${counted(secrets)}`;
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'secret' : 'secrets'}`;
}
