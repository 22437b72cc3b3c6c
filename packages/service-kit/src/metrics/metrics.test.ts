import { Router } from 'express';
import { Gauge } from 'prom-client';
import request from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { testApp } from '../testing/app.js';
import { createMetrics, type Metrics } from './metrics.js';
import { serveMetrics } from './serve-metrics.js';

const quiet = () => createMetrics({ service: 'test', processMetrics: false });

function appWith(metrics: Metrics) {
  const inner = Router();
  inner.get('/sessions/:id', (_req, res) => void res.json({}));
  inner.get('/fails', () => {
    throw new RangeError('at fault');
  });
  const api = Router();
  api.use('/api/v1', inner);
  return testApp([metrics.middleware, api]);
}

interface Series {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly value: number;
}
const requestsOf = async ({ registry }: Metrics): Promise<Series[]> => {
  const found = await registry.getSingleMetric('http_requests_total')?.get();
  return found?.values ?? [];
};

describe('createMetrics', () => {
  it('counts requests by method, route template and status', async () => {
    const metrics = quiet();
    const app = appWith(metrics);
    for (const path of ['sessions/ses_1', 'sessions/ses_2', 'fails']) {
      await request(app).get(`/api/v1/${path}`);
    }
    await vi.waitFor(async () =>
      expect(await requestsOf(metrics)).toMatchObject([
        { labels: { method: 'GET', route: '/api/v1/sessions/:id', status: '200' }, value: 2 },
        { labels: { method: 'GET', route: '/api/v1/fails', status: '500' }, value: 1 },
      ]),
    );
  });

  it('makes one series of everything that is not there', async () => {
    const metrics = quiet();
    const app = appWith(metrics);
    for (let index = 0; index < 20; index++) await request(app).get(`/made/up/${index}`);
    await vi.waitFor(async () =>
      expect(await requestsOf(metrics)).toMatchObject([
        { labels: { route: 'unmatched', status: '404' }, value: 20 },
      ]),
    );
  });

  it('times requests in seconds', async () => {
    const metrics = quiet();
    await request(appWith(metrics)).get('/api/v1/sessions/ses_1');
    await vi.waitFor(async () =>
      expect(await metrics.registry.metrics()).toMatch(
        /http_request_duration_seconds_count\{[^}]*route="\/api\/v1\/sessions\/:id"[^}]*\} 1/,
      ),
    );
  });

  it('keeps apps of one process apart', async () => {
    const [one, other] = [quiet(), quiet()];
    await request(appWith(one)).get('/api/v1/sessions/ses_1');
    await vi.waitFor(async () => expect(await requestsOf(one)).toHaveLength(1));
    expect(await requestsOf(other)).toEqual([]);
  });

  it('knows the process, and names the service on every series', async () => {
    const text = await createMetrics({ service: 'sim-app' }).registry.metrics();
    expect(text).toMatch(/process_resident_memory_bytes\{service="sim-app"\} \d+/);
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });
});

describe('serveMetrics', () => {
  it('serves /metrics alone, on a port of its own', async () => {
    const metrics = quiet();
    new Gauge({ name: 'sessions', help: 'h', registers: [metrics.registry] }).set(7);
    const server = await serveMetrics(metrics.registry, 0);
    const base = `http://127.0.0.1:${server.port}`;
    const found = await fetch(`${base}/metrics`);
    expect(found.headers.get('content-type')).toContain('text/plain; version=');
    expect(await found.text()).toContain('sessions{service="test"} 7');
    expect((await fetch(`${base}/`)).status).toBe(404);
    expect((await fetch(`${base}/metrics`, { method: 'POST' })).status).toBe(404);
    await server.close();
  });

  it('answers 500 where a metric cannot be read', async () => {
    const metrics = quiet();
    const collect = (): never => {
      throw new RangeError('no pool');
    };
    new Gauge({ name: 'pool', help: 'h', registers: [metrics.registry], collect });
    const server = await serveMetrics(metrics.registry, 0);
    const found = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect(found.status).toBe(500);
    expect(await found.text()).not.toContain('no pool');
    await server.close();
  });

  it('names METRICS_PORT where the port is taken', async () => {
    const first = await serveMetrics(quiet().registry, 0);
    await expect(serveMetrics(quiet().registry, first.port)).rejects.toMatchObject({
      name: 'PortInUseError',
      variable: 'METRICS_PORT',
    });
    await first.close();
  });
});
