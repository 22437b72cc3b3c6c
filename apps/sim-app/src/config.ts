import {
  corsSettings,
  databaseSettings,
  databaseUrl,
  encryptionKeySetting,
  oldEncryptionKeysSetting,
  flag,
  httpSettings,
  httpUrl,
  integer,
  jwtSecret,
  list,
  logSettings,
  metricsSettings,
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

const DEFAULT_PORT = 3000;
const DEFAULT_CONVERSATION_SERVICE = 'http://127.0.0.1:3001';
const QUARTER_OF_AN_HOUR = 900;
const A_WEEK = 604_800;
const A_YEAR = 31_536_000;

/** Variables of identity: how long what lasts, and whether cookies are for https alone. */
function identitySettings() {
  return settings(
    {
      ACCESS_TOKEN_TTL: integer({ min: 30, max: 86_400, unit: 'seconds' }).default(
        QUARTER_OF_AN_HOUR,
      ),
      SIGN_IN_TTL: integer({ min: 300, max: A_YEAR, unit: 'seconds' }).default(A_WEEK),
      COOKIE_SECURE: flag().optional(),
      NODE_ENV: text('production, development or test').optional(),
    },
    (v) => ({
      accessTokenSeconds: v.ACCESS_TOKEN_TTL,
      signInSeconds: v.SIGN_IN_TTL,
      secureCookies: v.COOKIE_SECURE ?? v.NODE_ENV === 'production',
    }),
  );
}

/** Where conversation-service is, and whether it is used at all. */
function conversationSettings() {
  return settings(
    {
      CONVERSATION_SERVICE_URL: httpUrl().default(DEFAULT_CONVERSATION_SERVICE),
      CONVERSATIONAL_WORKFLOWS_ENABLED: flag().default(true),
    },
    (v) => ({
      serviceUrl: v.CONVERSATION_SERVICE_URL,
      enabled: v.CONVERSATIONAL_WORKFLOWS_ENABLED,
    }),
  );
}

/** Live connections: when one is dead, and how many there may be on a replica. */
function socketSettings() {
  return settings(
    {
      WS_HEARTBEAT_INTERVAL: integer({ min: 1000, max: 600_000, unit: 'ms' }).default(30_000),
      WS_CONNECTION_TIMEOUT: integer({ min: 2000, max: 1_200_000, unit: 'ms' }).default(60_000),
      WS_MAX_CONNECTIONS: integer({ min: 1, max: 1_000_000 }).default(5000),
    },
    (v, refuse) => {
      if (v.WS_CONNECTION_TIMEOUT <= v.WS_HEARTBEAT_INTERVAL) {
        refuse(
          'WS_CONNECTION_TIMEOUT',
          `must be longer than WS_HEARTBEAT_INTERVAL (${v.WS_HEARTBEAT_INTERVAL}), so that an answer can come`,
        );
      }
      return {
        heartbeatMs: v.WS_HEARTBEAT_INTERVAL,
        timeoutMs: v.WS_CONNECTION_TIMEOUT,
        maxConnections: v.WS_MAX_CONNECTIONS,
      };
    },
  );
}

function platformSettings() {
  return settings(
    {
      FEATURE_FLAGS_FILE: text('the path of a JSON file').optional(),
      AUDIT_LOG_ENABLED: flag().default(true),
      SAMPLES_DIR: text('a folder with sample workflows').optional(),
      API_BLOCK_ALLOWED_HOSTS: list().default([]),
      APP_VERSION: text('a version').default('0.1.0'),
      GIT_SHA: text('a revision').optional(),
    },
    (v) => ({
      auditLog: v.AUDIT_LOG_ENABLED,
      ...(v.FEATURE_FLAGS_FILE !== undefined && { featureFlagsFile: v.FEATURE_FLAGS_FILE }),
      ...(v.SAMPLES_DIR !== undefined && { samplesDir: v.SAMPLES_DIR }),
      /** That a trial of a tool may reach though their addresses are not public. */
      allowedPrivateHosts: v.API_BLOCK_ALLOWED_HOSTS,
      version: v.APP_VERSION,
      ...(v.GIT_SHA !== undefined && { revision: v.GIT_SHA }),
    }),
  );
}

/** Every setting of sim-app: nothing of `config` is secret, everything of `secrets` is. */
export const simAppSettings = () => ({
  config: {
    http: httpSettings(DEFAULT_PORT),
    log: logSettings(),
    metrics: metricsSettings(),
    cors: corsSettings(),
    rateLimits: rateLimitSettings(),
    database: databaseSettings(),
    redis: redisSettings(),
    identity: identitySettings(),
    conversation: conversationSettings(),
    sockets: socketSettings(),
    model: modelSettings(),
    platform: platformSettings(),
  },
  secrets: {
    jwt: jwtSecret(),
    encryptionKey: encryptionKeySetting(),
    oldEncryptionKeys: oldEncryptionKeysSetting(),
    databaseUrl: databaseUrl(),
    redis: redisCredentials(),
  },
});

type Settings = Parsed<ReturnType<typeof simAppSettings>>;

/** Settings that may be shown. */
export type SimAppConfig = Settings['config'];
/** Settings that may not. */
export type SimAppSecrets = Settings['secrets'];

/**
 * Reads every setting at once.
 * @throws {ConfigError} with all that is wrong.
 */
export function readConfig(env: Environment = process.env): Settings {
  return parseConfig(simAppSettings(), env);
}
