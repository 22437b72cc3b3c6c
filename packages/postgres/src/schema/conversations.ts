import type { ExecutionStatus } from '@sim/domain';
import { bigint, doublePrecision, integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { jsonBinary, jsonText, moment, plainText } from './columns.js';

/** Sessions: where each journey stands. */
export const sessions = pgTable('conversational_workflow_sessions', {
  sessionId: plainText('session_id').primaryKey(),
  workspaceId: plainText('workspace_id').notNull(),
  workflowId: plainText('workflow_id').notNull(),
  journeyId: plainText('journey_id').notNull(),
  journeyVersion: plainText('journey_version').notNull(),
  userId: plainText('user_id').notNull(),
  executionStatus: plainText('execution_status').$type<ExecutionStatus>().notNull(),
  currentNodeId: plainText('current_node_id'),
  currentStateId: plainText('current_state_id'),
  state: jsonBinary('state').notNull(),
  metadata: jsonBinary('metadata').notNull(),
  version: integer('version').notNull(),
  leaseOwner: plainText('lease_owner'),
  leaseExpiresAt: moment('lease_expires_at'),
  expiresAt: moment('expires_at').notNull(),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
  eventsRemovedAt: moment('events_removed_at'),
  turnsRemovedAt: moment('turns_removed_at'),
});

/** What was said. */
export const turns = pgTable(
  'conversation_turns',
  {
    sessionId: plainText('session_id').notNull(),
    turnId: plainText('turn_id').notNull(),
    position: bigint('position', { mode: 'number' }).generatedAlwaysAsIdentity(),
    speaker: plainText('speaker').$type<'user' | 'agent'>().notNull(),
    content: plainText('content').notNull(),
    intent: plainText('intent'),
    confidence: doublePrecision('confidence'),
    entities: jsonText('entities').notNull(),
    workflowAction: plainText('workflow_action'),
    idempotencyKey: plainText('idempotency_key'),
    answer: jsonText('answer'),
    requestHash: plainText('request_hash'),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.turnId] })],
);

/** What happened, in the order of `sequence`. */
export const events = pgTable(
  'workflow_execution_events',
  {
    sessionId: plainText('session_id').notNull(),
    sequence: integer('sequence').notNull(),
    eventType: plainText('event_type').notNull(),
    nodeId: plainText('node_id'),
    /** The event without its type. */
    data: jsonText('data').notNull(),
    durationMs: bigint('duration_ms', { mode: 'number' }),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.sequence] })],
);

/** Commands that one replica left for the turn of another. */
export const leftCommands = pgTable(
  'conversational_left_commands',
  {
    sessionId: plainText('session_id').notNull(),
    key: plainText('key').notNull(),
    position: bigint('position', { mode: 'number' }).generatedAlwaysAsIdentity(),
    command: jsonText('command').notNull(),
    leftAt: moment('left_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.key] })],
);

/** The journal: block runs that reach outside, written before they begin. */
export const blockRuns = pgTable(
  'conversational_block_runs',
  {
    sessionId: plainText('session_id').notNull(),
    runId: plainText('run_id').notNull(),
    scopeId: plainText('scope_id').notNull(),
    stateId: plainText('state_id').notNull(),
    blockType: plainText('block_type').notNull(),
    attempt: integer('attempt').notNull(),
    idempotencyKey: plainText('idempotency_key').notNull(),
    status: plainText('status').$type<'started' | 'succeeded' | 'failed'>().notNull(),
    output: jsonText('output'),
    error: jsonText('error'),
    startedAt: moment('started_at').notNull(),
    finishedAt: moment('finished_at'),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.runId] })],
);
