import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  AccessTokenError,
  accessTokenKey,
  createAccessTokenVerifier,
  inspectAccessToken,
  signAccessToken,
  verifyAccessToken,
} from './access-token.js';
import type { Principal } from './principal.js';

const secret = 'a secret of at least 32 characters';
const ann: Principal = { userId: 'usr_1', workspaceId: 'ws_1', role: 'editor', name: 'Ann' };
const now = new Date('2030-01-01T00:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const sign = (principal = ann) =>
  signAccessToken(principal, { secret, expiresInSeconds: 900, now });

async function faultOf(token: string, at = now): Promise<string> {
  try {
    await verifyAccessToken(token, { secret, now: at });
  } catch (error) {
    if (error instanceof AccessTokenError) return error.code;
    throw error;
  }
  return 'accepted';
}

const custom = (claims: Record<string, unknown>, algorithm = 'HS256', key = secret) =>
  new SignJWT({ sub: 'usr_1', wid: 'ws_1', role: 'owner', iss: 'sim-app', aud: 'sim', ...claims })
    .setProtectedHeader({ alg: algorithm })
    .sign(accessTokenKey(key));

const exp = now.getTime() / 1000 + 60;

describe('access tokens', () => {
  it('name the principal', async () => {
    expect(await verifyAccessToken(await sign(), { secret, now })).toEqual(ann);
    const { name, ...nameless } = ann;
    expect(name).toBe('Ann');
    expect(await verifyAccessToken(await sign(nameless), { secret, now })).toEqual(nameless);
  });

  it('take a key made once', async () => {
    const key = accessTokenKey(secret);
    const token = await signAccessToken(ann, { secret: key, expiresInSeconds: 60 });
    expect(await verifyAccessToken(token, { secret: key })).toEqual(ann);
  });

  it('expire, with half a minute for clocks that differ', async () => {
    const token = await sign();
    expect(await faultOf(token, later(900 + 29))).toBe('accepted');
    expect(await faultOf(token, later(900 + 31))).toBe('token_expired');
  });

  it.each([
    ['another secret', () => custom({ exp }, 'HS256', 'another secret of 32 characters..')],
    ['another algorithm', () => custom({ exp }, 'HS512', secret.repeat(2))],
    ['another issuer', () => custom({ exp, iss: 'elsewhere' })],
    ['another audience', () => custom({ exp, aud: 'elsewhere' })],
    ['no end', () => custom({})],
    ['no workspace', () => custom({ exp, wid: undefined })],
    ['a role that does not exist', () => custom({ exp, role: 'root' })],
    ['no signature', () => Promise.resolve(new UnsecuredJWT({ sub: 'usr_1', exp }).encode())],
    ['no form', () => Promise.resolve('not.a.token')],
  ])('are invalid with %s', async (_what, make) => {
    expect(await faultOf(await make())).toBe('token_invalid');
  });

  it('are invalid where a character was changed', async () => {
    const [head, body, signature] = (await sign()).split('.');
    const forged = Buffer.from(String(body), 'base64url').toString().replace('editor', 'owner');
    const token = [head, Buffer.from(forged).toString('base64url'), signature].join('.');
    expect(await faultOf(token)).toBe('token_invalid');
  });
});

describe('inspectAccessToken', () => {
  it('says when a token ends, and from when on no replica takes it', async () => {
    const now = new Date('2026-01-01T00:00:00Z');
    const secret = 'a'.repeat(32);
    const principal = { userId: 'usr_1', workspaceId: 'ws_1', role: 'editor' } as const;
    const token = await signAccessToken(principal, { secret, expiresInSeconds: 60, now });
    expect(await inspectAccessToken(token, { secret, now })).toEqual({
      principal,
      expiresAt: now.getTime() + 60_000,
      refusedAt: now.getTime() + 90_000,
    });
    const late = new Date(now.getTime() + 90_000);
    await expect(inspectAccessToken(token, { secret, now: late })).rejects.toMatchObject({
      code: 'token_expired',
    });
  });
});

describe('createAccessTokenVerifier', () => {
  const secret = 'a'.repeat(32);
  const principal = { userId: 'usr_1', workspaceId: 'ws_1', role: 'editor' } as const;

  it('accepts a token again and again, until it has expired', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const verify = createAccessTokenVerifier(secret, () => now);
    const token = await signAccessToken(principal, {
      secret,
      expiresInSeconds: 60,
      now: new Date(now),
    });
    expect(await verify(token)).toEqual(principal);
    expect(await verify(token)).toEqual(principal);
    now += 120_000;
    await expect(verify(token)).rejects.toMatchObject({ code: 'token_expired' });
  });

  it('does not take a token that only looks like a known one', async () => {
    const verify = createAccessTokenVerifier(secret);
    const token = await signAccessToken(principal, { secret, expiresInSeconds: 60 });
    await verify(token);
    const forged = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    await expect(verify(forged)).rejects.toMatchObject({ code: 'token_invalid' });
  });
});
