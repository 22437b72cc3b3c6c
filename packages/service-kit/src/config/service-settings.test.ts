import { describe, expect, it } from 'vitest';
import { parseConfig } from './parse-config.js';
import {
  corsSettings,
  encryptionKeySetting,
  httpSettings,
  jwtSecret,
  logSettings,
  metricsSettings,
  rateLimitSettings,
} from './service-settings.js';

const tree = {
  config: {
    http: httpSettings(3001),
    log: logSettings(),
    metrics: metricsSettings(),
    limits: rateLimitSettings(),
    cors: corsSettings(),
  },
  secrets: { jwt: jwtSecret(), encryptionKey: encryptionKeySetting() },
};
const SECRETS = { JWT_SECRET: 'j'.repeat(32), ENCRYPTION_KEY: 'e'.repeat(32) };
const parse = (env: Record<string, string>) => parseConfig(tree, { ...SECRETS, ...env });

describe('the settings of every service', () => {
  it('have defaults for all but the secrets', () => {
    expect(parse({}).config).toEqual({
      http: { port: 3001, trustProxy: false },
      log: { level: 'info', format: 'json' },
      metrics: { enabled: true, port: 9090 },
      limits: {
        api: { windowMs: 900_000, max: 1000 },
        conversation: { windowMs: 60_000, max: 60 },
      },
      cors: { origins: [] },
    });
    expect(() => parseConfig(tree, {})).toThrow(/JWT_SECRET is not set.*\n.*ENCRYPTION_KEY is not/);
  });

  it('read every variable', () => {
    const { config } = parse({
      PORT: '0',
      TRUST_PROXY: '1',
      LOG_LEVEL: 'WARN',
      LOG_FORMAT: 'pretty',
      LOG_DIR: '/app/logs',
      METRICS_ENABLED: 'false',
      METRICS_PORT: '0',
      API_RATE_LIMIT_WINDOW: '1000',
      API_RATE_LIMIT_MAX: '10',
      CONVERSATION_RATE_LIMIT_WINDOW: '2000',
      CONVERSATION_RATE_LIMIT_MAX: '20',
      CORS_ORIGINS: 'https://app.example.com',
    });
    expect(config).toEqual({
      http: { port: 0, trustProxy: 1 },
      log: { level: 'warn', format: 'pretty', dir: '/app/logs' },
      metrics: { enabled: false, port: 0 },
      limits: { api: { windowMs: 1000, max: 10 }, conversation: { windowMs: 2000, max: 20 } },
      cors: { origins: ['https://app.example.com'] },
    });
  });

  it.each([
    ['false', false],
    ['0', false],
    ['2', 2],
    ['loopback, 10.0.0.0/8,fc00::/7', ['loopback', '10.0.0.0/8', 'fc00::/7']],
  ])('read TRUST_PROXY=%s', (raw, expected) => {
    expect(parse({ TRUST_PROXY: raw }).config.http.trustProxy).toEqual(expected);
  });

  it.each(['true', 'proxy.example.com', '-1'])('refuse TRUST_PROXY=%s', (raw) => {
    expect(() => parse({ TRUST_PROXY: raw })).toThrow(/TRUST_PROXY is/);
  });

  it.each([
    [{ DEBUG: 'true' }, 'debug'],
    [{ DEBUG: 'true', LOG_LEVEL: 'error' }, 'debug'],
    [{ DEBUG: 'true', LOG_LEVEL: 'trace' }, 'trace'],
    [{ DEBUG: 'false', LOG_LEVEL: 'error' }, 'error'],
  ])('log at the level of %j', (env, expected) => {
    expect(parse(env).config.log.level).toBe(expected);
  });

  it('want secrets that are long enough', () => {
    expect(() => parse({ JWT_SECRET: 'short', ENCRYPTION_KEY: 'short' })).toThrow(
      /JWT_SECRET is set \(value not shown\); it must be at least 32 characters\n.*32 bytes/,
    );
  });
});
