import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { NOON, seedWorkspace } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { keyIdOf } from './key-id.js';
import { createKeyRing } from './key-ring.js';
import { keysInUse, rotateSecrets } from './rotate-secrets.js';
import { createSecretStore } from './secret-store.js';
import { createWebhookStore } from '../webhooks/webhook-store.js';

const [old, current] = [randomBytes(32), randomBytes(32)];
const before = createKeyRing(old);
const after = createKeyRing(current, [old]);
const NAMES = ['A', 'B', 'C', 'D', 'E'];

let home: TestDatabase;
let database: Database;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  for (const owner of ['ann', 'bob']) await seedWorkspace(database, owner);
});
afterAll(() => home.drop());

const put = (owner: string, name: string, cipher = before) =>
  createSecretStore(database, cipher).put({
    workspaceId: `ws_${owner}`,
    name,
    value: `${owner} ${name}`,
    updatedBy: `usr_${owner}`,
    now: NOON,
  });
const read = (owner: string, cipher = after) =>
  createSecretStore(database, cipher).values(`ws_${owner}`, NAMES);
const valuesOf = (owner: string) =>
  Object.fromEntries(NAMES.map((name) => [name, `${owner} ${name}`]));
const ids = async () =>
  (await keysInUse(database, after)).map(({ use, secrets }) => [use, secrets]);

beforeEach(async () => {
  await database.query({ text: 'DELETE FROM secrets' });
  for (const owner of ['ann', 'bob']) for (const name of NAMES) await put(owner, name);
});

describe('a rotation', () => {
  it('encrypts every value anew, whatever fits into a batch, and a second one finds nothing', async () => {
    const counts: number[] = [];
    const done = await rotateSecrets(database, after, {
      batch: 3,
      onBatch: (rotated) => counts.push(rotated),
    });
    expect(done).toEqual({ rotated: 10, unreadable: [] });
    expect(counts).toEqual([3, 6, 9, 10]);
    expect(await ids()).toEqual([['current', 10]]);
    expect([await read('ann'), await read('bob')]).toEqual([valuesOf('ann'), valuesOf('bob')]);
    const again = await rotateSecrets(database, after, { batch: 3 });
    expect(again).toEqual({ rotated: 0, unreadable: [] });
    await expect(read('ann', before)).rejects.toMatchObject({ keyId: keyIdOf(current) });
  });

  it('takes the secrets of webhooks along', async () => {
    const webhook = {
      id: 'whk_1',
      workspaceId: 'ws_ann',
      workflowId: null,
      url: 'https://hooks.example/',
      events: ['completed'],
      enabled: true,
      createdBy: 'usr_ann',
      secret: 'whsec_ofann',
      now: NOON,
    } as const;
    await createWebhookStore(database, before).create(webhook, 10);
    expect(await ids()).toEqual([['old', 11]]);
    const options = { batch: 3, dryRun: true };
    expect((await rotateSecrets(database, after, options)).rotated).toBe(11);
    expect((await rotateSecrets(database, after, { batch: 3 })).rotated).toBe(11);
    expect(await ids()).toEqual([['current', 11]]);
    const store = createWebhookStore(database, createKeyRing(current));
    expect(await store.secret('ws_ann', 'whk_1')).toBe('whsec_ofann');
    await database.query({ text: 'DELETE FROM webhooks' });
  });

  it('leaves the times of change as they were', async () => {
    await rotateSecrets(database, after, { batch: 100 });
    const [summary] = await createSecretStore(database, after).list('ws_ann');
    expect(summary?.updatedAt).toEqual(NOON);
  });

  it('only counts in a dry run', async () => {
    const rows = () =>
      database.query({ text: 'SELECT * FROM secrets ORDER BY workspace_id, name' });
    const kept = (await rows()).rows;
    expect(await rotateSecrets(database, after, { batch: 4, dryRun: true })).toEqual({
      rotated: 10,
      unreadable: [],
    });
    expect((await rows()).rows).toEqual(kept);
  });

  it('goes on where one broke off', async () => {
    const breaksOff = rotateSecrets(database, after, {
      batch: 4,
      onBatch: (rotated) => {
        if (rotated >= 4) throw new TypeError('broken off');
      },
    });
    await expect(breaksOff).rejects.toThrow('broken off');
    expect(await ids()).toEqual([
      ['current', 4],
      ['old', 6],
    ]);
    expect([await read('ann'), await read('bob')]).toEqual([valuesOf('ann'), valuesOf('bob')]);
    expect((await rotateSecrets(database, after, { batch: 4 })).rotated).toBe(6);
  });

  it('tells what it cannot read, leaves that alone, and does the rest', async () => {
    await put('ann', 'B', createKeyRing(randomBytes(32)));
    await database.query({
      text: `UPDATE secrets SET ciphertext = '\\x00112233445566778899aabbccddeeff00' WHERE name = 'D'
             AND workspace_id = 'ws_bob'`,
    });
    const { rotated, unreadable } = await rotateSecrets(database, after, { batch: 2 });
    expect(rotated).toBe(8);
    expect(unreadable.map(({ workspaceId, name }) => [workspaceId, name])).toEqual([
      ['ws_ann', 'B'],
      ['ws_bob', 'D'],
    ]);
    expect(unreadable[0]?.message).toMatch(/is not configured/);
    expect(unreadable[1]?.message).toMatch(/was altered/);
  });

  it('can go on beside reading, setting and another rotation', async () => {
    let over = false;
    const readers = ['ann', 'bob'].map(async (owner) => {
      let reads = 0;
      while (!over) {
        expect(await read(owner)).toEqual(valuesOf(owner));
        reads += 1;
      }
      return reads;
    });
    const setting = (async () => {
      // A replica that still writes with the old key, and one with the new.
      for (const name of NAMES) await put('ann', name, name < 'C' ? before : after);
    })();
    await Promise.all([
      rotateSecrets(database, after, { batch: 1 }),
      rotateSecrets(database, after, { batch: 2 }),
      setting,
    ]);
    over = true;
    for (const reads of await Promise.all(readers)) expect(reads).toBeGreaterThan(0);
    await rotateSecrets(database, after, { batch: 10 });
    expect(await ids()).toEqual([['current', 10]]);
  });
});

describe('the keys in use', () => {
  it('are counted, and told apart by what is configured', async () => {
    await put('bob', 'A', createKeyRing(randomBytes(32)));
    await put('bob', 'B', after);
    expect(await ids()).toEqual([
      ['current', 1],
      ...(await keysInUse(database, after)).slice(1).map(({ use, secrets }) => [use, secrets]),
    ]);
    const uses = new Map((await keysInUse(database, after)).map((use) => [use.use, use.secrets]));
    expect(uses).toEqual(
      new Map([
        ['current', 1],
        ['old', 8],
        ['unknown', 1],
      ]),
    );
  });
});
