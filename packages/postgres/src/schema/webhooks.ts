import type { NoticeKind } from '@sim/domain';
import { boolean, integer, pgTable } from 'drizzle-orm/pg-core';
import { bytes, jsonBinary, jsonText, moment, plainText } from './columns.js';

/** Who is told of what happens in sessions. */
export const webhooks = pgTable('webhooks', {
  id: plainText('id').primaryKey(),
  workspaceId: plainText('workspace_id').notNull(),
  workflowId: plainText('workflow_id'),
  url: plainText('url').notNull(),
  events: jsonBinary('events').notNull(),
  enabled: boolean('enabled').notNull(),
  disabledReason: plainText('disabled_reason').$type<'failing' | 'gone'>(),
  failures: integer('failures').notNull(),
  ciphertext: bytes('ciphertext').notNull(),
  nonce: bytes('nonce').notNull(),
  keyId: plainText('key_id').notNull(),
  createdBy: plainText('created_by'),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
});

/** What is told to whom. */
export const webhookDeliveries = pgTable('webhook_deliveries', {
  id: plainText('id').primaryKey(),
  webhookId: plainText('webhook_id').notNull(),
  sessionId: plainText('session_id').notNull(),
  event: plainText('event').$type<NoticeKind>().notNull(),
  payload: jsonText('payload').notNull(),
  status: plainText('status').$type<'pending' | 'delivered' | 'failed'>().notNull(),
  attempts: integer('attempts').notNull(),
  responseStatus: integer('response_status'),
  error: plainText('error'),
  createdAt: moment('created_at').notNull(),
  attemptedAt: moment('attempted_at'),
});
