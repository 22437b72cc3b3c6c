export { sessionCommand, SessionUsageError, UnknownSessionError } from './cli/session-command.js';
export * from './audit/audit-log.js';
export {
  createDatabase,
  type Database,
  type DatabaseLogger,
  type Drizzle,
  type DrizzleOrTransaction,
  type PoolMetrics,
  type QueryResult,
  type Statement,
  type Transaction,
} from './connection/database.js';
export {
  DatabaseBusyError,
  DatabaseNotMigratedError,
  DatabaseUnavailableError,
  type DatabaseBusyReason,
} from './connection/errors.js';
export { toDatabaseError } from './connection/failures.js';
export type { ConnectionOptions, DatabaseOptions, SslMode } from './connection/options.js';
export {
  readSessionHistory,
  type JournaledRun,
  type SessionHistory,
  type TimerJob,
} from './history/session-history.js';
export { verifySession, type Check } from './history/verify-session.js';
export { InvalidCursorError } from './encoding/cursor.js';
export { createJourneyStore } from './journeys/journey-store.js';
export { createMemoryStore } from './memories/memory-store.js';
export {
  createKnowledgeStore,
  KnowledgeBaseExistsError,
  type ManagedKnowledgeStore,
  type NewKnowledgeBase,
  type StoredKnowledgeBase,
} from './knowledge/knowledge-store.js';
export * from './migrations/errors.js';
export {
  migrateDown,
  migrateUp,
  migrationStatus,
  type MigrationOptions,
} from './migrations/migrate.js';
export { isMigrated, refuseNewerBreaking, type MigrationStatus } from './migrations/status.js';
export { dumpSchema } from './migrations/schema-dump.js';
export type { Queryable } from './migrations/ledger.js';
export { identitySchema, WORKSPACE_ROLES, type WorkspaceRole } from './schema/identity.js';
export * from './secrets/cipher.js';
export { keyIdOf } from './secrets/key-id.js';
export { createKeyRing } from './secrets/key-ring.js';
export {
  keysInUse,
  rotateSecrets,
  type KeyUse,
  type Rotation,
  type UnreadableSecret,
} from './secrets/rotate-secrets.js';
export {
  createSecretStore,
  type ManagedSecretStore,
  type SecretSummary,
} from './secrets/secret-store.js';
export { MissingReferenceError } from './sessions/errors.js';
export { createSessionStore, LIVE_STATUSES } from './sessions/session-store.js';
export { sessionVersions } from './sessions/session-versions.js';
export {
  createSessionUpkeep,
  type EventStatistics,
  type SessionUpkeep,
} from './sessions/session-upkeep.js';
export {
  createJobWorker,
  type Job,
  type JobHandler,
  type JobWorker,
  type JobWorkerOptions,
} from './jobs/job-worker.js';
export type { RecurringTask } from './jobs/recurring.js';
export { TIMER_TASK, WEBHOOK_TASK } from './jobs/tasks.js';
export {
  createRetention,
  type Retention,
  type RetentionCutoffs,
  type RetentionResult,
} from './sessions/retention.js';
export {
  createWebhookStore,
  type ManagedWebhookStore,
  type StoredWebhook,
  type WebhookChange,
} from './webhooks/webhook-store.js';
export {
  createDeliveryStore,
  type DeliveryStore,
  type DeliverySummary,
  type DueDelivery,
} from './webhooks/delivery-store.js';
export { UnknownWorkflowError, VersionConflictError } from './workflows/errors.js';
export * from './workflows/workflow-store.js';
export {
  createToolStore,
  ToolExistsError,
  type ManagedToolStore,
  type StoredTool,
  type ToolChange,
} from './tools/tool-store.js';
export * from './workspaces/workspace-store.js';
