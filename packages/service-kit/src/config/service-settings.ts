import { settings } from './parse-config.js';
import {
  durationMs,
  encryptionKey,
  encryptionKeys,
  flag,
  integer,
  oneOf,
  originList,
  port,
  secretText,
  splitList,
  text,
} from './variables.js';

/** What Express's `trust proxy` takes: no proxy, a number of hops, or addresses and their names. */
export type TrustProxy = false | number | readonly string[];

/** `PORT` (the given default) and `TRUST_PROXY`. */
export function httpSettings(defaultPort: number) {
  return settings(
    { PORT: port().default(defaultPort), TRUST_PROXY: text(TRUST_PROXY_ACCEPTS).optional() },
    (v, refuse) => {
      const trustProxy = parseTrustProxy(v.TRUST_PROXY ?? 'false');
      if (trustProxy === undefined) refuse('TRUST_PROXY', `must be ${TRUST_PROXY_ACCEPTS}`);
      return { port: v.PORT, trustProxy: trustProxy ?? false };
    },
  );
}

const TRUST_PROXY_ACCEPTS =
  'false, a number of proxies (1 behind one NGINX), or their addresses with commas between ' +
  '("true" would believe any client about its own address)';

const PROXY_ADDRESS = /^(loopback|linklocal|uniquelocal|[\da-f.:]+(\/\d{1,3})?)$/i;

function parseTrustProxy(raw: string): TrustProxy | undefined {
  if (raw === 'false' || raw === '0') return false;
  if (/^\d{1,2}$/.test(raw)) return Number(raw);
  const parts = splitList(raw);
  return parts.length > 0 && parts.every((part) => PROXY_ADDRESS.test(part)) ? parts : undefined;
}

/** The least length of `JWT_SECRET`, in characters: as many bits as HS256 puts out. */
const JWT_SECRET_LENGTH = 32;

/** `JWT_SECRET`, at least 32 characters. */
export function jwtSecret() {
  const JWT_SECRET = secretText(`at least ${JWT_SECRET_LENGTH} characters`, JWT_SECRET_LENGTH);
  return settings({ JWT_SECRET }, (v) => v.JWT_SECRET);
}

/** `ENCRYPTION_KEY`: 32 bytes, as 32 characters, 64 hexadecimal digits or base64. */
export function encryptionKeySetting() {
  return settings({ ENCRYPTION_KEY: encryptionKey() }, (v) => v.ENCRYPTION_KEY);
}

/** `ENCRYPTION_KEYS_OLD`: further keys that values are read with, as while keys are changed; none by default. */
export function oldEncryptionKeysSetting() {
  return settings(
    { ENCRYPTION_KEYS_OLD: encryptionKeys().default([]) },
    (v) => v.ENCRYPTION_KEYS_OLD,
  );
}

/** How many requests a window takes. */
export interface RateLimit {
  readonly windowMs: number;
  readonly max: number;
}

/** `API_RATE_LIMIT_*` (per address) and `CONVERSATION_RATE_LIMIT_*` (per user or address). */
export function rateLimitSettings() {
  const most = { min: 1, max: 1_000_000_000 };
  return settings(
    {
      API_RATE_LIMIT_WINDOW: durationMs().default(900_000),
      API_RATE_LIMIT_MAX: integer(most).default(1000),
      CONVERSATION_RATE_LIMIT_WINDOW: durationMs().default(60_000),
      CONVERSATION_RATE_LIMIT_MAX: integer(most).default(60),
    },
    (v): { readonly api: RateLimit; readonly conversation: RateLimit } => ({
      api: { windowMs: v.API_RATE_LIMIT_WINDOW, max: v.API_RATE_LIMIT_MAX },
      conversation: {
        windowMs: v.CONVERSATION_RATE_LIMIT_WINDOW,
        max: v.CONVERSATION_RATE_LIMIT_MAX,
      },
    }),
  );
}

/** `METRICS_ENABLED` and `METRICS_PORT`. */
export function metricsSettings() {
  return settings(
    { METRICS_ENABLED: flag().default(true), METRICS_PORT: port().default(9090) },
    (v) => ({ enabled: v.METRICS_ENABLED, port: v.METRICS_PORT }),
  );
}

/** The levels of the log, from the least talkative on. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
/** A level of the log. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How and where a service logs. */
export interface LogSettings {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  /** A folder for the rotated `application.log`, beside standard output. */
  readonly dir?: string;
}

/** `LOG_LEVEL`, `LOG_FORMAT`, `LOG_DIR`; `DEBUG=true` lowers the level to `debug`. */
export function logSettings() {
  return settings(
    {
      LOG_LEVEL: oneOf(LOG_LEVELS).default('info'),
      LOG_FORMAT: oneOf(['json', 'pretty']).default('json'),
      LOG_DIR: text('a folder that the service may write').optional(),
      DEBUG: flag().default(false),
    },
    (v): LogSettings => ({
      level: v.DEBUG && v.LOG_LEVEL !== 'trace' ? 'debug' : v.LOG_LEVEL,
      format: v.LOG_FORMAT,
      ...(v.LOG_DIR !== undefined && { dir: v.LOG_DIR }),
    }),
  );
}

/** `CORS_ORIGINS`: the origins that are trusted beside the request's own host. */
export function corsSettings() {
  return settings({ CORS_ORIGINS: originList().default([]) }, (v) => ({
    origins: v.CORS_ORIGINS,
  }));
}
