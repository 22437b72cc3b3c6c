import { boolean, pgTable } from 'drizzle-orm/pg-core';
import type { SideEffect } from '@sim/domain';
import { jsonText, moment, plainText } from './columns.js';

/** Tools that workspaces configure. */
export const workspaceTools = pgTable('workspace_tools', {
  id: plainText('id').primaryKey(),
  workspaceId: plainText('workspace_id').notNull(),
  name: plainText('name').notNull(),
  blockType: plainText('block_type').notNull(),
  operation: plainText('operation'),
  sideEffect: plainText('side_effect').$type<SideEffect>().notNull(),
  idempotent: boolean('idempotent').notNull(),
  adapter: jsonText('adapter').notNull(),
  enabled: boolean('enabled').notNull(),
  createdBy: plainText('created_by'),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
});
