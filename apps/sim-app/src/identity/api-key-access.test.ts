import { MemoryCache } from '@sim/memory';
import express, { type Request } from 'express';
import { describe, expect, it } from 'vitest';
import { createApiKeyAccess } from './api-key-access.js';
import type { ApiKeyOwner, ApiKeyStore } from './api-keys.js';

const OWNER: ApiKeyOwner = {
  keyId: 'key_1',
  userId: 'usr_1',
  userName: 'Ada',
  workspaceId: 'ws_1',
  keyRole: 'editor',
  memberRole: 'owner',
};

/** Access over a store that knows one key, with a clock that the test moves. */
function access(owner: ApiKeyOwner = OWNER) {
  const asked: string[] = [];
  const known = new Map([['sim_good', owner]]);
  let clock = 0;
  const store: ApiKeyStore = {
    create: () => Promise.resolve(null),
    list: () => Promise.resolve([]),
    revoke: () => Promise.resolve(false),
    ownerOf: (key) => {
      asked.push(key);
      return Promise.resolve(known.get(key) ?? null);
    },
  };
  const cache = new MemoryCache({ now: () => clock });
  return {
    asked,
    revoke: () => known.clear(),
    pass: (ms: number) => (clock += ms),
    ...createApiKeyAccess(store, cache, () => new Date(clock)),
  };
}

const request = () => Object.create(express.request) as Request;

describe('access by API key', () => {
  it('is for the person, the workspace and the role of the key', async () => {
    const { resolve, keyIdOf } = access();
    const req = request();
    expect(await resolve('sim_good', req)).toEqual({
      userId: 'usr_1',
      workspaceId: 'ws_1',
      role: 'editor',
      name: 'Ada',
    });
    expect(keyIdOf(req)).toBe('key_1');
    expect(keyIdOf(request())).toBeUndefined();
  });

  it('goes with the lower of the roles of the key and its maker', async () => {
    const fallen = access({ ...OWNER, keyRole: 'admin', memberRole: 'viewer' });
    expect((await fallen.resolve('sim_good', request()))?.role).toBe('viewer');
  });

  it('is looked up once in some seconds', async () => {
    const keys = access();
    const second = request();
    await keys.resolve('sim_good', request());
    await keys.resolve('sim_good', second);
    expect(keys.asked).toHaveLength(1);
    expect(keys.keyIdOf(second)).toBe('key_1');
  });

  it('ends within seconds after the key was revoked', async () => {
    const keys = access();
    await keys.resolve('sim_good', request());
    keys.revoke();
    keys.pass(6000);
    expect(await keys.resolve('sim_good', request())).toBeNull();
  });

  it('is refused to unknown keys each time anew, and to endless ones without a look', async () => {
    const keys = access();
    expect(await keys.resolve('sim_bad', request())).toBeNull();
    expect(await keys.resolve('sim_bad', request())).toBeNull();
    expect(keys.asked).toEqual(['sim_bad', 'sim_bad']);
    expect(await keys.resolve('x'.repeat(10_000), request())).toBeNull();
    expect(keys.asked).toHaveLength(2);
  });
});
