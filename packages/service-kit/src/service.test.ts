import express, { Router, type Express } from 'express';
import request from 'supertest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import {
  apiDocs,
  bearerAuth,
  bindSession,
  conversationLimiter,
  cors,
  corsSettings,
  createEventStreams,
  createHealth,
  createMetrics,
  generalLimiter,
  httpSettings,
  isId,
  jsonBody,
  jwtSecret,
  listen,
  newId,
  notFound,
  notFoundHandler,
  parseConfig,
  principalOf,
  problemHandler,
  rateLimitSettings,
  requestLogging,
  requireRole,
  securityHeaders,
  signAccessToken,
  validate,
  type EventStreams,
  type Health,
  type Metrics,
  type Principal,
  type RunningServer,
} from './index.js';
import { recordingLogger, type LogLine } from './testing/app.js';

/** A small service that is put together as the real ones are. */
interface Service {
  readonly app: Express;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly streams: EventStreams;
  readonly lines: readonly LogLine[];
  readonly secret: string;
}

const createSession = z.strictObject({ workflowId: z.string(), input: z.json().optional() });

function sessionRoutes(streams: EventStreams): Router {
  const sessions = new Map<string, Principal>();
  const router = Router();
  router.param('id', (req, _res, next, id: string) => {
    const owner = isId('ses', id) ? sessions.get(id) : undefined;
    bindSession(req, id);
    const mine = owner?.workspaceId === principalOf(req).workspaceId;
    next(mine ? undefined : notFound('session_not_found', 'There is no such session.'));
  });
  router.post('/sessions', requireRole('editor'), (req, res) => {
    const { workflowId } = validate(createSession)(req.body, 'body');
    const sessionId = newId('ses');
    sessions.set(sessionId, principalOf(req));
    res.status(201).json({ sessionId, workflowId });
  });
  router.get('/sessions/:id', (req, res) => void res.json({ sessionId: req.params.id }));
  router.get('/sessions/:id/events', async (req, res) => {
    await streams.open(req, res).send({ id: 0, event: 'joined', data: {} });
  });
  return router;
}

function createService(env: Record<string, string> = {}): Service {
  const { config, secrets } = parseConfig(
    {
      config: { http: httpSettings(3001), limits: rateLimitSettings(), cors: corsSettings() },
      secrets: { jwt: jwtSecret() },
    },
    { JWT_SECRET: 'a secret of at least 32 characters', ...env },
  );
  const { logger, lines } = recordingLogger();
  const metrics = createMetrics({ service: 'test', processMetrics: false });
  const streams = createEventStreams();
  const yes = () => Promise.resolve(true);
  const health = createHealth({
    version: '1.0.0',
    checks: { database: { check: () => Promise.resolve({ status: 'healthy' }) } },
    readiness: { databaseMigrations: yes, serviceConnections: yes, cacheWarming: yes },
    logger,
  });
  const app = express();
  app.set('trust proxy', config.http.trustProxy);
  app.use(requestLogging(logger), metrics.middleware, securityHeaders(), cors(config.cors));
  app.use(health.router, apiDocs({ openapi: '3.1.0', info: { title: 'Test', version: '1' } }));
  app.use('/api', generalLimiter({ ...config.limits.api, logger }));
  app.use('/api/v1', jsonBody(), bearerAuth({ secret: secrets.jwt }));
  app.use('/api/v1', conversationLimiter({ ...config.limits.conversation, logger }));
  app.use('/api/v1', sessionRoutes(streams));
  app.use(notFoundHandler(), problemHandler({ docsBase: '/docs/errors' }));
  return { app, health, metrics, streams, lines, secret: secrets.jwt };
}

const ann: Principal = { userId: 'usr_ann', workspaceId: 'ws_1', role: 'editor' };
const bearer = async ({ secret }: Service, principal = ann): Promise<string> =>
  `Bearer ${await signAccessToken(principal, { secret, expiresInSeconds: 60 })}`;

async function openSession(service: Service): Promise<string> {
  const { body } = await request(service.app)
    .post('/api/v1/sessions')
    .set('Authorization', await bearer(service))
    .send({ workflowId: 'wf_1' });
  return (body as { sessionId: string }).sessionId;
}

describe('a service made of the kit', () => {
  it('lets a client with a token through', async () => {
    const service = createService();
    const id = await openSession(service);
    const { status, body } = await request(service.app)
      .get(`/api/v1/sessions/${id}`)
      .set('Authorization', await bearer(service));
    expect([status, body]).toEqual([200, { sessionId: id }]);
  });

  it('shows the probes and the docs to everyone', async () => {
    const { app } = createService();
    for (const path of [
      '/health',
      '/ready',
      '/live',
      '/version',
      '/api/openapi.json',
      '/api/docs',
    ]) {
      expect((await request(app).get(path)).status, path).toBe(200);
    }
  });

  it.each([
    ['no token', {}, { workflowId: 'wf_1' }, 401, 'token_missing'],
    ['an unknown field', { role: 'editor' }, { workflowId: 'wf_1', odd: 1 }, 400, 'invalid_body'],
    ['no body', { role: 'editor' }, undefined, 400, 'invalid_body'],
    ['too little a role', { role: 'viewer' }, { workflowId: 'wf_1' }, 403, 'role_insufficient'],
    ['a strange origin', { origin: 'https://evil.com' }, {}, 403, 'origin_not_allowed'],
  ] as const)('refuses %s', async (_what, who, body, status, code) => {
    const service = createService();
    const headers = {
      ...('role' in who && { Authorization: await bearer(service, { ...ann, role: who.role }) }),
      ...('origin' in who && { Origin: who.origin }),
    };
    const answer = await request(service.app).post('/api/v1/sessions').set(headers).send(body);
    expect(answer.body).toMatchObject({ status, code, type: `/docs/errors/${code}` });
    expect(answer.headers['x-request-id']).toBe(answer.body.requestId);
  });

  it('hides the sessions of other workspaces', async () => {
    const service = createService();
    const id = await openSession(service);
    const stranger = await bearer(service, { ...ann, workspaceId: 'ws_2' });
    const theirs = await request(service.app)
      .get(`/api/v1/sessions/${id}`)
      .set('Authorization', stranger);
    const none = await request(service.app)
      .get(`/api/v1/sessions/${newId('ses')}`)
      .set('Authorization', stranger);
    expect(theirs.status).toBe(404);
    expect(theirs.body.detail).toBe(none.body.detail);
  });

  it('limits commands per user and everything per address, and still answers probes', async () => {
    const service = createService({ CONVERSATION_RATE_LIMIT_MAX: '2', API_RATE_LIMIT_MAX: '5' });
    const ask = async (userId: string): Promise<number> => {
      const token = await bearer(service, { ...ann, userId });
      const { status } = await request(service.app)
        .post('/api/v1/sessions')
        .set('Authorization', token)
        .send({ workflowId: 'wf_1' });
      return status;
    };
    const found = [];
    for (const user of ['ann', 'ann', 'ann', 'bob', 'bob', 'cid']) found.push(await ask(user));
    expect(found).toEqual([201, 201, 429, 201, 201, 429]);
    expect((await request(service.app).get('/health')).status).toBe(200);
  });

  it('has route, user and session on the line, and neither token nor id in the metrics', async () => {
    const service = createService();
    const id = await openSession(service);
    const token = await bearer(service);
    await request(service.app).get(`/api/v1/sessions/${id}`).set('Authorization', token);
    await vi.waitFor(() =>
      expect(service.lines).toContainEqual(
        expect.objectContaining({
          message: 'request',
          route: '/api/v1/sessions/:id',
          user: 'usr_ann',
          session: id,
          status: 200,
        }),
      ),
    );
    const text = await service.metrics.registry.metrics();
    expect(text).toContain('route="/api/v1/sessions/:id",status="200"');
    expect(text + JSON.stringify(service.lines)).not.toContain(token.slice('Bearer '.length));
    expect(text).not.toContain(id);
  });
});

describe('the end of a service', () => {
  const running: RunningServer[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });

  it('drains, ends its streams and is gone', async () => {
    const service = createService();
    const id = await openSession(service);
    const server = await listen(service.app, 0, { graceMs: 5000 });
    running.push(server);
    server.onClosing(() => service.streams.closeAll());
    const base = `http://127.0.0.1:${server.port}`;
    const stream = await fetch(`${base}/api/v1/sessions/${id}/events`, {
      headers: { Authorization: await bearer(service) },
    });

    service.health.drain();
    expect((await fetch(`${base}/ready`)).status).toBe(503);
    expect((await fetch(`${base}/live`)).status).toBe(200);
    const [text] = await Promise.all([stream.text(), server.close()]);
    expect(text).toContain('id: 0\nevent: joined\ndata: {}\n\n');
    await expect(fetch(`${base}/live`)).rejects.toThrow();
  });
});
