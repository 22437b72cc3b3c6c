import { createHash } from 'node:crypto';
import { createBlocks, createTools, type Tools } from '@sim/blocks';
import {
  createEngine,
  createSessionMover,
  type Clock,
  type Engine,
  type EventBus,
  type LanguageUnderstanding,
  type MovePorts,
  type SessionStore,
} from '@sim/engine';
import { MemoryBus } from '@sim/memory';
import { createInternalUnderstanding } from '@sim/nlu';
import {
  createKeyRing,
  createDatabase,
  createJourneyStore,
  createMemoryStore,
  createKnowledgeStore,
  createSecretStore,
  createSessionStore,
  createToolStore,
  isMigrated,
  type Database,
  type DatabaseOptions,
} from '@sim/postgres';
import { createRedis, RedisBus, type RedisConnection } from '@sim/redis';
import {
  closeLogger,
  createLogger,
  createMetrics,
  newId,
  type Logger,
  type Metrics,
} from '@sim/service-kit';
import type { ConversationConfig, ConversationSecrets } from './config.js';
import {
  createJourneyService,
  type JourneyService,
  type JourneyServicePorts,
} from './journeys/journey-service.js';
import type { MigrationPorts } from './journeys/migrate-sessions.js';
import { createTurnMetrics, type TurnMetrics } from './metrics.js';
import { createResumeLinks, type ResumeLinks } from './resume/resume-links.js';
import { createUpkeep } from './upkeep.js';

/** Pages that sim-app serves. */
const DOCS_BASE = '/docs/errors';

/** Everything that the service works with. */
export interface ConversationContext {
  readonly config: ConversationConfig;
  readonly secrets: ConversationSecrets;
  readonly version: string;
  /** Where the pages of the problem codes are. */
  readonly docsBase: string;
  /** On one machine with sim-app, where `localhost` and `127.0.0.1` are the same. */
  readonly embedded: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly turnMetrics: TurnMetrics;
  readonly database: Database;
  readonly redis: RedisConnection | null;
  readonly bus: EventBus;
  readonly sessions: SessionStore;
  readonly understanding: LanguageUnderstanding;
  readonly journeyService: JourneyService;
  readonly engine: Engine;
  /** Moves sessions between the versions of their journey. */
  readonly migration: MigrationPorts;
  /** By which questions are answered without a sign-in. */
  readonly links: ResumeLinks;
  /** Begins to do jobs and to look after sessions that nobody asks about. */
  startUpkeep(): void;
  isMigrated(): Promise<boolean>;
  /** Loads what the first turn would wait for: true once that is done. */
  warm(): Promise<boolean>;
  close(): Promise<void>;
}

/** What tests and the embedded mode put in place of their own. */
export type ConversationOverrides = Partial<
  Pick<ConversationContext, 'logger' | 'bus' | 'clock' | 'embedded'>
>;

/** Builds everything from the settings; nothing connects before it is asked to. */
export function contextFromConfig(
  config: ConversationConfig,
  secrets: ConversationSecrets,
  overrides: ConversationOverrides = {},
): ConversationContext {
  const { version } = config.platform;
  const clock = overrides.clock ?? (() => new Date());
  const logger =
    overrides.logger ?? createLogger({ service: 'conversation-service', version, ...config.log });
  const metrics = createMetrics({
    service: 'conversation-service',
    processMetrics: overrides.embedded !== true,
  });
  const database = createDatabase(databaseOptions(config, secrets), logger);
  const redis = config.redis ? createRedis({ ...config.redis, ...secrets.redis }, logger) : null;
  const bus = overrides.bus ?? (redis ? new RedisBus(redis) : new MemoryBus());
  const { cipher, secretStore, toolStore, tools } = toolsOf(config, secrets, database);
  const blocks = blocksOf(config, secrets, { database, tools, clock });
  const understanding = createInternalUnderstanding();
  const sessions = createSessionStore(database, clock);
  const journeys = createJourneyStore(database);
  const engine = createEngine({
    sessions,
    journeys,
    secrets: secretStore,
    bus,
    understanding,
    executors: blocks.executors,
    tools,
    clock,
    newId,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    log: logger,
    settings: config.engine,
  });
  const migration = migrationOf(
    mappingPorts(config, { journeys, tools: toolStore, blocks, clock }),
    { sessions, journeys, bus, clock, newId, log: logger },
  );
  const links = createResumeLinks({ secret: secrets.jwt, publicUrl: config.links.publicUrl });
  const upkeep = createUpkeep({ config, database, cipher, engine, links, logger, clock });
  return {
    config,
    secrets,
    version,
    docsBase: DOCS_BASE,
    embedded: overrides.embedded ?? false,
    clock,
    logger,
    metrics,
    turnMetrics: createTurnMetrics(metrics),
    database,
    redis,
    bus,
    sessions,
    understanding,
    journeyService: migration.journeyService,
    engine,
    migration,
    links,
    startUpkeep: () => upkeep.start(),
    isMigrated: () => isMigrated(database.pool),
    warm: warming(() => warm(understanding, blocks)),
    async close() {
      await upkeep.stop();
      await engine.close();
      await Promise.all([blocks.close(), tools.close()]);
      await redis?.close();
      await database.close();
      if (!overrides.logger) await closeLogger(logger);
    },
  };
}

function mappingPorts(
  { functions }: ConversationConfig,
  {
    blocks,
    ...ports
  }: Omit<JourneyServicePorts, 'knownTypes'> & { blocks: ReturnType<typeof blocksOf> },
): JourneyServicePorts {
  const knownTypes = new Set(blocks.executors.keys());
  // What fetches may write: it is confirmed as an API block is.
  return { ...ports, knownTypes, sideEffects: functions.fetch ? { function: 'write' } : {} };
}

/** Journeys, and what moves sessions between their versions. */
function migrationOf(mapping: JourneyServicePorts, moving: MovePorts): MigrationPorts {
  return {
    journeyService: createJourneyService(mapping),
    journeys: moving.journeys,
    mover: createSessionMover(moving),
  };
}

function databaseOptions(
  { database: { ssl, pool, statementTimeoutMs } }: ConversationConfig,
  { databaseUrl: url }: ConversationSecrets,
): DatabaseOptions {
  return { url, ssl, applicationName: 'conversation-service', pool, statementTimeoutMs };
}

/** What runs blocks by itself. */
function blocksOf(
  { neighbours, model, functions }: ConversationConfig,
  { modelKey }: ConversationSecrets,
  { database, tools, clock }: Pick<ConversationContext, 'database' | 'clock'> & { tools: Tools },
) {
  return createBlocks({
    allowPrivateHosts: neighbours.allowedPrivateHosts,
    tools,
    memories: createMemoryStore(database),
    knowledge: createKnowledgeStore(database),
    sandbox: functions.sandbox,
    functionFetch: functions.fetch ?? undefined,
    clock,
    ...(model && { model: { ...model, apiKey: modelKey } }),
  });
}

/** What workspaces configure to run blocks, and the secrets that it takes. */
function toolsOf(
  { neighbours }: ConversationConfig,
  { encryptionKey, oldEncryptionKeys }: ConversationSecrets,
  database: Database,
) {
  const cipher = createKeyRing(encryptionKey, oldEncryptionKeys);
  const secretStore = createSecretStore(database, cipher);
  const toolStore = createToolStore(database);
  const tools = createTools({
    store: toolStore,
    secrets: secretStore,
    allowPrivateHosts: neighbours.allowedPrivateHosts,
  });
  return { cipher, secretStore, toolStore, tools };
}

/** Once; a machine with too much to do may be too slow at first, and the next probe tries again. */
function warming(work: () => Promise<boolean>): () => Promise<boolean> {
  let warmed: Promise<boolean> | null = null;
  return () =>
    (warmed ??= work().catch((error: unknown) => {
      warmed = null;
      throw error;
    }));
}

/** The first utterance and the first expression load what all later ones find loaded. */
async function warm(
  understanding: LanguageUnderstanding,
  blocks: ReturnType<typeof createBlocks>,
): Promise<boolean> {
  await understanding.understand('hello', {
    awaiting: null,
    focus: null,
    open: [],
    answered: [],
    choices: [],
    now: new Date(0).toISOString(),
    timeZone: 'UTC',
  });
  await blocks.executors.get('condition')?.run(
    { branches: [{ id: 'warm', title: 'warm', expression: 'true' }] },
    {
      signal: AbortSignal.timeout(5_000),
      idempotencyKey: 'warm',
      blockName: 'warm',
      bindings: {},
      secrets: [],
    },
  );
  return true;
}
