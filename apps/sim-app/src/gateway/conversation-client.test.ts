import { createServer, type RequestListener } from 'node:http';
import { listen, type RunningServer } from '@sim/service-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { createConversationClient } from './conversation-client.js';

const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function clientOf(listener: RequestListener, silenceMs?: number) {
  const server = await listen(createServer(listener), 0, { host: '127.0.0.1', graceMs: 100 });
  running.push(server);
  return createConversationClient({
    serviceUrl: `http://127.0.0.1:${server.port}`,
    ...(silenceMs !== undefined && { silenceMs }),
  });
}

const call = {
  path: '/sessions',
  body: { workflowId: 'wf_1' },
  idempotencyKey: 'k-1',
  token: 'a.b.c',
  requestId: 'request-1',
  forwardedFor: '203.0.113.7, 10.0.0.1',
};
const unavailable = { status: 503, code: 'conversation_service_unavailable' };

describe('the way to conversation-service', () => {
  it('carries who asks, from where, under which id and key', async () => {
    const client = await clientOf((req, res) => {
      res.end(JSON.stringify({ url: req.url, headers: req.headers }));
    });
    expect(await client(call)).toMatchObject({
      url: '/api/v1/conversational-workflows/sessions',
      headers: {
        authorization: 'Bearer a.b.c',
        'idempotency-key': 'k-1',
        'x-request-id': 'request-1',
        'x-forwarded-for': '203.0.113.7, 10.0.0.1',
      },
    });
  });

  it('passes a problem on as it came, with when to ask again', async () => {
    const problem = {
      ...{ type: '/docs/errors/rate_limited', title: 'Too many requests', status: 429 },
      ...{ detail: 'Later.', code: 'rate_limited', instance: '/x', requestId: 'request-1' },
    };
    const client = await clientOf((_req, res) => {
      res.writeHead(429, { 'Retry-After': '17' });
      res.end(JSON.stringify(problem));
    });
    await expect(client(call)).rejects.toMatchObject({ problem, retryAfter: 17 });
  });

  it.each([
    ['an error page', 502, '<html>Bad gateway</html>'],
    ['JSON that is no problem', 500, '{"error":"x"}'],
    ['half an answer', 200, '{"sessionId":'],
  ])('takes %s for a service that is away', async (_what, status, body) => {
    const client = await clientOf((_req, res) => void res.writeHead(status).end(body));
    await expect(client(call)).rejects.toMatchObject(unavailable);
  });

  it('asks once more where the connection was cut, which the key makes safe', async () => {
    const keys: unknown[] = [];
    const client = await clientOf((req, res) => {
      keys.push(req.headers['idempotency-key']);
      if (keys.length === 1) req.socket.destroy();
      else res.end('{"taken":true}');
    });
    expect(await client(call)).toEqual({ taken: true });
    expect(keys).toEqual(['k-1', 'k-1']);
  });

  it('gives up on a service that is silent, or not there', async () => {
    const client = await clientOf(() => undefined, 50);
    await expect(client(call)).rejects.toMatchObject(unavailable);
    const nobody = createConversationClient({ serviceUrl: 'http://127.0.0.1:9' });
    await expect(nobody(call)).rejects.toMatchObject(unavailable);
  });

  it('sends nothing that is nested too deeply to be written', async () => {
    const client = await clientOf((_req, res) => res.end('{}'));
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    await expect(client({ ...call, body: deep })).rejects.toMatchObject({ code: 'too_deep' });
  });
});
