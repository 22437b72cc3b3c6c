import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { parseConfig } from './parse-config.js';
import { redisCredentials, redisSettings } from './redis-settings.js';

const parse = (env: Record<string, string>) =>
  parseConfig({ redis: redisSettings(), credentials: redisCredentials() }, env);

const messageOf = (env: Record<string, string>): string => {
  try {
    parse(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return 'accepted';
};

describe('the redis settings', () => {
  it('are absent without REDIS_URL', () => {
    expect(parse({ REDIS_PASSWORD: 'unused' }).redis).toBeUndefined();
  });

  it('read one node', () => {
    expect(parse({ REDIS_URL: 'redis://cache.example/3' }).redis).toEqual({
      nodes: [{ host: 'cache.example', port: 6379 }],
      cluster: false,
      tls: false,
      database: 3,
      keyPrefix: 'sim:',
    });
  });

  it('read the nodes of a cluster, with TLS', () => {
    const { redis } = parse({
      REDIS_URL: 'rediss://a:7000, rediss://b:7001,rediss://[::1]:7002',
      REDIS_CLUSTER_MODE: 'true',
      REDIS_KEY_PREFIX: 'sim_prod:',
    });
    expect(redis).toMatchObject({ cluster: true, tls: true, keyPrefix: 'sim_prod:' });
    expect(redis?.nodes).toEqual([
      { host: 'a', port: 7000 },
      { host: 'b', port: 7001 },
      { host: '::1', port: 7002 },
    ]);
  });

  it.each([
    [
      { REDIS_URL: 'redis://h', REDIS_PASSWORD: 'of the variable' },
      { password: 'of the variable' },
    ],
    [{ REDIS_URL: 'redis://:own%20one@h', REDIS_PASSWORD: 'other' }, { password: 'own one' }],
    [{ REDIS_URL: 'redis://ann:pw@h' }, { username: 'ann', password: 'pw' }],
    [{ REDIS_URL: 'redis://h' }, {}],
  ])('take the credentials of %j', (env, expected) => {
    expect(parse(env).credentials).toEqual(expected);
  });

  it.each([
    [{ REDIS_CLUSTER_MODE: 'true' }, 'must name the nodes'],
    [{ REDIS_CLUSTER_MODE: 'true', REDIS_URL: 'redis://one' }, 'must name several nodes'],
    [{ REDIS_URL: 'redis://one,redis://two' }, 'must name one node, unless REDIS_CLUSTER_MODE'],
    [{ REDIS_CLUSTER_MODE: 'true', REDIS_URL: 'redis://a/1,redis://b/1' }, 'database 0 alone'],
    [{ REDIS_URL: 'http://cache.example' }, 'must be a URL like redis://'],
    [{ REDIS_URL: 'redis://h/not-a-number' }, 'must be a URL like redis://'],
    [{ REDIS_URL: ',' }, 'must be a URL like redis://'],
  ])('refuse %j', (env, expected) => {
    expect(messageOf(env)).toContain(expected);
    expect(messageOf(env)).toContain('1 problem:');
  });
});
