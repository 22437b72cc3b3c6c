import type { RequestHandler } from 'express';
import request from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { recordingLogger, testApp } from '../testing/app.js';
import { signAccessToken } from './access-token.js';
import { bearerAuth, principalOf, requireRole, type BearerAuthOptions } from './bearer-auth.js';
import { ROLES, type Principal, type Role } from './principal.js';

const secret = 'a secret of at least 32 characters';
const ann: Principal = { userId: 'usr_ann', workspaceId: 'ws_1', role: 'editor' };
const tokenOf = (principal = ann, expiresInSeconds = 60) =>
  signAccessToken(principal, { secret, expiresInSeconds });
const whoAmI: RequestHandler = (req, res) => void res.json(principalOf(req));

const get = (headers: Record<string, string>, options: Partial<BearerAuthOptions> = {}) =>
  request(testApp([bearerAuth({ secret, ...options }), whoAmI]))
    .get('/')
    .set(headers);

describe('bearerAuth', () => {
  it.each(['Bearer', 'bearer'])('takes %s tokens', async (scheme) => {
    const { body } = await get({ Authorization: `${scheme} ${await tokenOf()}` });
    expect(body).toEqual(ann);
  });

  it('asks to sign in where nothing came', async () => {
    const { body, headers } = await get({});
    expect(body).toMatchObject({ status: 401, code: 'token_missing' });
    expect(headers['www-authenticate']).toBe('Bearer realm="sim"');
  });

  it.each(['Bearer nonsense', 'Basic YTpi', 'Bearer', 'nonsense'])('refuses %j', async (given) => {
    const { body, headers } = await get({ Authorization: given });
    expect(body).toMatchObject({ status: 401, code: 'token_invalid' });
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('tells an expired token from an invalid one', async () => {
    const { body } = await get({ Authorization: `Bearer ${await tokenOf(ann, -3600)}` });
    expect(body).toMatchObject({ status: 401, code: 'token_expired' });
    expect(body.detail).toContain('POST /api/v1/auth/token');
  });

  it('asks the resolver for API keys', async () => {
    const apiKeyResolver = (key: string) => Promise.resolve(key === 'good' ? ann : null);
    expect((await get({ 'X-API-Key': 'good' }, { apiKeyResolver })).body).toEqual(ann);
    const bad = await get({ 'X-API-Key': 'bad' }, { apiKeyResolver });
    expect(bad.body).toMatchObject({ status: 401, code: 'api_key_invalid' });
    expect((await get({ 'X-API-Key': 'good' })).body.code).toBe('token_missing');
  });

  it('asks the fallback only where nothing else came', async () => {
    const fallback = vi.fn(() => Promise.resolve<Principal | null>(ann));
    expect((await get({ Cookie: 'session=1' }, { fallback })).body).toEqual(ann);
    expect((await get({ Authorization: 'Bearer no' }, { fallback })).body.code).toBe(
      'token_invalid',
    );
    expect(fallback).toHaveBeenCalledTimes(1);
    const nobody = await get({}, { fallback: () => Promise.resolve(null) });
    expect(nobody.body.code).toBe('token_missing');
  });

  it('does not take a failing look-up for a stranger', async () => {
    const apiKeyResolver = () => Promise.reject(new RangeError('the database is away'));
    expect((await get({ 'X-API-Key': 'good' }, { apiKeyResolver })).status).toBe(500);
  });

  it('names the user on the lines that follow', async () => {
    const { logger, lines } = recordingLogger();
    const app = testApp([bearerAuth({ secret }), whoAmI], { logger });
    await request(app)
      .get('/')
      .set('Authorization', `Bearer ${await tokenOf()}`);
    await vi.waitFor(() =>
      expect(lines.find(({ message }) => message === 'request')).toMatchObject({ user: 'usr_ann' }),
    );
  });
});

describe('requireRole', () => {
  const pairs = ROLES.flatMap((least) => ROLES.map((role) => [least, role] as const));

  it.each(pairs)('where %s is needed, treats %s by rank', async (least: Role, role: Role) => {
    const app = testApp([bearerAuth({ secret }), requireRole(least), whoAmI]);
    const token = await tokenOf({ ...ann, role });
    const { status, body } = await request(app).get('/').set('Authorization', `Bearer ${token}`);
    const allowed = ROLES.indexOf(role) <= ROLES.indexOf(least);
    expect(status).toBe(allowed ? 200 : 403);
    expect(body.code).toBe(allowed ? undefined : 'role_insufficient');
  });

  it('stays shut where nobody is known', async () => {
    const { status } = await request(testApp([requireRole('viewer'), whoAmI])).get('/');
    expect(status).toBe(401);
  });
});
