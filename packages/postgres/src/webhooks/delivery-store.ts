import type { JsonObject, NoticeKind } from '@sim/domain';
import type { Page } from '@sim/engine';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Database } from '../connection/database.js';
import { decodeCursor, pageOf } from '../encoding/cursor.js';
import { webhookDeliveries as deliveries, webhooks } from '../schema/index.js';
import type { Cipher } from '../secrets/cipher.js';
import { binding } from './webhook-store.js';

/** A delivery without what it tells, which may be of use to who answers for another. */
export interface DeliverySummary {
  readonly id: `msg_${string}`;
  readonly event: NoticeKind;
  readonly sessionId: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  /** Of the latest attempt: the HTTP status, or what went wrong before there was one. */
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly attemptedAt: Date | null;
}

/** A delivery that is to be made. */
export interface DueDelivery {
  readonly id: DeliverySummary['id'];
  readonly event: NoticeKind;
  readonly sessionId: string;
  readonly payload: JsonObject;
  readonly createdAt: Date;
  readonly url: string;
  readonly secret: string;
}

/** What came of an attempt. */
export interface DeliveryOutcome {
  readonly attempt: number;
  readonly responseStatus: number | null;
  readonly error: string | null;
  readonly at: Date;
}

/** Deliveries to webhooks. */
export interface DeliveryStore {
  /**
   * Null where there is nothing to deliver any more: it was delivered, or given up, or its webhook is
   * gone or disabled, which ends it.
   * @throws DecryptionError
   */
  due(deliveryId: string): Promise<DueDelivery | null>;
  delivered(deliveryId: string, outcome: DeliveryOutcome): Promise<void>;
  /** An attempt failed that is followed by another. */
  delayed(deliveryId: string, outcome: DeliveryOutcome): Promise<void>;
  /**
   * It is given up. A webhook that is `gone`, or whose deliveries were given up `limit` times in a row,
   * is disabled.
   */
  givenUp(
    deliveryId: string,
    outcome: DeliveryOutcome & { readonly gone: boolean },
    limit: number,
  ): Promise<void>;
  /** Deliveries to a webhook, the latest first. @throws InvalidCursorError */
  list(webhookId: string, limit: number, cursor?: string): Promise<Page<DeliverySummary>>;
}

/** Deliveries in PostgreSQL; they are written by the statements that write sessions. */
export function createDeliveryStore(database: Database, cipher: Cipher): DeliveryStore {
  const note = async (
    deliveryId: string,
    status: DeliverySummary['status'],
    { attempt, responseStatus, error, at }: DeliveryOutcome,
  ) => {
    const [row] = await database.run((db) =>
      db
        .update(deliveries)
        .set({ status, attempts: attempt, responseStatus, error, attemptedAt: at })
        .where(eq(deliveries.id, deliveryId))
        .returning({ webhookId: deliveries.webhookId }),
    );
    return row?.webhookId ?? null;
  };
  return {
    due: (deliveryId) => due(database, cipher, deliveryId),
    async delivered(deliveryId, outcome) {
      const webhookId = await note(deliveryId, 'delivered', outcome);
      if (webhookId === null) return;
      const text = 'UPDATE webhooks SET failures = 0 WHERE id = $1 AND failures > 0';
      await database.query({ text, values: [webhookId] });
    },
    async delayed(deliveryId, outcome) {
      await note(deliveryId, 'pending', outcome);
    },
    async givenUp(deliveryId, { gone, ...outcome }, limit) {
      const webhookId = await note(deliveryId, 'failed', outcome);
      if (webhookId === null) return;
      await database.query({ text: COUNT_FAILURE, values: [webhookId, gone, limit, outcome.at] });
    },
    list: (webhookId, limit, cursor) => list(database, webhookId, limit, cursor),
  };
}

const COUNT_FAILURE = `
UPDATE webhooks SET failures = failures + 1,
  enabled = NOT ($2 OR failures + 1 >= $3),
  disabled_reason = CASE WHEN $2 THEN 'gone' WHEN failures + 1 >= $3 THEN 'failing' END,
  updated_at = CASE WHEN $2 OR failures + 1 >= $3 THEN $4 ELSE updated_at END
WHERE id = $1 AND enabled`;

async function due(
  database: Database,
  cipher: Cipher,
  deliveryId: string,
): Promise<DueDelivery | null> {
  const [row] = await database.run((db) =>
    db
      .select()
      .from(deliveries)
      .leftJoin(webhooks, eq(webhooks.id, deliveries.webhookId))
      .where(and(eq(deliveries.id, deliveryId), eq(deliveries.status, 'pending'))),
  );
  if (row === undefined) return null;
  const { webhook_deliveries: delivery, webhooks: webhook } = row;
  if (webhook === null) {
    await database.run((db) => db.delete(deliveries).where(eq(deliveries.id, deliveryId)));
    return null;
  }
  if (!webhook.enabled) {
    const ended = { status: 'failed', error: 'The webhook is disabled.' } as const;
    await database.run((db) =>
      db.update(deliveries).set(ended).where(eq(deliveries.id, deliveryId)),
    );
    return null;
  }
  return {
    id: delivery.id as DueDelivery['id'],
    event: delivery.event,
    sessionId: delivery.sessionId,
    payload: delivery.payload as JsonObject,
    createdAt: delivery.createdAt,
    url: webhook.url,
    secret: cipher.decrypt(webhook, binding(webhook)),
  };
}

async function list(
  database: Database,
  webhookId: string,
  limit: number,
  cursor?: string,
): Promise<Page<DeliverySummary>> {
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const rows = await database.run((db) =>
    db
      .select()
      .from(deliveries)
      .where(
        and(
          eq(deliveries.webhookId, webhookId),
          after === null
            ? undefined
            : sql`(${deliveries.createdAt}, ${deliveries.id})
                < (${after.time.toISOString()}::timestamptz, ${after.key})`,
        ),
      )
      .orderBy(desc(deliveries.createdAt), desc(deliveries.id))
      .limit(limit + 1),
  );
  return pageOf(rows, limit, toSummary, ({ createdAt, id }) => ({ time: createdAt, key: id }));
}

function toSummary(row: typeof deliveries.$inferSelect): DeliverySummary {
  const { id, event, sessionId, status, attempts, responseStatus, error } = row;
  const { createdAt, attemptedAt } = row;
  return {
    id: id as DeliverySummary['id'],
    event,
    sessionId,
    status,
    attempts,
    responseStatus,
    error,
    createdAt,
    attemptedAt,
  };
}
