import { and, asc, count, eq, gt, ne, or } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Database, DrizzleOrTransaction } from '../connection/database.js';
import { secrets, webhooks } from '../schema/index.js';
import { createWebhookStore } from '../webhooks/webhook-store.js';
import { DecryptionError, type Cipher } from './cipher.js';
import { binding, clearValue } from './secret-store.js';

/** How many secrets are under a key. */
export interface KeyUse {
  readonly keyId: string;
  readonly secrets: number;
  readonly use: 'current' | 'old' | 'unknown';
}

/** A value that could not be read; it is left as it is. */
export interface UnreadableSecret {
  readonly workspaceId: string;
  readonly name: string;
  readonly keyId: string;
  readonly message: string;
}

/** What a rotation did, or with a dry run would do. */
export interface Rotation {
  readonly rotated: number;
  readonly unreadable: readonly UnreadableSecret[];
}

/** How a rotation goes about it. */
export interface RotationOptions {
  /** Values in one transaction. */
  readonly batch: number;
  /** Reads every value that would be encrypted anew, and changes nothing. */
  readonly dryRun?: boolean;
  /** Told after each batch how many there are so far. */
  readonly onBatch?: (rotated: number) => void;
}

/** How many secrets each key is used for, those of webhooks among them, the current key first. */
export async function keysInUse(database: Database, cipher: Cipher): Promise<readonly KeyUse[]> {
  const rows = await database.run((db) => {
    const ofWebhooks = db.select({ keyId: webhooks.keyId }).from(webhooks);
    const all = unionAll(db.select({ keyId: secrets.keyId }).from(secrets), ofWebhooks).as('used');
    return db
      .select({ keyId: all.keyId, secrets: count() })
      .from(all)
      .groupBy(all.keyId)
      .orderBy(asc(all.keyId));
  });
  const useOf = (keyId: string) =>
    keyId === cipher.keyId ? 'current' : cipher.keyIds.has(keyId) ? 'old' : 'unknown';
  const used = rows.map((row): KeyUse => ({ ...row, use: useOf(row.keyId) }));
  return used.toSorted((a, b) => Number(b.use === 'current') - Number(a.use === 'current'));
}

/**
 * Encrypts every value anew that is under another key than the current one, in batches: each is a transaction
 * of its own, so that a rotation that breaks off is simply begun again. Services may read and set secrets
 * meanwhile; a value that somebody sets is waited for and left to them. Times of change stay.
 */
export async function rotateSecrets(
  database: Database,
  cipher: Cipher,
  { batch, dryRun = false, onBatch }: RotationOptions,
): Promise<Rotation> {
  const unreadable: UnreadableSecret[] = [];
  let rotated = 0;
  for (let after: Place | null = null; ;) {
    const place: Place | null = after;
    const done: Batch = await database.transaction((tx) =>
      rotateBatch(tx, cipher, { after: place, batch, dryRun }),
    );
    rotated += done.rotated;
    unreadable.push(...done.unreadable);
    if (done.last === null) break;
    after = done.last;
    onBatch?.(rotated);
  }
  rotated += await rotateWebhooks(database, cipher, { batch, dryRun });
  return { rotated, unreadable };
}

/** @throws DecryptionError for the secret of a webhook that cannot be read */
async function rotateWebhooks(
  database: Database,
  cipher: Cipher,
  { batch, dryRun }: { readonly batch: number; readonly dryRun: boolean },
): Promise<number> {
  if (dryRun) {
    const old = ne(webhooks.keyId, cipher.keyId);
    return database.run((db) => db.$count(webhooks, old));
  }
  const store = createWebhookStore(database, cipher);
  let rotated = 0;
  for (let done = batch; done === batch; rotated += done) done = await store.rotate(batch);
  return rotated;
}

interface Place {
  readonly workspaceId: string;
  readonly name: string;
}

interface Batch extends Rotation {
  /** Null where there was nothing left. */
  readonly last: Place | null;
}

async function rotateBatch(
  tx: DrizzleOrTransaction,
  cipher: Cipher,
  { after, batch, dryRun }: { after: Place | null; batch: number; dryRun: boolean },
): Promise<Batch> {
  // By the primary key, so that what cannot be read is passed over instead of being met again.
  const rows = await tx
    .select()
    .from(secrets)
    .where(and(ne(secrets.keyId, cipher.keyId), after === null ? undefined : isBehind(after)))
    .orderBy(asc(secrets.workspaceId), asc(secrets.name))
    .limit(batch)
    .for('update');
  const unreadable: UnreadableSecret[] = [];
  let rotated = 0;
  for (const row of rows) {
    const { workspaceId, name, keyId } = row;
    try {
      const encrypted = cipher.encrypt(clearValue(cipher, row), binding(workspaceId, name));
      if (!dryRun) await tx.update(secrets).set(encrypted).where(isAt(row));
      rotated += 1;
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
      unreadable.push({ workspaceId, name, keyId, message: error.message });
    }
  }
  return { rotated, unreadable, last: rows.at(-1) ?? null };
}

function isAt({ workspaceId, name }: Place) {
  return and(eq(secrets.workspaceId, workspaceId), eq(secrets.name, name));
}

function isBehind({ workspaceId, name }: Place) {
  return or(
    gt(secrets.workspaceId, workspaceId),
    and(eq(secrets.workspaceId, workspaceId), gt(secrets.name, name)),
  );
}
