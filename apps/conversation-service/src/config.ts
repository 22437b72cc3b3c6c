import {
  corsSettings,
  databaseSettings,
  databaseUrl,
  encryptionKeySetting,
  flag,
  oldEncryptionKeysSetting,
  httpSettings,
  httpUrl,
  integer,
  jwtSecret,
  list,
  logSettings,
  metricsSettings,
  modelKey,
  modelSettings,
  parseConfig,
  rateLimitSettings,
  redisCredentials,
  redisSettings,
  settings,
  text,
  type Environment,
  type Parsed,
} from '@sim/service-kit';
import { DEFAULT_ENGINE_SETTINGS } from '@sim/engine';

const DEFAULT_PORT = 3001;
const DAY_MS = 86_400_000;
const DEFAULT_SIM_APP = 'http://localhost:3000';

const milliseconds = (min: number, max: number) => integer({ min, max, unit: 'ms' });

function sessionSettings() {
  const defaults = DEFAULT_ENGINE_SETTINGS;
  const most = { min: 1, max: 100_000_000 };
  return settings(
    {
      SESSION_TIMEOUT_MS: milliseconds(1000, 30 * DAY_MS).default(defaults.sessionTimeoutMs),
      MAX_CONCURRENT_SESSIONS: integer(most).default(defaults.maxConcurrentSessions),
      MAX_SESSIONS_PER_USER: integer(most).default(defaults.maxSessionsPerUser),
      BLOCK_TIMEOUT_MS: milliseconds(100, 600_000).default(defaults.blockTimeoutMs),
      SESSION_LEASE_MS: milliseconds(1000, 300_000).default(defaults.leaseMs),
      REPLY_WITHIN_MS: milliseconds(100, 60_000).default(defaults.replyWithinMs),
      SESSION_REMINDER_AFTER_MS: milliseconds(0, 30 * DAY_MS).default(defaults.reminderAfterMs),
      SESSION_REMINDER_MAX: integer({ min: 1, max: 20 }).default(defaults.maxReminders),
      DEFAULT_TIME_ZONE: text('an IANA time zone such as Europe/Berlin').default('UTC'),
    },
    (v) => ({
      ...defaults,
      sessionTimeoutMs: v.SESSION_TIMEOUT_MS,
      maxConcurrentSessions: v.MAX_CONCURRENT_SESSIONS,
      maxSessionsPerUser: v.MAX_SESSIONS_PER_USER,
      blockTimeoutMs: v.BLOCK_TIMEOUT_MS,
      leaseMs: v.SESSION_LEASE_MS,
      replyWithinMs: v.REPLY_WITHIN_MS,
      reminderAfterMs: v.SESSION_REMINDER_AFTER_MS,
      maxReminders: v.SESSION_REMINDER_MAX,
      timeZone: v.DEFAULT_TIME_ZONE,
    }),
  );
}

/** sim-app and most proxies cut a connection that is silent for two minutes. */
const LONGEST_WAIT_MS = 110_000;

function runSettings() {
  return settings({ RUN_WAIT_MS: milliseconds(0, LONGEST_WAIT_MS).default(60_000) }, (v) => ({
    waitMs: v.RUN_WAIT_MS,
  }));
}

function upkeepSettings() {
  return settings(
    { SESSION_CLEANUP_INTERVAL_MS: milliseconds(100, DAY_MS).default(300_000) },
    (v) => ({ expiryIntervalMs: v.SESSION_CLEANUP_INTERVAL_MS }),
  );
}

const days = () => integer({ min: 1, max: 36_500, unit: 'days' });

/** What is kept for ever where nothing is said. */
function retentionSettings() {
  return settings(
    {
      TURN_RETENTION_DAYS: days().optional(),
      EVENT_RETENTION_DAYS: days().optional(),
      SESSION_RETENTION_DAYS: days().optional(),
      WEBHOOK_DELIVERY_RETENTION_DAYS: days().default(30),
    },
    (v) => ({
      turns: v.TURN_RETENTION_DAYS ?? null,
      events: v.EVENT_RETENTION_DAYS ?? null,
      sessions: v.SESSION_RETENTION_DAYS ?? null,
      deliveries: v.WEBHOOK_DELIVERY_RETENTION_DAYS,
    }),
  );
}

/** Links that are sent to people. `SIM_APP_URL`, read below too, is where they lead where nothing is said. */
function linkSettings() {
  return settings(
    {
      PUBLIC_URL: httpUrl().optional(),
      SIM_APP_URL: httpUrl().default(DEFAULT_SIM_APP),
      RESUME_LINK_TTL_MS: milliseconds(60_000, 365 * DAY_MS).default(7 * DAY_MS),
    },
    (v) => ({
      publicUrl: v.PUBLIC_URL ?? v.SIM_APP_URL,
      resumeTtlMs: v.RESUME_LINK_TTL_MS,
    }),
  );
}

function neighbours() {
  return settings(
    {
      SIM_APP_URL: httpUrl().default(DEFAULT_SIM_APP),
      PARLANT_SERVER_URL: httpUrl().optional(),
      API_BLOCK_ALLOWED_HOSTS: list().default([]),
    },
    (v) => ({
      simAppUrl: v.SIM_APP_URL,
      parlantUrl: v.PARLANT_SERVER_URL ?? null,
      allowedPrivateHosts: v.API_BLOCK_ALLOWED_HOSTS,
    }),
  );
}

const MIB = 1024 * 1024;

/** What code of authors may take and reach. */
function functionSettings() {
  return settings(
    {
      FUNCTION_TIMEOUT_MS: milliseconds(100, 600_000).default(5_000),
      FUNCTION_MEMORY_MB: integer({ min: 8, max: 1_024, unit: 'MiB' }).default(64),
      FUNCTION_MAX_OUTPUT_LENGTH: integer({
        min: 1_000,
        max: 10 * MIB,
        unit: 'characters',
      }).default(MIB),
      FUNCTION_FETCH_ENABLED: flag().default(false),
      FUNCTION_FETCH_MAX_REQUESTS: integer({ min: 1, max: 100 }).default(10),
    },
    (v) => ({
      sandbox: {
        functionTimeoutMs: v.FUNCTION_TIMEOUT_MS,
        memoryBytes: v.FUNCTION_MEMORY_MB * MIB,
        maxValueLength: v.FUNCTION_MAX_OUTPUT_LENGTH,
      },
      fetch: v.FUNCTION_FETCH_ENABLED ? { maxRequests: v.FUNCTION_FETCH_MAX_REQUESTS } : null,
    }),
  );
}

function platformSettings() {
  return settings({ APP_VERSION: text('a version').default('0.1.0') }, (v) => ({
    version: v.APP_VERSION,
  }));
}

/** Everything that the service reads of its environment. */
export const conversationSettings = {
  config: {
    http: httpSettings(DEFAULT_PORT),
    database: databaseSettings(),
    redis: redisSettings(),
    rateLimits: rateLimitSettings(),
    metrics: metricsSettings(),
    log: logSettings(),
    cors: corsSettings(),
    engine: sessionSettings(),
    runs: runSettings(),
    upkeep: upkeepSettings(),
    retention: retentionSettings(),
    links: linkSettings(),
    neighbours: neighbours(),
    model: modelSettings(),
    functions: functionSettings(),
    platform: platformSettings(),
  },
  secrets: {
    jwt: jwtSecret(),
    encryptionKey: encryptionKeySetting(),
    oldEncryptionKeys: oldEncryptionKeysSetting(),
    databaseUrl: databaseUrl(),
    redis: redisCredentials(),
    modelKey: modelKey(),
  },
} as const;

export type ConversationConfig = Parsed<typeof conversationSettings.config>;
export type ConversationSecrets = Parsed<typeof conversationSettings.secrets>;

/**
 * Reads the environment.
 * @throws ConfigError with every problem at once
 */
export function readConfig(env: Environment): {
  config: ConversationConfig;
  secrets: ConversationSecrets;
} {
  return parseConfig(conversationSettings, env);
}
