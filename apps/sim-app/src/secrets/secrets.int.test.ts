import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestApp, type Person, type TestApp } from '../testing/test-app.js';

let home: TestDatabase;
let app: TestApp;
let ada: Person;

beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  app = startTestApp(home.url);
  ada = await app.person('Ada');
});
afterAll(async () => {
  await app.stop();
  await home.drop();
});

const put = (name: string, body: unknown) =>
  app.call('putSecret', { token: ada.token, params: { name }, body });

describe('secrets', () => {
  it('are written, listed by name, replaced and deleted', async () => {
    expect((await put('STRIPE_KEY', { value: 'sk_live_4711' })).status).toBe(204);
    expect((await put('A_KEY', { value: 'one' })).status).toBe(204);
    expect((await put('A_KEY', { value: 'two' })).status).toBe(204);
    const listed = await app.call('listSecrets', { token: ada.token });
    const items = listed.body.items as { name: string }[];
    expect(items.map(({ name }) => name)).toEqual(['A_KEY', 'STRIPE_KEY']);
    expect(await app.context.secretStore.values(ada.workspaceId, ['A_KEY', 'STRIPE_KEY'])).toEqual({
      A_KEY: 'two',
      STRIPE_KEY: 'sk_live_4711',
    });
    const gone = { token: ada.token, params: { name: 'A_KEY' } };
    expect((await app.call('deleteSecret', gone)).status).toBe(204);
    expect((await app.call('deleteSecret', gone)).body.code).toBe('secret_not_found');
  });

  it('are never given out: not in an answer, the table, the log or the audit', async () => {
    await put('HIDDEN', { value: 'plain-text-4712' });
    const listed = await app.call('listSecrets', { token: ada.token });
    const audit = await app.call('listAuditLog', { token: ada.token });
    const { rows } = await app.context.database.query<{ row: string }>({
      text: `SELECT row_to_json(secrets)::text AS row FROM secrets WHERE name = 'HIDDEN'`,
    });
    const everything = [listed.text, audit.text, rows[0]?.row, ...app.log].join();
    expect(everything).toContain('HIDDEN');
    expect(everything).not.toContain('plain-text-4712');
    expect(everything).not.toContain(Buffer.from('plain-text-4712').toString('hex'));
  });

  it('leave a trace of who set and deleted them', async () => {
    await put('TRACED', { value: 'x' });
    await app.call('deleteSecret', { token: ada.token, params: { name: 'TRACED' } });
    const { body } = await app.call('listAuditLog', { token: ada.token, query: { limit: 2 } });
    expect(body.items).toMatchObject([
      { action: 'secret.deleted', target: { type: 'secret', id: 'TRACED' } },
      { action: 'secret.set', actor: { type: 'user', id: ada.userId } },
    ]);
  });

  it('have names as the markers have them', async () => {
    const { status, body } = await put('not-a-name', { value: 'x' });
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid_params', 'name']);
  });

  it('have a value, and nothing beside it', async () => {
    for (const [body, path] of [
      [{}, 'value'],
      [{ value: '' }, 'value'],
      [{ value: 7 }, 'value'],
      [{ value: 'x'.repeat(40_000) }, 'value'],
      [{ value: 'x', scope: 'all' }, 'scope'],
    ] as const) {
      const answer = await put('NAME', body);
      expect([answer.body.code, answer.body.errors[0].path]).toEqual(['invalid_body', path]);
    }
  });
});
