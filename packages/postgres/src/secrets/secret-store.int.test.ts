import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { after, NOON, seedWorkspace } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createCipher, DecryptionError } from './cipher.js';
import { createSecretStore, type ManagedSecretStore } from './secret-store.js';

let home: TestDatabase;
let database: Database;
let store: ManagedSecretStore;
const key = randomBytes(32);
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  store = createSecretStore(database, createCipher(key, 'k1'));
  await seedWorkspace(database, 'ann');
  await seedWorkspace(database, 'bob');
});
afterAll(() => home.drop());

const put = (owner: string, name: string, value: string, now = NOON) =>
  store.put({ workspaceId: `ws_${owner}`, name, value, updatedBy: `usr_${owner}`, now });

describe('secrets', () => {
  it('are given to their workspace by name; unknown names are left out', async () => {
    await put('ann', 'API_KEY', 'ann’s');
    await put('bob', 'API_KEY', 'bob’s');
    expect(await store.values('ws_ann', ['API_KEY', 'MISSING'])).toEqual({ API_KEY: 'ann’s' });
    expect(await store.values('ws_bob', ['API_KEY'])).toEqual({ API_KEY: 'bob’s' });
    expect(await store.values('ws_none', ['API_KEY'])).toEqual({});
    expect(await store.values('ws_ann', [])).toEqual({});
  });

  it('may have any name', async () => {
    await put('ann', '__proto__', 'odd');
    const values = await store.values('ws_ann', ['__proto__']);
    expect(Object.entries(values)).toEqual([['__proto__', 'odd']]);
    await store.delete('ws_ann', '__proto__');
  });

  it('are replaced, the time of their making kept', async () => {
    await put('ann', 'TOKEN', 'old');
    await put('ann', 'TOKEN', 'new', after(5));
    expect(await store.values('ws_ann', ['TOKEN'])).toEqual({ TOKEN: 'new' });
    const summary = (await store.list('ws_ann')).find(({ name }) => name === 'TOKEN');
    expect(summary).toEqual({
      name: 'TOKEN',
      updatedBy: 'usr_ann',
      createdAt: NOON,
      updatedAt: after(5),
    });
  });

  it('are listed by name and without their values', async () => {
    const names = (await store.list('ws_ann')).map(({ name }) => name);
    expect(names).toEqual(['API_KEY', 'TOKEN']);
    expect(JSON.stringify(await store.list('ws_ann'))).not.toContain('ann’s');
  });

  it('are not in the table in clear', async () => {
    const { rows } = await database.query<{ ciphertext: Buffer }>({
      text: `SELECT ciphertext FROM secrets WHERE workspace_id = 'ws_ann' AND name = 'API_KEY'`,
    });
    expect(rows[0]?.ciphertext.includes('ann’s')).toBe(false);
  });

  it('cannot be moved to another workspace by whoever can write the table', async () => {
    await put('bob', 'MOVED', 'bob’s own');
    await database.query({
      text: `UPDATE secrets SET workspace_id = 'ws_ann' WHERE name = 'MOVED'`,
    });
    await expect(store.values('ws_ann', ['MOVED'])).rejects.toThrow(DecryptionError);
    await store.delete('ws_ann', 'MOVED');
  });

  it('are deleted once', async () => {
    await put('ann', 'GONE', 'x');
    expect(await store.delete('ws_bob', 'GONE')).toBe(false);
    expect(await store.delete('ws_ann', 'GONE')).toBe(true);
    expect(await store.delete('ws_ann', 'GONE')).toBe(false);
  });

  it('cannot be moved to another name either', async () => {
    await put('ann', 'FROM', 'under its own name');
    await database.query({ text: `UPDATE secrets SET name = 'TO' WHERE name = 'FROM'` });
    await expect(store.values('ws_ann', ['TO'])).rejects.toThrow(
      /The secret TO cannot be read\. It does not decrypt with the key k1/,
    );
    await store.delete('ws_ann', 'TO');
  });

  it('say which key they need where it is not configured, and what to do', async () => {
    await put('ann', 'OTHER', 'x');
    const lost = createSecretStore(database, createCipher(randomBytes(32), 'k2'));
    await expect(lost.values('ws_ann', ['OTHER'])).rejects.toMatchObject({
      keyId: 'k1',
      message: expect.stringMatching(
        /The secret OTHER .* key k1, which is not configured: .*ENCRYPTION_KEYS_OLD/,
      ) as string,
    });
    await store.delete('ws_ann', 'OTHER');
  });
});
