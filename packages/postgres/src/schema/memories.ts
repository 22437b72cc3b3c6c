import type { MemoryMessage } from '@sim/engine';
import { bigint, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { moment, plainText } from './columns.js';

/** What is remembered, by workspace. */
export const memories = pgTable(
  'conversational_memories',
  {
    workspaceId: plainText('workspace_id').notNull(),
    memoryId: plainText('memory_id').notNull(),
    createdAt: moment('created_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.memoryId] })],
);

/** The messages of memories, in the order of `position`. */
export const memoryMessages = pgTable(
  'conversational_memory_messages',
  {
    workspaceId: plainText('workspace_id').notNull(),
    memoryId: plainText('memory_id').notNull(),
    entryKey: plainText('entry_key').notNull(),
    part: integer('part').notNull(),
    position: bigint('position', { mode: 'number' }).generatedAlwaysAsIdentity(),
    role: plainText('role').$type<MemoryMessage['role']>().notNull(),
    content: plainText('content').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspaceId, table.memoryId, table.entryKey, table.part] }),
  ],
);
