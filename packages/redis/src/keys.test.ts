import { describe, expect, it } from 'vitest';
import { redisKeys } from './keys.js';

describe('redisKeys', () => {
  const keys = redisKeys('sim_prod:');

  it('begins every key and channel with the prefix', () => {
    expect([
      keys.cache('session', 'ses_1'),
      keys.cache('nlp', 'abc'),
      keys.cache('journey', 'hash'),
      keys.rateLimit('api'),
      keys.channel('session:ses_1'),
      keys.socketAdapter,
    ]).toEqual([
      'sim_prod:session:{ses_1}',
      'sim_prod:nlp:{abc}',
      'sim_prod:journey:{hash}',
      'sim_prod:rl:api:',
      'sim_prod:bus:session:ses_1',
      'sim_prod:socket.io',
    ]);
  });

  it('keeps deployments with different prefixes apart', () => {
    expect(redisKeys('a:').channel('x')).not.toBe(redisKeys('b:').channel('x'));
  });
});
