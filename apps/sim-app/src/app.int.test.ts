import { createServer } from 'node:net';
import { once } from 'node:events';
import { CONVERSATION_BASE_PATH, health, problem, readiness } from '@sim/contracts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EXPORTED } from './testing/documents.js';
import { startTestApp, type TestApp } from './testing/test-app.js';

let home: TestDatabase;
let app: TestApp;

beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  app = startTestApp(home.url);
});
afterAll(async () => {
  await app.stop();
  await home.drop();
});

describe('the probes', () => {
  it('answer in the shapes of the deployment guide', async () => {
    const { body } = await app.call('getHealth');
    expect(body.status).toBe('degraded');
    expect(body.services).toMatchObject({
      database: { status: 'healthy' },
      redis: { status: 'disabled' },
      parlant: { status: 'disabled' },
      conversationalWorkflows: { status: 'degraded' },
    });
    expect((await app.call('getReady')).body).toEqual({
      ready: true,
      checks: { databaseMigrations: true, serviceConnections: true, cacheWarming: true },
    });
    expect((await app.call('getLive')).body).toEqual({ live: true });
    expect((await app.call('getVersion')).body.version).toBe('0.1.0');
  });

  it('say no once the service drains, and live on', async () => {
    const draining = startTestApp(home.url);
    draining.sim.drain();
    const { status, body } = await draining.call('getReady');
    expect([status, body.ready, body.draining]).toEqual([503, false, true]);
    expect((await draining.call('getLive')).status).toBe(200);
    await draining.stop();
  });
});

describe('pages', () => {
  it('lead from / to the API, the samples and what each code means', async () => {
    const home = await app.http.get('/');
    expect(home.status).toBe(200);
    const links = [...home.text.matchAll(/href="([^"]+)"/g)].map((match) => String(match[1]));
    expect(links).toContain('/samples/refund.json');
    // What belongs to the other service is forwarded, and it is not there in this test.
    const own = links.filter((link) => !link.startsWith(CONVERSATION_BASE_PATH));
    expect(own.length).toBe(links.length - 1);
    for (const link of own) expect((await app.http.get(link)).status, link).toBe(200);
    expect((await app.http.get('/docs/errors/not_a_workflow')).text).toContain('What to do');
    expect((await app.http.get('/docs/errors/unheard_of')).status).toBe(404);
  });

  it('come with a policy that lets nothing foreign in, and no word of the framework', async () => {
    const { headers } = await app.http.get('/');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('have the OpenAPI document of this service', async () => {
    const { body } = await app.http.get('/api/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths as object)).toContain('/api/v1/workflows/import');
  });

  it('offer samples that can be imported as they are', async () => {
    const { token } = await app.person('Ada');
    for (const { content } of app.context.samples) {
      const { status, body } = await app.call('importWorkflow', {
        token,
        body: content.toString(),
      });
      const issues = body.issues as { severity: string }[];
      expect(status).toBe(201);
      expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });
});

describe('requests that nothing answers to', () => {
  it('get 404 problems', async () => {
    for (const path of ['/api/v1/nothing', '/nothing', '/api/v1/workflows/wf_1/run']) {
      const response = await app.http.get(path);
      expect(problem.parse(response.body)).toMatchObject({ status: 404, code: 'route_not_found' });
    }
    const method = await app.http.patch('/api/v1/workflows');
    expect(method.status).toBe(404);
  });
});

describe('JSON bodies', () => {
  const signUp = (body: string, type = 'application/json') =>
    app.http.post('/api/v1/auth/sign-up/email').set('Content-Type', type).send(body);

  it.each([
    ['{"email":', 'application/json', 400, 'invalid_json'],
    ['[1]', 'application/json', 400, 'invalid_body'],
    [`${'['.repeat(100)}${']'.repeat(100)}`, 'application/json', 400, 'too_deep'],
    [`"${'x'.repeat(1_100_000)}"`, 'application/json', 413, 'payload_too_large'],
    ['email=a', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  ])('such as %.20s of type %s get %i %s', async (body, type, status, code) => {
    const response = await signUp(body, type);
    expect(problem.parse(response.body)).toMatchObject({ status, code });
  });
});

describe('rate limits', () => {
  it('count requests by address, say when to come again, and leave probes and pages out', async () => {
    const limited = startTestApp(home.url, { API_RATE_LIMIT_MAX: '3' });
    for (let i = 0; i < 3; i += 1) {
      expect((await limited.call('listWorkflows')).body.code).toBe('token_missing');
    }
    const refused = await limited.call('listWorkflows');
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await limited.call('getLive')).status).toBe(200);
    expect((await limited.http.get('/')).status).toBe(200);
    await limited.stop();
  });
});

describe('metrics', () => {
  it('have requests by route template, and the pool', async () => {
    await app.http.get('/api/v1/workflows/wf_secret-looking-id');
    const text = await app.context.metrics.registry.metrics();
    expect(text).toContain('route="/api/v1/workflows/:workflowId"');
    expect(text).not.toContain('secret-looking-id');
    expect(text).toContain('database_pool_connections{state="max"');
  });
});

describe('the log', () => {
  it('has a line for each request, with its id and without its secrets', async () => {
    const { token } = await app.person('Ada');
    const headers = { 'X-Request-Id': 'request-0815' };
    await app.call('listWorkflows', { token, headers });
    const line = app.log.find((entry) => entry.includes('request-0815')) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      service: 'sim-app',
      route: '/api/v1/workflows',
      status: 200,
    });
    expect(app.log.join('')).not.toContain(token);
  });
});

describe('a database that is not there', () => {
  it('makes 503 problems that say when to come again, and liveness lasts', async () => {
    const port = await closedPort();
    const lost = startTestApp(`postgresql://sim:pw@127.0.0.1:${port}/sim`);
    const { token } = await app.person('Ada');
    const attempts = [
      await lost.call('listWorkflows', { token }),
      await lost.call('importWorkflow', { token, body: EXPORTED }),
      await lost.call('signIn', { body: { email: 'ada@example.com', password: 'whatever' } }),
      await lost.call('signUp', {
        body: { email: 'ada@example.com', password: 'whatever it is', name: 'Ada' },
      }),
      await lost.call('createToken', { token: 'some-session-token' }),
      await lost.call('listWorkflows', { apiKey: 'sim_key' }),
    ];
    for (const { status, body, headers } of attempts) {
      expect([status, body.code]).toEqual([503, 'database_unavailable']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(JSON.stringify(body)).not.toContain('127.0.0.1');
    }
    expect(lost.log.join('')).not.toContain('some-session-token');
    expect(lost.log.join('')).not.toContain('ada@example.com');
    expect(health.parse((await lost.http.get('/health')).body).status).toBe('unhealthy');
    expect(readiness.parse((await lost.http.get('/ready')).body).ready).toBe(false);
    expect((await lost.call('getLive')).status).toBe(200);
    await lost.stop();
  });

  it('is found again by itself', async () => {
    const { database } = app.context;
    const { token } = await app.person('Ada');
    const killed = await database.query({
      text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    });
    expect(killed.rowCount).toBeGreaterThanOrEqual(0);
    await expect.poll(async () => (await app.call('listWorkflows', { token })).status).toBe(200);
  });
});

describe('a database without tables', () => {
  it('makes 503 database_not_migrated, and readiness says so', async () => {
    const empty = await createEmptyDatabase(inject('postgresUrl'));
    const early = startTestApp(empty.url);
    const { token } = await app.person('Ada');
    const attempts = [
      await early.call('listWorkflows', { token }),
      await early.call('signIn', { body: { email: 'ada@example.com', password: 'whatever' } }),
    ];
    for (const { status, body } of attempts) {
      expect([status, body.code]).toEqual([503, 'database_not_migrated']);
    }
    const { status, body } = await early.call('getReady');
    expect([status, body.checks.databaseMigrations]).toEqual([503, false]);
    await early.stop();
    await empty.drop();
  });
});

describe('a pool whose connections are all in use', () => {
  it('makes 503 database_busy instead of a hang', async () => {
    const env = { DATABASE_POOL_MAX: '1', DATABASE_ACQUIRE_TIMEOUT: '1000' };
    const small = startTestApp(home.url, env);
    const { token } = await app.person('Ada');
    const held = await small.context.database.pool.connect();
    const { status, body, headers } = await small.call('listWorkflows', { token });
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'database_busy', '1']);
    held.release();
    expect((await small.call('listWorkflows', { token })).status).toBe(200);
    await small.stop();
  });
});

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : expect.fail('no port');
}
