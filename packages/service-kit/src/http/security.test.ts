import type { RequestHandler } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { testApp } from '../testing/app.js';
import { cors, originCheck, securityHeaders, type CorsOptions } from './security.js';

const ok: RequestHandler = (_req, res) => void res.json({});

describe('securityHeaders', () => {
  it('allows the own files alone and no inline script', async () => {
    const { headers } = await request(testApp([securityHeaders(), ok])).get('/');
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe/);
    expect(headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('SAMEORIGIN');
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('cors', () => {
  const options: CorsOptions = { origins: ['https://app.example.com', 'http://localhost:5173'] };
  const from = (origin: string, more: Partial<CorsOptions> = {}, host = 'sim.example.com') =>
    request(testApp([cors({ ...options, ...more }), ok]))
      .get('/')
      .set({ Origin: origin, Host: host });

  it('lets requests without an origin pass', async () => {
    const { status, headers } = await request(testApp([cors(options), ok])).post('/');
    expect(status).toBe(200);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['vary']).toContain('Origin');
  });

  it('trusts listed origins and the own host, and shows them the headers of the API', async () => {
    for (const origin of ['https://app.example.com', 'https://sim.example.com']) {
      const { status, headers } = await from(origin);
      expect(status).toBe(200);
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers['access-control-allow-credentials']).toBe('true');
      expect(headers['access-control-expose-headers']).toMatch(/ETag.*X-Request-Id/);
    }
  });

  it.each([
    'https://evil.example.com',
    'https://app.example.com.evil.com',
    'https://app.example.com:8443',
    'http://app.example.com',
    'https://sim.example.com:444',
    'null',
    'not an origin',
    'https://app.example.com/path',
  ])('refuses %s', async (origin) => {
    const { body, headers } = await from(origin);
    expect(body).toMatchObject({ status: 403, code: 'origin_not_allowed' });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each([
    ['http://127.0.0.1:3000', 'localhost:3000', true],
    ['http://localhost:3000', '127.0.0.1:3000', true],
    ['http://[::1]:3000', 'localhost:3000', true],
    ['http://127.0.0.1:5173', 'localhost:3000', true],
    ['http://127.0.0.1:9999', 'localhost:3000', false],
    ['http://127.0.0.1.evil.com:3000', 'localhost:3000', false],
  ])('in the embedded mode, %s at %s: %s', async (origin, host, trusted) => {
    const { status } = await from(origin, { embedded: true }, host);
    expect(status).toBe(trusted ? 200 : 403);
    const elsewhere = await from('http://127.0.0.1:3000', {}, 'localhost:3000');
    expect(elsewhere.status).toBe(403);
  });

  it('answers the preflight of a trusted origin without a body', async () => {
    const { status, headers, text } = await request(testApp([cors(options), ok]))
      .options('/anything')
      .set({ Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'PUT' });
    expect([status, text]).toEqual([204, '']);
    expect(headers['access-control-allow-methods']).toContain('PUT');
    expect(headers['access-control-allow-headers']).toMatch(
      /Authorization.*If-Match.*Idempotency-Key/,
    );
    expect(Number(headers['access-control-max-age'])).toBeGreaterThan(0);
  });

  it('refuses the preflight of another origin', async () => {
    const { status } = await request(testApp([cors(options), ok]))
      .options('/anything')
      .set({ Origin: 'https://evil.example.com', 'Access-Control-Request-Method': 'PUT' });
    expect(status).toBe(403);
  });

  it('gives the same check to others', () => {
    const isTrusted = originCheck(options);
    expect(isTrusted('https://app.example.com', { host: 'sim.example.com' })).toBe(true);
    expect(isTrusted('https://evil.example.com', { host: 'sim.example.com' })).toBe(false);
  });
});
