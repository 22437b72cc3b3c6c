import { describe, expect, it } from 'vitest';
import { serviceEnvironments } from './environment.js';
import { startSettings } from './settings.js';

const secrets = { jwtSecret: 'j'.repeat(32), encryptionKey: 'e'.repeat(64), demoPassword: 'd' };
const environments = (env: Record<string, string>, databaseUrl: string | null) => {
  const settings = startSettings([], env, '/project');
  return serviceEnvironments(env, settings, secrets, databaseUrl, settings.ports);
};

describe('the environments of the services', () => {
  it('give each its own ports, and both the same database and secrets', () => {
    const { simApp, conversationService } = environments({}, 'postgres://embedded');
    expect(simApp).toMatchObject({
      PORT: '3000',
      METRICS_PORT: '9090',
      CONVERSATION_SERVICE_URL: 'http://127.0.0.1:3001',
    });
    expect(conversationService).toMatchObject({
      PORT: '3001',
      METRICS_PORT: '9091',
      SIM_APP_URL: 'http://127.0.0.1:3000',
      API_BLOCK_ALLOWED_HOSTS: 'localhost:3000,127.0.0.1:3000',
    });
    for (const env of [simApp, conversationService]) {
      expect(env).toMatchObject({
        DATABASE_URL: 'postgres://embedded',
        DATABASE_SSL: 'disable',
        JWT_SECRET: secrets.jwtSecret,
        ENCRYPTION_KEY: secrets.encryptionKey,
      });
    }
  });

  it('read with the key of the data folder where the person sets one of their own', () => {
    const own = { ENCRYPTION_KEY: 'n'.repeat(32), ENCRYPTION_KEYS_OLD: 'o'.repeat(32) };
    expect(environments(own, 'postgres://embedded').simApp).toMatchObject({
      ENCRYPTION_KEY: own.ENCRYPTION_KEY,
      ENCRYPTION_KEYS_OLD: `${own.ENCRYPTION_KEYS_OLD},${secrets.encryptionKey}`,
    });
    // A database of their own was never encrypted with it.
    expect(environments({ ...own, DATABASE_URL: 'postgres://own/db' }, null).simApp).toMatchObject(
      own,
    );
  });

  it('keep what the person set', () => {
    const own = {
      DATABASE_URL: 'postgres://own/db',
      JWT_SECRET: 'x'.repeat(40),
      LOG_LEVEL: 'debug',
      API_BLOCK_ALLOWED_HOSTS: '10.0.0.0/8',
      OPENAI_API_KEY: 'sk-1',
      OPENAI_MODEL: 'mine',
    };
    const { simApp, conversationService } = environments(own, null);
    expect(simApp).toMatchObject(own);
    expect(simApp).not.toHaveProperty('DATABASE_SSL');
    expect(conversationService).toMatchObject({ OPENAI_API_KEY: 'sk-1', OPENAI_MODEL: 'mine' });
    expect(conversationService['API_BLOCK_ALLOWED_HOSTS']).toBe(
      '10.0.0.0/8,localhost:3000,127.0.0.1:3000',
    );
  });
});
