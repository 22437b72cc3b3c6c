import type { Role } from '@sim/contracts';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { signAccessToken } from '@sim/service-kit';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestApp, TEST_ENVIRONMENT, type Person, type TestApp } from '../testing/test-app.js';

let home: TestDatabase;
let app: TestApp;
let now = new Date('2026-03-01T09:00:00.000Z');
/** Every look at the clock is a millisecond later, so that lists have an order. */
const tick = () => (now = new Date(now.getTime() + 1));

beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  app = startTestApp(home.url, {}, { clock: tick });
});
afterAll(async () => {
  await app.stop();
  await home.drop();
});

/** Adds somebody to an owner's workspace and gets them a token for it. */
async function join(owner: Person, name: string, role: Role): Promise<Person> {
  const person = await app.person(name);
  const { workspaceId } = owner;
  await app.call('addMember', {
    token: owner.token,
    params: { workspaceId },
    body: { email: person.email, role },
  });
  const { body } = await app.call('createToken', { token: person.session, body: { workspaceId } });
  return { ...person, token: String(body.accessToken), workspaceId };
}

const members = (person: Person) =>
  app.call('listMembers', { token: person.token, params: { workspaceId: person.workspaceId } });

const changeRole = (by: Person, of: Person, role: Role) =>
  app.call('changeMember', {
    token: by.token,
    params: { workspaceId: by.workspaceId, userId: of.userId },
    body: { role },
  });

const remove = (by: Person, of: Person) =>
  app.call('removeMember', {
    token: by.token,
    params: { workspaceId: by.workspaceId, userId: of.userId },
  });

describe('workspaces', () => {
  it('are made by anybody, who then owns them', async () => {
    const ada = await app.person('Ada');
    const made = await app.call('createWorkspace', {
      token: ada.token,
      body: { name: ' Support ' },
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: ' Support ', role: 'owner' });
    const { body } = await app.call('listWorkspaces', { token: ada.token });
    expect(body.items).toHaveLength(2);
    const token = await app.call('createToken', {
      token: ada.session,
      body: { workspaceId: made.body.id },
    });
    expect(token.body.workspaceId).toBe(made.body.id);
  });

  it('want a name', async () => {
    const { token } = await app.person('Ada');
    for (const name of ['', '  ', 'a\u0000b', 'x'.repeat(201), 7]) {
      const { status, body } = await app.call('createWorkspace', { token, body: { name } });
      expect([status, body.code, body.errors?.[0].path]).toEqual([400, 'invalid_body', 'name']);
    }
  });
});

describe('members', () => {
  it('are added by e-mail, listed, changed and removed by an admin', async () => {
    const ada = await app.person('Ada');
    const grace = await join(ada, 'Grace', 'admin');
    const eve = await join(grace, 'Eve', 'viewer');
    expect((await members(eve)).body.items).toMatchObject([
      { userId: ada.userId, role: 'owner' },
      { userId: grace.userId, role: 'admin' },
      { userId: eve.userId, role: 'viewer' },
    ]);
    expect((await changeRole(grace, eve, 'editor')).body).toMatchObject({ role: 'editor' });
    expect((await remove(grace, eve)).status).toBe(204);
    expect((await members(ada)).body.items).toHaveLength(2);
  });

  it('must have signed up, and are members once', async () => {
    const ada = await app.person('Ada');
    const params = { workspaceId: ada.workspaceId };
    const add = (email: string) =>
      app.call('addMember', { token: ada.token, params, body: { email, role: 'editor' } });
    expect((await add('nobody@example.com')).body.code).toBe('user_not_found');
    expect((await add(ada.email)).body.code).toBe('already_member');
  });

  it('never rise above who changes them', async () => {
    const ada = await app.person('Ada');
    const grace = await join(ada, 'Grace', 'admin');
    const eve = await join(ada, 'Eve', 'viewer');
    expect((await changeRole(grace, eve, 'owner')).body.code).toBe('role_insufficient');
    expect((await changeRole(grace, ada, 'viewer')).body.code).toBe('role_insufficient');
    expect((await remove(grace, ada)).body.code).toBe('role_insufficient');
    const added = await app.call('addMember', {
      token: grace.token,
      params: { workspaceId: ada.workspaceId },
      body: { email: (await app.person('Joan')).email, role: 'owner' },
    });
    expect(added.body.code).toBe('role_insufficient');
    expect((await changeRole(ada, grace, 'owner')).status).toBe(200);
  });

  it('always have an owner among them, also when two leave at once', async () => {
    const ada = await app.person('Ada');
    expect((await remove(ada, ada)).body.code).toBe('last_owner');
    expect((await changeRole(ada, ada, 'admin')).body.code).toBe('last_owner');
    const grace = await join(ada, 'Grace', 'owner');
    const both = await Promise.all([remove(ada, grace), remove(grace, ada)]);
    const done = both.filter(({ status }) => status === 204);
    expect(done).toHaveLength(1);
    const { rows } = await app.context.database.query({
      text: `SELECT 1 FROM workspace_members WHERE organization_id = $1 AND role = 'owner'`,
      values: [ada.workspaceId],
    });
    expect(rows).toHaveLength(1);
  });

  it('lose their rights at once, whatever their token still says', async () => {
    const ada = await app.person('Ada');
    const grace = await join(ada, 'Grace', 'admin');
    await changeRole(ada, grace, 'viewer');
    expect((await remove(grace, ada)).body.code).toBe('role_insufficient');
    await remove(ada, grace);
    expect((await members(grace)).body.code).toBe('workspace_not_found');
  });

  it('are told apart from people who are none', async () => {
    const ada = await app.person('Ada');
    const eve = await app.person('Eve');
    expect((await remove(ada, eve)).body.code).toBe('member_not_found');
    const odd = await app.call('removeMember', {
      token: ada.token,
      params: { workspaceId: ada.workspaceId, userId: '../x' },
    });
    expect(odd.body.code).toBe('member_not_found');
  });
});

describe('API keys', () => {
  const create = (by: Person, body: object) =>
    app.call('createApiKey', {
      token: by.token,
      params: { workspaceId: by.workspaceId },
      body: { name: 'ci', ...body },
    });
  const revoke = (by: Person, apiKeyId: string) =>
    app.call('revokeApiKey', {
      token: by.token,
      params: { workspaceId: by.workspaceId, apiKeyId },
    });

  it('open the API for their workspace and role, and get access tokens', async () => {
    const ada = await app.person('Ada');
    const { body } = await create(ada, { role: 'viewer' });
    const apiKey = String(body.key);
    expect(apiKey).toMatch(/^sim_[\w-]{43}$/);
    expect((await app.call('listWorkflows', { apiKey })).status).toBe(200);
    expect((await app.call('importWorkflow', { apiKey, body: {} })).body.code).toBe(
      'role_insufficient',
    );
    const token = await app.call('createToken', { apiKey });
    expect(token.body.workspaceId).toBe(ada.workspaceId);
    const elsewhere = { apiKey, body: { workspaceId: 'ws_elsewhere' } };
    expect((await app.call('createToken', elsewhere)).body.code).toBe('workspace_not_found');
    await app.call('createWorkspace', { token: ada.token, body: { name: 'Other' } });
    expect((await app.call('listWorkspaces', { apiKey })).body.items).toHaveLength(1);
  });

  it('are shown once, and kept as hashes', async () => {
    const ada = await app.person('Ada');
    const { body } = await create(ada, {});
    const key = String(body.key);
    const listed = await app.call('listApiKeys', {
      token: ada.token,
      params: { workspaceId: ada.workspaceId },
    });
    expect(listed.body.items).toMatchObject([
      { id: body.apiKey.id, name: 'ci', role: 'editor', start: key.slice(0, 10), lastUsedAt: null },
    ]);
    expect(JSON.stringify(listed.body)).not.toContain(key);
    const { rows } = await app.context.database.query<{ row: string }>({
      text: 'SELECT row_to_json(api_keys)::text AS row FROM api_keys',
    });
    expect(rows.map(({ row }) => row).join()).not.toContain(key);
    expect(app.log.join('')).not.toContain(key);
  });

  it('end when they are revoked or expire, within seconds on this replica', async () => {
    const ada = await app.person('Ada');
    const revoked = await create(ada, {});
    expect((await revoke(ada, String(revoked.body.apiKey.id))).status).toBe(204);
    expect((await revoke(ada, String(revoked.body.apiKey.id))).body.code).toBe('api_key_not_found');
    const apiKey = String(revoked.body.key);
    expect((await app.call('listWorkflows', { apiKey })).body.code).toBe('api_key_invalid');

    const short = await create(ada, { expiresInSeconds: 86_400 });
    now = new Date(now.getTime() + 86_400_000);
    const late = await app.call('listWorkflows', { apiKey: String(short.body.key) });
    expect(late.body.code).toBe('api_key_invalid');
  });

  it('are not more than their maker, now or later', async () => {
    const ada = await app.person('Ada');
    const grace = await join(ada, 'Grace', 'admin');
    expect((await create(grace, { role: 'owner' })).body.code).toBe('role_insufficient');
    const { body } = await create(grace, { role: 'admin' });
    await changeRole(ada, grace, 'viewer');
    const apiKey = String(body.key);
    expect((await app.call('listSecrets', { apiKey })).body.code).toBe('role_insufficient');
    const other = await create(ada, { role: 'editor' });
    expect(other.status).toBe(201);
    const left = String((await create(ada, {})).body.key);
    expect((await app.call('listWorkflows', { apiKey: left })).status).toBe(200);
    await remove(ada, grace);
    const { body: refused } = await app.call('createToken', { apiKey: `${apiKey}x` });
    expect(refused.code).toBe('api_key_invalid');
  });

  it('die with the membership of their maker', async () => {
    const ada = await app.person('Ada');
    const grace = await join(ada, 'Grace', 'admin');
    const { body } = await create(grace, {});
    await remove(ada, grace);
    const { body: refused } = await app.call('listWorkflows', { apiKey: String(body.key) });
    expect(refused.code).toBe('api_key_invalid');
  });

  it('note when they were used, to the minute', async () => {
    const ada = await app.person('Ada');
    const { body } = await create(ada, {});
    const before = now;
    await app.call('listWorkflows', { apiKey: String(body.key) });
    const listed = await app.call('listApiKeys', {
      token: ada.token,
      params: { workspaceId: ada.workspaceId },
    });
    const usedAt = new Date(String(listed.body.items[0].lastUsedAt));
    expect(usedAt.getTime()).toBeGreaterThan(before.getTime());
  });

  it('are refused where they are nonsense', async () => {
    for (const apiKey of ['x', `sim_${'a'.repeat(43)}`, 'k'.repeat(5000)]) {
      const { status, body } = await app.call('listWorkflows', { apiKey });
      expect([status, body.code]).toEqual([401, 'api_key_invalid']);
    }
  });
});

describe('tokens', () => {
  it('of a role that is no more are not believed for members and keys', async () => {
    const ada = await app.person('Ada');
    const eve = await join(ada, 'Eve', 'viewer');
    const claimed = await signAccessToken(
      { userId: eve.userId, workspaceId: ada.workspaceId, role: 'owner' },
      { secret: TEST_ENVIRONMENT.JWT_SECRET, expiresInSeconds: 60 },
    );
    expect((await remove({ ...eve, token: claimed }, ada)).body.code).toBe('role_insufficient');
  });
});

describe('the audit log', () => {
  it('tells an admin of the workspace who did what, in a chain', async () => {
    const ada = await app.person('Ada');
    const grace = await join(ada, 'Grace', 'editor');
    await remove(ada, grace);
    const { body } = await app.call('listAuditLog', { token: ada.token });
    expect(body.items).toMatchObject([
      { sequence: 2, action: 'member.removed', actor: { type: 'user', id: ada.userId } },
      { sequence: 1, action: 'member.added', details: { role: 'editor' } },
    ]);
    expect(body.items[0].previousHash).toBe(body.items[1].hash);
    const paged = await app.call('listAuditLog', { token: ada.token, query: { limit: 1 } });
    const next = await app.call('listAuditLog', {
      token: ada.token,
      query: { cursor: String(paged.body.nextCursor) },
    });
    expect(next.body.items).toMatchObject([{ sequence: 1 }]);
    const bad = await app.call('listAuditLog', { token: ada.token, query: { cursor: 'x' } });
    expect([bad.status, bad.body.code]).toEqual([400, 'invalid_cursor']);
  });
});
