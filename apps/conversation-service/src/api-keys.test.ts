import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signAccessToken } from '@sim/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolveApiKey, SimAppUnavailableError } from './api-keys.js';
import { readConfig } from './config.js';

const PRINCIPAL = { userId: 'usr_1', workspaceId: 'ws_1', role: 'editor' } as const;
const JWT_SECRET = 'a secret of the tests that is long enough';

describe('an API key', () => {
  let simApp: Server;
  let asked: (string | undefined)[];
  let status: number;
  let body: string;
  let now: number;
  let resolve: ReturnType<typeof resolveApiKey>;

  beforeAll(async () => {
    simApp = createServer((req, res) => {
      asked.push(`${req.method} ${req.url} ${String(req.headers['x-api-key'])}`);
      res.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    simApp.listen(0, '127.0.0.1');
    await once(simApp, 'listening');
  });
  afterAll(() => {
    simApp.closeAllConnections();
    simApp.close();
  });
  beforeEach(async () => {
    asked = [];
    status = 200;
    now = Date.parse('2026-03-01T12:00:00Z');
    const token = await signAccessToken(PRINCIPAL, { secret: JWT_SECRET, expiresInSeconds: 900 });
    body = JSON.stringify({ accessToken: token, expiresIn: 900 });
    const { port } = simApp.address() as AddressInfo;
    const settings = readConfig({
      JWT_SECRET,
      ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef',
      DATABASE_URL: 'postgresql://localhost/none',
      SIM_APP_URL: `http://127.0.0.1:${port}`,
    });
    resolve = resolveApiKey({ ...settings, clock: () => new Date(now) });
  });

  it('is whose sim-app says it is', async () => {
    expect(await resolve('sk_1')).toEqual(PRINCIPAL);
    expect(asked).toEqual(['POST /api/v1/auth/token sk_1']);
  });

  it('is not asked about again for some seconds, then it is', async () => {
    await resolve('sk_1');
    now += 9_000;
    expect(await resolve('sk_1')).toEqual(PRINCIPAL);
    expect(asked).toHaveLength(1);
    // Revoked meanwhile.
    now += 2_000;
    status = 401;
    expect(await resolve('sk_1')).toBeNull();
    expect(await resolve('sk_1')).toBeNull();
    expect(asked).toHaveLength(3);
  });

  it.each([401, 403])('that sim-app refuses with %i is nobody’s', async (refusal) => {
    status = refusal;
    expect(await resolve('sk_1')).toBeNull();
  });

  it.each([429, 500, 503])('cannot be judged where sim-app answers %i', async (failure) => {
    status = failure;
    await expect(resolve('sk_1')).rejects.toThrow(SimAppUnavailableError);
    status = 200;
    expect(await resolve('sk_1')).toEqual(PRINCIPAL);
  });

  it.each([
    ['no JSON', 'hello'],
    ['another shape', '{"token": "x"}'],
    ['a token that is none', '{"accessToken": "garbled"}'],
  ])('cannot be judged by %s', async (_name, answer) => {
    body = answer;
    await expect(resolve('sk_1')).rejects.toThrow(SimAppUnavailableError);
  });

  it('cannot be judged by a token that another secret signed', async () => {
    const secret = 'another secret that is long enough too';
    const token = await signAccessToken(PRINCIPAL, { secret, expiresInSeconds: 900 });
    body = JSON.stringify({ accessToken: token });
    await expect(resolve('sk_1')).rejects.toThrow(SimAppUnavailableError);
  });

  it('is forgotten once too many others came', async () => {
    await resolve('sk_first');
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => resolve(`sk_${index}`)));
    const before = asked.length;
    await resolve('sk_999');
    expect(asked).toHaveLength(before);
    await resolve('sk_first');
    expect(asked).toHaveLength(before + 1);
  });
});
