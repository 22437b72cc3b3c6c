import { createTools, createWebhookSender, type Tools, type WebhookSender } from '@sim/blocks';
import type { Clock, EventBus, JourneyStore, SessionStore } from '@sim/engine';
import { MemoryBus, MemoryCache } from '@sim/memory';
import {
  createKeyRing,
  createDatabase,
  createDeliveryStore,
  createJourneyStore,
  createKnowledgeStore,
  createSecretStore,
  createSessionStore,
  createToolStore,
  createWebhookStore,
  createWorkflowStore,
  createWorkspaceStore,
  isMigrated,
  sessionVersions,
  type Database,
  type DeliveryStore,
  type ManagedKnowledgeStore,
  type ManagedSecretStore,
  type ManagedToolStore,
  type ManagedWebhookStore,
  type WorkflowStore,
  type WorkspaceStore,
} from '@sim/postgres';
import { createRedis, RedisBus, type RedisConnection } from '@sim/redis';
import {
  closeLogger,
  createLogger,
  createMetrics,
  type Logger,
  type Metrics,
} from '@sim/service-kit';
import { createAudit, NO_AUDIT, type Audit } from './audit/audit.js';
import type { SimAppConfig, SimAppSecrets } from './config.js';
import { createFeatureFlags, type FeatureFlagSource } from './flags/feature-flags.js';
import { registerPoolMetrics } from './health/pool-metrics.js';
import { readSamples, type Sample } from './home/samples.js';
import { createApiKeyAccess, type ApiKeyAccess } from './identity/api-key-access.js';
import { createApiKeyStore, type ApiKeyStore } from './identity/api-keys.js';
import { createSignIn, type SignIn } from './identity/sign-in.js';
import { createMemberStore, type MemberStore } from './workspaces/members.js';

/** Everything that sim-app works with. */
export interface SimAppContext {
  readonly config: SimAppConfig;
  readonly secrets: SimAppSecrets;
  readonly version: string;
  /** Where the pages of the problem codes are. */
  readonly docsBase: string;
  /** On one machine with its only users, where `localhost` and `127.0.0.1` are the same. */
  readonly embedded: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly redis: RedisConnection | null;
  /** Says when a session has something new. */
  readonly bus: EventBus;
  /** Sessions are written by conversation-service; here they are read for those who follow them. */
  readonly sessions: Pick<SessionStore, 'load' | 'events'>;
  readonly journeys: Pick<JourneyStore, 'journey'>;
  sessionVersions(sessionIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  readonly signIn: SignIn;
  readonly workspaces: WorkspaceStore;
  readonly members: MemberStore;
  readonly apiKeys: ApiKeyStore;
  readonly apiKeyAccess: ApiKeyAccess;
  readonly workflows: WorkflowStore;
  readonly secretStore: ManagedSecretStore;
  readonly toolStore: ManagedToolStore;
  readonly knowledge: ManagedKnowledgeStore;
  /** Calls tools, to try them. */
  readonly tools: Tools;
  readonly webhookStore: ManagedWebhookStore;
  readonly deliveryStore: DeliveryStore;
  /** Tells webhooks something, to try them. */
  readonly webhookSender: WebhookSender;
  readonly audit: Audit;
  readonly flags: FeatureFlagSource;
  readonly samples: readonly Sample[];
  isMigrated(): Promise<boolean>;
  close(): Promise<void>;
}

/** What tests and the embedded mode put in place of their own. */
export type SimAppOverrides = Partial<Pick<SimAppContext, 'logger' | 'clock' | 'embedded' | 'bus'>>;

const DOCS_BASE = '/docs/errors';

/**
 * Builds everything from the settings; nothing connects before it is asked to.
 * @throws {FeatureFlagsError} where the file of the flags is not usable.
 */
export function contextFromConfig(
  config: SimAppConfig,
  secrets: SimAppSecrets,
  overrides: SimAppOverrides = {},
): SimAppContext {
  const { version } = config.platform;
  const embedded = overrides.embedded ?? false;
  const clock = overrides.clock ?? (() => new Date());
  const logger = overrides.logger ?? createLogger({ service: 'sim-app', version, ...config.log });
  const flags = createFeatureFlags(config.platform.featureFlagsFile, logger);
  const metrics = createMetrics({ service: 'sim-app', processMetrics: !embedded });
  const database = openDatabase(config, secrets, logger);
  registerPoolMetrics(metrics, database);
  const redis = config.redis ? createRedis({ ...config.redis, ...secrets.redis }, logger) : null;
  const cipher = createKeyRing(secrets.encryptionKey, secrets.oldEncryptionKeys);
  const secretStore = createSecretStore(database, cipher);
  const toolStore = createToolStore(database);
  const tools = createTools({
    store: toolStore,
    secrets: secretStore,
    allowPrivateHosts: config.platform.allowedPrivateHosts,
  });
  const { allowedPrivateHosts: allowPrivateHosts } = config.platform;
  const webhookSender = createWebhookSender({ allowPrivateHosts });
  const apiKeys = createApiKeyStore(database);
  const apiKeyAccess = createApiKeyAccess(apiKeys, new MemoryCache({ maxEntries: 1000 }), clock);
  return {
    config,
    secrets,
    version,
    docsBase: DOCS_BASE,
    embedded,
    clock,
    logger,
    metrics,
    database,
    redis,
    bus: overrides.bus ?? (redis ? new RedisBus(redis) : new MemoryBus()),
    sessions: createSessionStore(database, clock),
    journeys: createJourneyStore(database),
    sessionVersions: (ids) => sessionVersions(database, ids),
    signIn: createSignIn({
      database,
      secret: secrets.jwt,
      sessionSeconds: config.identity.signInSeconds,
      secureCookies: config.identity.secureCookies,
    }),
    workspaces: createWorkspaceStore(database),
    members: createMemberStore(database),
    apiKeys,
    apiKeyAccess,
    workflows: createWorkflowStore(database),
    secretStore,
    toolStore,
    knowledge: createKnowledgeStore(database),
    tools,
    webhookStore: createWebhookStore(database, cipher),
    deliveryStore: createDeliveryStore(database, cipher),
    webhookSender,
    audit: config.platform.auditLog
      ? createAudit({ database, clock, keyIdOf: apiKeyAccess.keyIdOf })
      : NO_AUDIT,
    flags,
    samples: readSamples(config.platform.samplesDir),
    isMigrated: () => isMigrated(database.pool),
    async close() {
      await Promise.all([tools.close(), webhookSender.close()]);
      await redis?.close();
      await database.close();
      if (!overrides.logger) await closeLogger(logger);
    },
  };
}

function openDatabase(config: SimAppConfig, secrets: SimAppSecrets, logger: Logger): Database {
  const { ssl, pool, statementTimeoutMs } = config.database;
  return createDatabase(
    { url: secrets.databaseUrl, applicationName: 'sim-app', ssl, pool, statementTimeoutMs },
    logger,
  );
}
