import { ConfigError, describeVariables } from '@sim/service-kit';
import { describe, expect, it } from 'vitest';
import { readConfig, simAppSettings } from './config.js';

const least = {
  DATABASE_URL: 'postgresql://sim:pw@db.example:5432/sim',
  JWT_SECRET: 'j'.repeat(32),
  ENCRYPTION_KEY: 'e'.repeat(32),
};

describe('the configuration of sim-app', () => {
  it('needs a database and two secrets, and has a default for everything else', () => {
    const { config, secrets } = readConfig(least);
    expect(config.http.port).toBe(3000);
    expect(config.conversation).toEqual({ serviceUrl: 'http://127.0.0.1:3001', enabled: true });
    expect(config.identity).toEqual({
      accessTokenSeconds: 900,
      signInSeconds: 604_800,
      secureCookies: false,
    });
    expect(config.redis).toBeUndefined();
    expect(config.rateLimits.api).toEqual({ windowMs: 900_000, max: 1000 });
    expect(config.platform).toEqual({ allowedPrivateHosts: [], auditLog: true, version: '0.1.0' });
    expect(secrets.encryptionKey).toHaveLength(32);
  });

  it('names every problem at once', () => {
    const load = () => readConfig({ PORT: 'http', JWT_SECRET: 'short', ENCRYPTION_KEY: 'short' });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/PORT[\s\S]*JWT_SECRET|JWT_SECRET[\s\S]*PORT/);
    expect(load).toThrow(/DATABASE_URL/);
    expect(load).toThrow(/ENCRYPTION_KEY/);
    expect(load).not.toThrow(/short"/);
  });

  it('sets when a live connection is dead, and how many there may be', () => {
    expect(readConfig(least).config.sockets).toEqual({
      heartbeatMs: 30_000,
      timeoutMs: 60_000,
      maxConnections: 5000,
    });
    const load = (more: object) => () => readConfig({ ...least, ...more });
    expect(load({ WS_MAX_CONNECTIONS: '0' })).toThrow(/WS_MAX_CONNECTIONS/);
    expect(load({ WS_HEARTBEAT_INTERVAL: 'often' })).toThrow(/WS_HEARTBEAT_INTERVAL/);
    expect(load({ WS_HEARTBEAT_INTERVAL: '60000' })).toThrow(
      /WS_CONNECTION_TIMEOUT[\s\S]*longer than WS_HEARTBEAT_INTERVAL \(60000\)/,
    );
  });

  it('knows whether there is a model, and keeps no key of it', () => {
    expect(readConfig(least).config.model).toBeNull();
    const { config, secrets } = readConfig({ ...least, OPENAI_API_KEY: 'sk-1' });
    expect(config.model).not.toBeNull();
    expect(JSON.stringify({ config, secrets })).not.toContain('sk-1');
  });

  it('counts an empty variable as unset', () => {
    expect(readConfig({ ...least, CONVERSATION_SERVICE_URL: '' }).config.conversation).toEqual(
      readConfig(least).config.conversation,
    );
  });

  it('keeps cookies to https in production, unless told otherwise', () => {
    const secure = (env: object) => readConfig({ ...least, ...env }).config.identity.secureCookies;
    expect(secure({ NODE_ENV: 'production' })).toBe(true);
    expect(secure({ NODE_ENV: 'production', COOKIE_SECURE: 'false' })).toBe(false);
    expect(secure({ COOKIE_SECURE: 'true' })).toBe(true);
  });

  it('takes the address of the conversation service without a slash at its end', () => {
    const { config } = readConfig({ ...least, CONVERSATION_SERVICE_URL: 'http://talk:3001/' });
    expect(config.conversation.serviceUrl).toBe('http://talk:3001');
    expect(() => readConfig({ ...least, CONVERSATION_SERVICE_URL: 'talk:3001' })).toThrow(
      /CONVERSATION_SERVICE_URL/,
    );
  });

  it('keeps secrets apart from what may be shown', () => {
    const { config } = readConfig(least);
    expect(JSON.stringify(config)).not.toContain('pw');
    expect(JSON.stringify(config)).not.toContain('jjjj');
  });

  it('describes every variable, for the page that lists them', () => {
    const names = describeVariables(simAppSettings()).map(({ variable }) => variable);
    expect(names).toEqual(expect.arrayContaining(['PORT', 'JWT_SECRET', 'FEATURE_FLAGS_FILE']));
  });
});
