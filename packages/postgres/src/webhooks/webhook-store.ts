import type { NoticeKind } from '@sim/domain';
import { and, asc, count, eq, ne } from 'drizzle-orm';
import type { Database, Transaction } from '../connection/database.js';
import { failureCode } from '../connection/failures.js';
import { webhookDeliveries as deliveries, webhooks, workspaces } from '../schema/index.js';
import type { Cipher } from '../secrets/cipher.js';
import { MissingReferenceError } from '../sessions/errors.js';

/** A webhook without its secret. */
export interface StoredWebhook {
  readonly id: `whk_${string}`;
  readonly workspaceId: string;
  readonly url: string;
  readonly events: readonly NoticeKind[];
  /** Null tells of the sessions of every workflow. */
  readonly workflowId: string | null;
  readonly enabled: boolean;
  /** Why the service disabled it: deliveries kept failing, or the receiver answered 410. */
  readonly disabledReason: 'failing' | 'gone' | null;
  /** Null once that person is erased. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What may be changed of a webhook; what is left out stays. */
export interface WebhookChange {
  readonly url?: string;
  readonly events?: readonly NoticeKind[];
  readonly workflowId?: string | null;
  readonly enabled?: boolean;
}

/** Webhooks of workspaces. */
export interface ManagedWebhookStore {
  /** The oldest first. */
  list(workspaceId: string): Promise<readonly StoredWebhook[]>;
  get(workspaceId: string, webhookId: string): Promise<StoredWebhook | null>;
  /** What its deliveries are signed with; null where there is none. @throws DecryptionError */
  secret(workspaceId: string, webhookId: string): Promise<string | null>;
  /**
   * Null where the workspace has `limit` webhooks already.
   * @throws MissingReferenceError where the workflow is not the workspace's
   */
  create(
    webhook: Required<WebhookChange> & {
      readonly id: StoredWebhook['id'];
      readonly workspaceId: string;
      readonly secret: string;
      readonly createdBy: string;
      readonly now: Date;
    },
    limit: number,
  ): Promise<StoredWebhook | null>;
  /** Null where there is none. To enable one anew forgets its failures. @throws MissingReferenceError */
  update(
    workspaceId: string,
    webhookId: string,
    change: WebhookChange,
    now: Date,
  ): Promise<StoredWebhook | null>;
  /** False where there is none. What was still to be told to it is dropped. */
  delete(workspaceId: string, webhookId: string): Promise<boolean>;
  /** Encrypts anew up to so many secrets that are under an older key; how many there were. */
  rotate(limit: number): Promise<number>;
}

/** Webhooks in PostgreSQL, their secrets encrypted. */
export function createWebhookStore(database: Database, cipher: Cipher): ManagedWebhookStore {
  return {
    async list(workspaceId) {
      const rows = await database.run((db) =>
        db
          .select()
          .from(webhooks)
          .where(eq(webhooks.workspaceId, workspaceId))
          .orderBy(asc(webhooks.createdAt), asc(webhooks.id)),
      );
      return rows.map(toWebhook);
    },
    async get(workspaceId, webhookId) {
      const row = await find(database, workspaceId, webhookId);
      return row === undefined ? null : toWebhook(row);
    },
    async secret(workspaceId, webhookId) {
      const row = await find(database, workspaceId, webhookId);
      return row === undefined ? null : cipher.decrypt(row, binding(row));
    },
    create: (webhook, limit) =>
      database.transaction((tx) => create(tx, cipher, webhook, limit)).catch(refuseWorkflow),
    async update(workspaceId, webhookId, change, now) {
      const anew = change.enabled === true ? { failures: 0 } : {};
      const enabling = change.enabled === undefined ? {} : { disabledReason: null, ...anew };
      const { events, ...rest } = change;
      const [row] = await database
        .run((db) =>
          db
            .update(webhooks)
            .set({ ...rest, ...(events && { events: [...events] }), ...enabling, updatedAt: now })
            .where(oneOf(workspaceId, webhookId))
            .returning(),
        )
        .catch(refuseWorkflow);
      return row === undefined ? null : toWebhook(row);
    },
    delete: (workspaceId, webhookId) =>
      database.transaction(async (tx) => {
        const removed = await tx
          .delete(webhooks)
          .where(oneOf(workspaceId, webhookId))
          .returning({ id: webhooks.id });
        if (removed.length === 0) return false;
        await tx.delete(deliveries).where(eq(deliveries.webhookId, webhookId));
        return true;
      }),
    rotate: (limit) => rotate(database, cipher, limit),
  };
}

/** Every look-up of one webhook names its workspace. */
function oneOf(workspaceId: string, webhookId: string) {
  return and(eq(webhooks.workspaceId, workspaceId), eq(webhooks.id, webhookId));
}

async function find(database: Database, workspaceId: string, webhookId: string) {
  const [row] = await database.run((db) =>
    db.select().from(webhooks).where(oneOf(workspaceId, webhookId)),
  );
  return row;
}

/** What the secret of a webhook is bound to; JSON keeps it apart from secrets of other kinds. */
export function binding({ workspaceId, id }: { workspaceId: string; id: string }): string {
  return JSON.stringify(['webhook', workspaceId, id]);
}

async function create(
  tx: Transaction,
  cipher: Cipher,
  { secret, now, events, ...webhook }: Parameters<ManagedWebhookStore['create']>[0],
  limit: number,
): Promise<StoredWebhook | null> {
  const { workspaceId } = webhook;
  // Those who add at once take turns on the workspace's row, or they would pass the limit together.
  await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
    .for('no key update');
  const [known] = await tx
    .select({ webhooks: count() })
    .from(webhooks)
    .where(eq(webhooks.workspaceId, workspaceId));
  if ((known?.webhooks ?? 0) >= limit) return null;
  const encrypted = cipher.encrypt(secret, binding(webhook));
  const [row] = await tx
    .insert(webhooks)
    .values({
      ...webhook,
      ...encrypted,
      events: [...events],
      failures: 0,
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  return row === undefined ? null : toWebhook(row);
}

function toWebhook(row: typeof webhooks.$inferSelect): StoredWebhook {
  const { id, workspaceId, url, events, workflowId, enabled, disabledReason } = row;
  const { createdBy, createdAt, updatedAt } = row;
  return {
    id: id as StoredWebhook['id'],
    workspaceId,
    url,
    events: events as unknown as readonly NoticeKind[],
    workflowId,
    enabled,
    disabledReason,
    createdBy,
    createdAt,
    updatedAt,
  };
}

const FOREIGN_KEY_VIOLATION = '23503';

function refuseWorkflow(error: unknown): never {
  if (failureCode(error) !== FOREIGN_KEY_VIOLATION) throw error;
  throw new MissingReferenceError('webhooks_workflow_fkey', { cause: error });
}

async function rotate(database: Database, cipher: Cipher, limit: number): Promise<number> {
  return database.transaction(async (tx) => {
    const rows = await tx
      .select()
      .from(webhooks)
      .where(ne(webhooks.keyId, cipher.keyId))
      .limit(limit)
      .for('update', { skipLocked: true });
    for (const row of rows) {
      const secret = cipher.decrypt(row, binding(row));
      await tx
        .update(webhooks)
        .set(cipher.encrypt(secret, binding(row)))
        .where(eq(webhooks.id, row.id));
    }
    return rows.length;
  });
}
