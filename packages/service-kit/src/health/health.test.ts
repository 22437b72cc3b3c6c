import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { recordingLogger, testApp } from '../testing/app.js';
import {
  createHealth,
  type HealthOptions,
  type HealthStatus,
  type ServiceCheck,
} from './health.js';

const yes = () => Promise.resolve(true);
const is = (status: HealthStatus, more: object = {}): ServiceCheck => ({
  check: () => Promise.resolve({ status, ...more }),
});
const never: ServiceCheck['check'] = () => new Promise(() => undefined);
const away: ServiceCheck['check'] = () => Promise.reject(new RangeError('password wrong for root'));

function healthApp(options: Partial<HealthOptions> = {}) {
  const kept = recordingLogger();
  const health = createHealth({
    version: '1.2.3',
    checks: {},
    readiness: { databaseMigrations: yes, serviceConnections: yes, cacheWarming: yes },
    logger: kept.logger,
    timeoutMs: 30,
    ...options,
  });
  return { health, lines: kept.lines, app: testApp([health.router]) };
}

const servicesOf = async (checks: HealthOptions['checks']) =>
  request(healthApp({ checks }).app).get('/health');

describe('/health', () => {
  it('has the shape that monitors expect', async () => {
    const { status, body, headers } = await servicesOf({
      database: is('healthy', { latencyMs: 3 }),
      parlant: is('disabled'),
    });
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      version: '1.2.3',
      services: { database: { status: 'healthy', latencyMs: 3 }, parlant: { status: 'disabled' } },
    });
  });

  it.each([
    [['healthy', 'degraded'], 'degraded', 200],
    [['healthy', 'disabled'], 'healthy', 200],
    [['degraded', 'unhealthy'], 'unhealthy', 503],
    [[], 'healthy', 200],
  ] as const)('makes of %j: %s, %d', async (found, overall, code) => {
    const checks = Object.fromEntries(found.map((status, index) => [`s${index}`, is(status)]));
    const { status, body } = await servicesOf(checks);
    expect([body.status, status]).toEqual([overall, code]);
  });

  it('takes a check that fails for unhealthy, or degraded where the service can do without', async () => {
    const { status, body } = await servicesOf({ redis: { check: away, onFailure: 'degraded' } });
    expect([status, body.status]).toEqual([200, 'degraded']);
    expect((await servicesOf({ database: { check: away } })).status).toBe(503);
  });

  it('says nothing of why to the public and logs it once', async () => {
    const { app, lines } = healthApp({ checks: { database: { check: away } }, cacheMs: 0 });
    const { body, text } = await request(app).get('/health');
    await request(app).get('/health');
    expect(body.services.database).toEqual({ status: 'unhealthy', error: 'check failed' });
    expect(text).not.toContain('password');
    const told = lines.filter(({ message }) => message === 'a health check fails');
    expect(told).toMatchObject([
      { check: 'database', err: { message: 'password wrong for root' } },
    ]);
  });

  it('does not wait for a check that hangs', async () => {
    const { status, body } = await servicesOf({ database: { check: never } });
    expect(status).toBe(503);
    expect(body.services.database.error).toBe('no answer within 30 ms');
  });

  it('counts a check that throws before it begins as failed', async () => {
    const check = (): never => {
      throw new RangeError('at once');
    };
    expect((await servicesOf({ database: { check } })).status).toBe(503);
  });

  it('asks a service once a second, however often it is polled', async () => {
    const clock = { ms: 0, runs: 0 };
    const check = () => Promise.resolve({ status: 'healthy' as const, run: ++clock.runs });
    const { app } = healthApp({ checks: { database: { check } }, now: () => clock.ms });
    const poll = async (): Promise<number> => {
      const { body } = await request(app).get('/health');
      return body.services.database.run as number;
    };
    expect(await Promise.all([poll(), poll(), poll()])).toEqual([1, 1, 1]);
    clock.ms = 999;
    expect(await poll()).toBe(1);
    clock.ms = 1000;
    expect(await poll()).toBe(2);
  });

  it('does not start a check again that still hangs', async () => {
    const counted = { runs: 0 };
    const check: ServiceCheck['check'] = () => {
      counted.runs++;
      return new Promise(() => undefined);
    };
    const { app } = healthApp({ checks: { database: { check } }, cacheMs: 0 });
    await request(app).get('/health');
    await request(app).get('/health');
    expect(counted.runs).toBe(1);
  });
});

describe('/ready', () => {
  it('has the shape that probes expect', async () => {
    const { status, body } = await request(healthApp().app).get('/ready');
    expect(status).toBe(200);
    expect(body).toEqual({
      ready: true,
      checks: { databaseMigrations: true, serviceConnections: true, cacheWarming: true },
    });
  });

  it.each([
    ['says no', () => Promise.resolve(false)],
    ['fails', () => Promise.reject(new RangeError('no table'))],
    ['hangs', () => new Promise<boolean>(() => undefined)],
  ])('is 503 where a check %s', async (_what, databaseMigrations) => {
    const readiness = { databaseMigrations, serviceConnections: yes, cacheWarming: yes };
    const { status, body } = await request(healthApp({ readiness }).app).get('/ready');
    expect(status).toBe(503);
    expect(body).toMatchObject({
      ready: false,
      checks: { databaseMigrations: false, serviceConnections: true },
    });
  });

  it('is 503 from the moment the service drains, while it lives on', async () => {
    const { app, health } = healthApp();
    health.drain();
    expect((await request(app).get('/ready')).body).toMatchObject({ ready: false, draining: true });
    expect((await request(app).get('/live')).status).toBe(200);
  });
});

describe('/live and /version', () => {
  it('answer whatever the services do', async () => {
    const { app } = healthApp({
      checks: { database: { check: never } },
      build: { revision: 'abc' },
    });
    expect((await request(app).get('/live')).body).toEqual({ live: true });
    expect((await request(app).get('/version')).body).toEqual({
      version: '1.2.3',
      revision: 'abc',
    });
  });
});
