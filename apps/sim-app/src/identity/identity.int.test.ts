import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { verifyAccessToken } from '@sim/service-kit';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestApp, TEST_ENVIRONMENT, type TestApp } from '../testing/test-app.js';

let home: TestDatabase;
let app: TestApp;

beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  app = startTestApp(home.url, {}, { embedded: true });
});
afterAll(async () => {
  await app.stop();
  await home.drop();
});

const secret = TEST_ENVIRONMENT.JWT_SECRET;
const ada = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' };

describe('signing up', () => {
  it('makes an account, a workspace that it owns, and a session, with curl alone', async () => {
    const { status, body } = await app.call('signUp', { body: ada });
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ email: ada.email, name: 'Ada' });
    expect(body.user.id).toMatch(/^usr_[0-9a-z]{20}$/);

    const token = await app.call('createToken', { token: body.token, body: {} });
    expect(token.body).toMatchObject({ expiresIn: 900, tokenType: 'Bearer' });
    const principal = await verifyAccessToken(String(token.body.accessToken), { secret });
    expect(principal).toEqual({
      userId: body.user.id,
      workspaceId: token.body.workspaceId,
      role: 'owner',
      name: 'Ada',
    });
    const listed = await app.call('listWorkspaces', { token: token.body.accessToken });
    expect(listed.body.items).toMatchObject([
      { id: token.body.workspaceId, name: "Ada's workspace", role: 'owner' },
    ]);
  });

  it('refuses an e-mail that has an account, in any case', async () => {
    const { status, body } = await app.call('signUp', {
      body: { ...ada, email: 'ADA@example.com' },
    });
    expect([status, body.code]).toEqual([409, 'email_taken']);
  });

  it('names every field that is wrong', async () => {
    const bad = { email: 'nobody', password: 'short', name: '', admin: true };
    const { status, body } = await app.call('signUp', { body: bad });
    expect(status).toBe(400);
    const errors = body.errors as { path: string }[];
    expect(errors.map(({ path }) => path).sort()).toEqual(['admin', 'email', 'name', 'password']);
  });

  it('lets one of two through that come at once with the same e-mail', async () => {
    const twin = { ...ada, email: 'twin@example.com' };
    const answers = await Promise.all([
      app.call('signUp', { body: twin }),
      app.call('signUp', { body: twin }),
    ]).catch(() => []);
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect([409, 503]).toContain(statuses[1]);
    expect((await app.call('signUp', { body: twin })).body.code).toBe('email_taken');
  });

  it('keeps passwords as hashes only', async () => {
    const { rows } = await app.context.database.query<{ row: string }>({
      text: 'SELECT row_to_json(auth_accounts)::text AS row FROM auth_accounts',
    });
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ row }) => row).join()).not.toContain(ada.password);
    expect(app.log.join('')).not.toContain(ada.password);
  });
});

describe('signing in', () => {
  const signIn = (password: string, email = ada.email) =>
    app.call('signIn', { body: { email, password } });

  it('gives a session, by token and by cookie', async () => {
    const { body, headers } = await signIn(ada.password);
    expect(body.token).toEqual(expect.any(String));
    const cookie = String(headers['set-cookie']);
    expect(cookie).toMatch(/^sim\.session_token=/);
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);

    const byToken = await app.call('getSession', { token: body.token });
    expect(byToken.body.user.email).toBe(ada.email);
    const byCookie = await app.call('getSession', {
      headers: { Cookie: cookie.split(';')[0] ?? '' },
    });
    expect(byCookie.body.user.email).toBe(ada.email);
  });

  it('tells nobody which of e-mail and password is wrong', async () => {
    const wrong = await signIn('not the password');
    const unknown = await signIn(ada.password, 'nobody@example.com');
    expect(wrong.status).toBe(401);
    expect(wrong.body.code).toBe('credentials_invalid');
    expect(unknown.body).toMatchObject({
      status: wrong.body.status,
      code: wrong.body.code,
      detail: wrong.body.detail,
    });
  });

  it('ends with the sign-out', async () => {
    const { body } = await signIn(ada.password);
    await app.call('signOut', { token: body.token });
    expect((await app.call('getSession', { token: body.token })).body).toBeNull();
    const refused = await app.call('createToken', { token: body.token });
    expect([refused.status, refused.body.code]).toEqual([401, 'session_missing']);
  });

  it('has no other doors of the library open', async () => {
    for (const path of ['sign-in/social', 'delete-user', 'organization/create', 'ok', 'error']) {
      const response = await app.http.post(`/api/v1/auth/${path}`).send({});
      expect([response.status, response.body.code], path).toEqual([404, 'route_not_found']);
    }
  });
});

describe('origins', () => {
  const signIn = (headers: Record<string, string>) =>
    app.call('signIn', { body: { email: ada.email, password: ada.password }, headers });

  it('of the own host and, embedded, of either name of this machine are trusted', async () => {
    for (const origin of ['http://127.0.0.1:4321', 'http://localhost:4321']) {
      const { status } = await signIn({ Origin: origin, Host: 'localhost:4321' });
      expect(status, origin).toBe(200);
    }
  });

  it('of other sites are not', async () => {
    const { status, body } = await signIn({ Origin: 'https://evil.example' });
    expect([status, body.code]).toEqual([403, 'origin_not_allowed']);
  });

  it('must be there where a cookie is, so that no form of another site can act', async () => {
    const signedIn = await signIn({});
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
    const forged = await app.call('signOut', { headers: { Cookie: cookie } });
    expect([forged.status, forged.body.code]).toEqual([403, 'auth_forbidden']);
    const own = { Cookie: cookie, Origin: 'http://localhost:4321', Host: 'localhost:4321' };
    expect((await app.call('signOut', { headers: own })).status).toBe(200);
  });
});

describe('access tokens', () => {
  it('are for a workspace that one is a member of', async () => {
    const grace = await app.person('Grace');
    const mine = await app.call('createToken', {
      token: grace.session,
      body: { workspaceId: grace.workspaceId },
    });
    expect(mine.body.workspaceId).toBe(grace.workspaceId);
    const eve = await app.person('Eve');
    const other = await app.call('createToken', {
      token: eve.session,
      body: { workspaceId: grace.workspaceId },
    });
    expect([other.status, other.body.code]).toEqual([404, 'workspace_not_found']);
  });

  it('are not given for nothing, for nonsense or for another access token', async () => {
    const { token } = await app.person('Joan');
    for (const given of [undefined, 'nonsense', 'a.b', token]) {
      const { status, body } = await app.call('createToken', { token: given });
      expect([status, body.code]).toEqual([401, 'session_missing']);
    }
  });

  it('open the API, and nothing else does', async () => {
    const { session, token } = await app.person('Mary');
    expect((await app.call('listWorkflows', { token })).status).toBe(200);
    expect((await app.call('listWorkflows', {})).body.code).toBe('token_missing');
    expect((await app.call('listWorkflows', { token: 'a.b.c' })).body.code).toBe('token_invalid');
    expect((await app.call('listWorkflows', { token: session })).body.code).toBe('token_invalid');
  });

  it('are made again for a person whose first workspace was never finished', async () => {
    const { session, workspaceId } = await app.person('Hedy');
    await app.context.workspaces.delete(workspaceId);
    const { body } = await app.call('createToken', { token: session });
    expect(body.workspaceId).not.toBe(workspaceId);
    expect((await app.call('listWorkspaces', { token: body.accessToken })).body.items).toHaveLength(
      1,
    );
  });
});

describe('the audit log', () => {
  it('has sign-ups, sign-ins and the failed ones', async () => {
    const { rows } = await app.context.database.query<{ action: string; actor_type: string }>({
      text: `SELECT DISTINCT action, actor_type FROM audit_log WHERE chain = 'system'`,
    });
    expect(rows).toEqual(
      expect.arrayContaining([
        { action: 'auth.sign-up', actor_type: 'user' },
        { action: 'auth.sign-in', actor_type: 'user' },
        { action: 'auth.sign-in-failed', actor_type: 'system' },
        { action: 'auth.sign-out', actor_type: 'user' },
      ]),
    );
  });
});
