import { boolean, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { bytes, jsonText, moment, plainText } from './columns.js';

/** Workflows; what they contain is in their versions. */
export const workflows = pgTable('workflows', {
  id: plainText('id').primaryKey(),
  workspaceId: plainText('workspace_id').notNull(),
  name: plainText('name').notNull(),
  description: plainText('description'),
  currentVersion: integer('current_version').notNull(),
  createdBy: plainText('created_by'),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
  sourceId: plainText('source_id'),
});

/** What was imported, byte for byte. Rows never change. */
export const workflowVersions = pgTable(
  'workflow_versions',
  {
    workflowId: plainText('workflow_id').notNull(),
    version: integer('version').notNull(),
    name: plainText('name').notNull(),
    description: plainText('description'),
    content: bytes('content').notNull(),
    contentType: plainText('content_type').notNull(),
    sha256: plainText('sha256').notNull(),
    document: jsonText('document'),
    createdBy: plainText('created_by'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workflowId, table.version] })],
);

/** Journeys of a workflow; one is active, the others are kept for their sessions. */
export const workflowJourneyMappings = pgTable(
  'workflow_journey_mappings',
  {
    workflowId: plainText('workflow_id').notNull(),
    journeyId: plainText('journey_id').notNull(),
    journeyVersion: plainText('journey_version').notNull(),
    workflowVersion: integer('workflow_version').notNull(),
    journey: jsonText('journey').notNull(),
    provenance: jsonText('provenance').notNull(),
    issues: jsonText('issues').notNull(),
    mapperVersion: plainText('mapper_version').notNull(),
    active: boolean('active').notNull(),
    mappedAt: moment('mapped_at').notNull(),
    /** Which configured tools it was mapped with. */
    toolsHash: plainText('tools_hash').notNull().default(''),
  },
  (table) => [primaryKey({ columns: [table.workflowId, table.journeyId, table.journeyVersion] })],
);
