import { Router } from 'express';
import request from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { badRequest } from '../problems/problem-error.js';
import { recordingLogger, testApp, type LogLine } from '../testing/app.js';
import { bindSession } from './request-logging.js';

function routes(): Router {
  const inner = Router({ mergeParams: true });
  inner.get('/turns/:turnId', (_req, res) => void res.json({}));
  inner.get('/refused/:x', (_req, _res, next) => next(badRequest('nope', 'No.')));
  inner.get('/throws', () => {
    throw new RangeError('at fault');
  });
  const router = Router();
  router.get('/', (_req, res) => void res.json({}));
  router.get('/health', (_req, res) => void res.json({}));
  router.get('/sessions/:id', (req, res) => {
    bindSession(req, req.params.id);
    req.log.info('inside');
    res.json({ id: req.id });
  });
  router.use('/api/v1/sessions/:id', inner);
  router.use('/api/v1', inner);
  return router;
}

async function logOf(path: string, headers: Record<string, string> = {}) {
  const { logger, lines } = recordingLogger();
  const response = await request(testApp([routes()], { logger }))
    .get(path)
    .set(headers);
  const over = (): LogLine | undefined => lines.find(({ message }) => message === 'request');
  await vi.waitFor(() => expect(over()).toBeDefined());
  return { response, lines, line: over() ?? {} };
}

describe('requestLogging', () => {
  it('writes one line per request', async () => {
    const { line, lines } = await logOf('/sessions/ses_1');
    expect(lines.filter(({ message }) => message === 'request')).toHaveLength(1);
    expect(line).toMatchObject({
      level: 'info',
      method: 'GET',
      route: '/sessions/:id',
      status: 200,
      session: 'ses_1',
      requestId: expect.any(String),
      durationMs: expect.any(Number),
    });
  });

  it('puts the request id on every line and into the answer', async () => {
    const { response, lines } = await logOf('/sessions/ses_1', { 'X-Request-Id': 'from-nginx-1' });
    expect(response.headers['x-request-id']).toBe('from-nginx-1');
    expect(response.body).toEqual({ id: 'from-nginx-1' });
    expect(lines.map(({ requestId }) => requestId)).toEqual(['from-nginx-1', 'from-nginx-1']);
  });

  it.each(['short', 'x'.repeat(129), 'with space', '{"json":1}'])(
    'makes an id of its own instead of %j',
    async (given) => {
      const { response } = await logOf('/', { 'X-Request-Id': given });
      expect(response.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    },
  );

  it.each([
    ['/', '/', 200],
    ['/api/v1/turns/trn_1?token=hush', '/api/v1/turns/:turnId', 200],
    ['/api/v1/sessions/ses_1/turns/trn_1', '/api/v1/sessions/:param/turns/:turnId', 200],
    ['/api/v1/refused/secret', '/api/v1/refused/:x', 400],
    ['/nowhere/at/all', 'unmatched', 404],
  ])('knows %s as %s', async (path, route, status) => {
    const { line, lines } = await logOf(path);
    expect(line).toMatchObject({ route, status });
    expect(JSON.stringify(lines)).not.toMatch(/hush|secret|trn_1|ses_1/);
  });

  it('logs a failed request as an error, and probes at debug', async () => {
    expect((await logOf('/api/v1/throws')).line['level']).toBe('error');
    expect((await logOf('/health')).line['level']).toBe('debug');
  });
});
