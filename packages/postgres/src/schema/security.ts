import { bigint, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { bytes, jsonBinary, moment, plainText } from './columns.js';

/** Values of `{{NAME}}`, encrypted. */
export const secrets = pgTable(
  'secrets',
  {
    workspaceId: plainText('workspace_id').notNull(),
    name: plainText('name').notNull(),
    ciphertext: bytes('ciphertext').notNull(),
    nonce: bytes('nonce').notNull(),
    keyId: plainText('key_id').notNull(),
    updatedBy: plainText('updated_by'),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.name] })],
);

/** Who did what. The database fills in the chain: `chain`, `sequence` and the hashes. */
export const auditLog = pgTable(
  'audit_log',
  {
    chain: plainText('chain').notNull().default(''),
    sequence: bigint('sequence', { mode: 'number' }).notNull().default(0),
    workspaceId: plainText('workspace_id'),
    actorType: plainText('actor_type').$type<'user' | 'api-key' | 'system'>().notNull(),
    actorId: plainText('actor_id'),
    action: plainText('action').notNull(),
    targetType: plainText('target_type'),
    targetId: plainText('target_id'),
    details: jsonBinary('details').notNull(),
    requestId: plainText('request_id'),
    createdAt: moment('created_at').notNull(),
    previousHash: plainText('previous_hash').notNull().default(''),
    hash: plainText('hash').notNull().default(''),
  },
  (table) => [primaryKey({ columns: [table.chain, table.sequence] })],
);
