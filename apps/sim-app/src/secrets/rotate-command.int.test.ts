import { randomBytes } from 'node:crypto';
import { createKeyRing, createSecretStore, keyIdOf, listAudit } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestApp, TEST_ENVIRONMENT, type Person, type TestApp } from '../testing/test-app.js';
import { rotateCommand, RotationUsageError, UnknownKeysError } from './rotate-command.js';

const OLD_KEY = TEST_ENVIRONMENT.ENCRYPTION_KEY;
const oldId = keyIdOf(Buffer.from(OLD_KEY));
const next = randomBytes(32);
const nextId = keyIdOf(next);

let home: TestDatabase;
let app: TestApp;
let ada: Person;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  app = startTestApp(home.url);
  ada = await app.person('Ada');
  for (const name of ['ONE', 'TWO', 'THREE']) await set(name);
});
afterAll(async () => {
  await app.stop();
  await home.drop();
});

const set = (name: string) =>
  app.call('putSecret', { token: ada.token, params: { name }, body: { value: `value ${name}` } });

/** Runs the command as an operator would, with the new key current. */
async function rotate(args = '', env: Record<string, string> = {}) {
  const lines: string[] = [];
  const code = await rotateCommand(
    args.split(' ').filter(Boolean),
    {
      DATABASE_URL: home.url,
      ENCRYPTION_KEY: next.toString('hex'),
      ENCRYPTION_KEYS_OLD: OLD_KEY,
      ...env,
    },
    (line) => lines.push(line),
  );
  return { code, text: lines.join('\n') };
}

describe('the command that rotates secrets', () => {
  it('says in a dry run what it would do', async () => {
    expect(await rotate('--dry-run')).toEqual({
      code: 0,
      text: [
        `The current key is ${nextId}.`,
        `  ${oldId}  old     3 secrets`,
        '3 secrets would be encrypted anew. Nothing was changed.',
      ].join('\n'),
    });
  });

  it('refuses where it lacks a key that is in use, and names it', async () => {
    const refused = rotate('', { ENCRYPTION_KEYS_OLD: '' });
    await expect(refused).rejects.toThrow(UnknownKeysError);
    await expect(refused).rejects.toThrow(
      new RegExp(`Nothing was changed.* ${oldId} \\(3 secrets\\)\\. .*ENCRYPTION_KEYS_OLD`),
    );
  });

  it('encrypts everything anew, notes it, and says when the old key is needed no more', async () => {
    const { code, text } = await rotate('--batch 2');
    expect(code).toBe(0);
    expect(text).toContain(`3 secrets encrypted anew under ${nextId}.`);
    expect(text).toContain('ENCRYPTION_KEYS_OLD may be emptied');
    const store = createSecretStore(home.open(), createKeyRing(next));
    expect(await store.values(ada.workspaceId, ['ONE', 'TWO', 'THREE'])).toEqual({
      ONE: 'value ONE',
      TWO: 'value TWO',
      THREE: 'value THREE',
    });
    const { items } = await listAudit(home.open(), null, 1);
    expect(items[0]).toMatchObject({
      action: 'secret.rotated',
      details: { keyId: nextId, rotated: 3 },
    });
    expect((await rotate()).text).toContain('0 secrets encrypted anew');
    expect((await rotate('', { ENCRYPTION_KEYS_OLD: '' })).code).toBe(0);
  });

  it('names a secret that cannot be read, does the others, and ends with 1', async () => {
    for (const name of ['FOUR', 'FIVE']) await set(name);
    await home.open().query({ text: `UPDATE secrets SET name = 'MOVED' WHERE name = 'FOUR'` });
    const { code, text } = await rotate();
    expect(code).toBe(1);
    expect(text).toContain(`${ada.workspaceId}: The secret MOVED cannot be read.`);
    expect(text).toContain('1 secret encrypted anew');
    expect(text).toContain('1 secret could not be read and stay as they are.');
  });

  it('says which setting is missing', async () => {
    await expect(rotate('', { ENCRYPTION_KEY: '' })).rejects.toThrow(/ENCRYPTION_KEY/);
    await expect(rotate('', { ENCRYPTION_KEYS_OLD: 'short' })).rejects.toThrow(
      /ENCRYPTION_KEYS_OLD .* must be keys with commas between/,
    );
  });

  it.each(['--fast', 'all', '--batch 0', '--batch x', '--batch 10001'])(
    'shows its usage for %j',
    async (args) => {
      await expect(rotate(args)).rejects.toThrow(RotationUsageError);
      await expect(rotate(args)).rejects.toThrow(/Usage: secrets:rotate/);
    },
  );
});

describe('the service with two keys', () => {
  it('reads what either encrypted, and sets with the current one', async () => {
    const both = startTestApp(home.url, {
      ENCRYPTION_KEY: next.toString('hex'),
      ENCRYPTION_KEYS_OLD: `${OLD_KEY},${randomBytes(32).toString('base64')}`,
    });
    await set('UNDER_OLD');
    await both.call('putSecret', {
      token: ada.token,
      params: { name: 'UNDER_NEW' },
      body: { value: 'new' },
    });
    const names = ['UNDER_OLD', 'UNDER_NEW'];
    expect(await both.context.secretStore.values(ada.workspaceId, names)).toEqual({
      UNDER_OLD: 'value UNDER_OLD',
      UNDER_NEW: 'new',
    });
    await expect(app.context.secretStore.values(ada.workspaceId, names)).rejects.toMatchObject({
      keyId: nextId,
    });
    await both.stop();
  });
});
