import { ConfigError } from '@sim/service-kit';
import { describe, expect, it } from 'vitest';
import { StartError } from './errors.js';
import { startSettings } from './settings.js';

describe('the settings of a start', () => {
  it('have defaults for everything', () => {
    expect(startSettings([], {}, '/project')).toEqual({
      dataDir: '/project/.data',
      reset: false,
      ports: {
        simApp: 3000,
        conversationService: 3001,
        simAppMetrics: 9090,
        conversationServiceMetrics: 9091,
      },
      metricsEnabled: true,
      ownDatabase: false,
      ownRedis: false,
      jwtSecret: null,
      encryptionKey: null,
    });
  });

  it('take what the environment says', () => {
    const env = {
      PORT: '4000',
      CONVERSATION_SERVICE_PORT: '4001',
      METRICS_PORT: '4002',
      DATA_DIR: '/var/lib/sim',
      DATABASE_URL: 'postgresql://a:b@h/db',
      REDIS_URL: 'redis://h:6379',
    };
    expect(startSettings([], env, '/project')).toMatchObject({
      dataDir: '/var/lib/sim',
      ports: { simApp: 4000, conversationService: 4001, conversationServiceMetrics: 4003 },
      ownDatabase: true,
      ownRedis: true,
    });
  });

  it('count an empty variable as unset', () => {
    expect(startSettings([], { PORT: '', DATABASE_URL: ' ' }, '/project')).toMatchObject({
      ports: { simApp: 3000 },
      ownDatabase: false,
    });
  });

  it('know --reset and no other option', () => {
    expect(startSettings(['--reset'], {}, '/project').reset).toBe(true);
    expect(() => startSettings(['--rest'], {}, '/project')).toThrow(/no option --rest.*Usage/s);
  });

  it('do not reset a database that is not theirs', () => {
    const env = { DATABASE_URL: 'postgresql://a:b@h/db' };
    expect(() => startSettings(['--reset'], env, '/project')).toThrow(StartError);
  });

  it.each([
    [{ PORT: 'http' }, 'PORT is "http"; it must be a whole number'],
    [{ PORT: '70000' }, 'PORT is "70000"'],
    [{ PORT: '3001' }, 'CONVERSATION_SERVICE_PORT is not set; it must differ from PORT (3001)'],
    [{ PORT: '9091' }, 'PORT is "9091"; it must differ from METRICS_PORT (9090)'],
    [{ METRICS_PORT: '65535' }, 'METRICS_PORT is "65535"; it must leave room'],
    [{ JWT_SECRET: 'short' }, 'JWT_SECRET is set (value not shown)'],
  ])('refuse %j by name', (env, message) => {
    expect(() => startSettings([], env, '/project')).toThrow(ConfigError);
    expect(() => startSettings([], env, '/project')).toThrow(message);
  });
});
