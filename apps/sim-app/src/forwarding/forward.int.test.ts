import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import { CONVERSATION_BASE_PATH, problem } from '@sim/contracts';
import { createLogger, listen, requestLogging, type RunningServer } from '@sim/service-kit';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { forwardConversations } from './forward.js';

const base = CONVERSATION_BASE_PATH;
const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A conversation-service that answers by `listener`, and sim-app's part before it. */
async function stand(listener: RequestListener, silenceMs?: number) {
  const service = await listen(createServer(listener), 0, { graceMs: 100 });
  const front = await standBefore(`http://127.0.0.1:${service.port}`, silenceMs);
  running.push(service);
  return { ...front, service };
}

async function standBefore(target: string, silenceMs?: number) {
  const app = express();
  const logger = createLogger({ service: 'test', level: 'silent', format: 'json' });
  app.use(requestLogging(logger));
  const forwarding = forwardConversations({
    target,
    docsBase: '/docs/errors',
    ...(silenceMs !== undefined && { silenceMs }),
  });
  app.use(forwarding.handler);
  app.use((_req, res) => void res.status(418).send('not forwarded'));
  const front = await listen(app, 0, { graceMs: 100 });
  running.push(front);
  return { front, forwarding, url: `http://127.0.0.1:${front.port}` };
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return text;
}

describe('forwarding', () => {
  it('passes method, path, query, headers and body on, and the answer back', async () => {
    const { url } = await stand((req, res) => {
      void textOf(req).then((body) => {
        const { method, headers } = req;
        res.writeHead(201, { 'Content-Type': 'application/json', ETag: '"7"' });
        res.end(JSON.stringify({ method, url: req.url, headers, body }));
      });
    });
    const response = await fetch(`${url}${base}/sessions?status=running`, {
      method: 'POST',
      headers: {
        Authorization: 'Bearer abc',
        'Content-Type': 'application/json',
        'Idempotency-Key': 'k1',
        'X-Request-Id': 'request-4711',
      },
      body: '{"workflowId":"wf_1"}',
    });
    expect([response.status, response.headers.get('etag')]).toEqual([201, '"7"']);
    expect(response.headers.get('connection')).not.toBe('close');
    expect(await response.json()).toMatchObject({
      method: 'POST',
      url: `${base}/sessions?status=running`,
      body: '{"workflowId":"wf_1"}',
      headers: {
        authorization: 'Bearer abc',
        'idempotency-key': 'k1',
        'x-request-id': 'request-4711',
        'x-forwarded-for': expect.stringContaining('127.0.0.1'),
        'x-forwarded-host': `127.0.0.1:${new URL(url).port}`,
      },
    });
  });

  it('takes only what stands below the path of conversations', async () => {
    const { url } = await stand((_req, res) => res.end('forwarded'));
    const ask = async (path: string) => (await fetch(`${url}${path}`)).status;
    expect(await ask(`${base}/health`)).toBe(200);
    expect(await ask(base)).toBe(200);
    for (const path of [`${base}x`, '/api/v1/workflows', '/']) expect(await ask(path)).toBe(418);
  });

  it('streams without waiting for the end, and takes the end of the client along', async () => {
    let opened: ServerResponse | undefined;
    const { url } = await stand((_req, res) => {
      opened = res;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      res.write('data: one\n\n');
    });
    const leaving = new AbortController();
    const response = await fetch(`${url}${base}/sessions/ses_1/events`, { signal: leaving.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toBe('data: one\n\n');
    opened?.write('data: two\n\n');
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: two\n\n');
    const closed = opened && once(opened, 'close');
    leaving.abort();
    await closed;
    expect(opened?.destroyed).toBe(true);
  });

  it('ends the request to the service when the client goes before the answer', async () => {
    let arrived: (res: ServerResponse) => void = () => undefined;
    const arrival = new Promise<ServerResponse>((resolve) => (arrived = resolve));
    const { url } = await stand((_req, res) => arrived(res));
    const leaving = new AbortController();
    const answer = fetch(`${url}${base}/sessions`, { signal: leaving.signal }).catch(
      (error: unknown) => error,
    );
    const waiting = await arrival;
    const closed = once(waiting, 'close');
    leaving.abort();
    await closed;
    expect(await answer).toBeInstanceOf(Error);
  });

  it('answers 503 with Retry-After when the service is down', async () => {
    const { url, service } = await stand((_req, res) => res.end());
    await service.close();
    const response = await fetch(`${url}${base}/sessions`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const body = problem.parse(await response.json());
    expect(body).toMatchObject({
      code: 'conversation_service_unavailable',
      instance: `${base}/sessions`,
      requestId: response.headers.get('x-request-id'),
    });
  });

  it('answers 503 when the service is silent for too long', async () => {
    const { url } = await stand(() => undefined, 50);
    expect((await fetch(`${url}${base}/sessions`)).status).toBe(503);
  });

  it('cuts the answer off where the service does, rather than end it as if it were whole', async () => {
    const { front } = await stand((_req, res) => {
      res.writeHead(200, { 'Content-Length': '100' });
      res.write('half');
      setImmediate(() => res.destroy());
    });
    const outcome = await new Promise<string>((resolve) => {
      const path = `${base}/sessions`;
      httpRequest({ port: front.port, host: '127.0.0.1', path }, (response) => {
        response.on('error', (error) => resolve(error.message));
        response.on('end', () => resolve('whole'));
        response.resume();
      }).end();
    });
    expect(outcome).toBe('aborted');
  });

  it('ends its streams when it is asked to, on both sides', async () => {
    let opened: ServerResponse | undefined;
    const { url, forwarding } = await stand((_req, res) => {
      opened = res;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      res.write('data: one\n\n');
    });
    const response = await fetch(`${url}${base}/sessions/ses_1/events`);
    const closed = opened && once(opened, 'close');
    forwarding.endStreams();
    expect(await response.text()).toBe('data: one\n\n');
    await closed;
    expect(opened?.destroyed).toBe(true);
  });

  it('goes on with the next request after the service has come back', async () => {
    const { url, service } = await stand((_req, res) => res.end('first'));
    await service.close();
    expect((await fetch(`${url}${base}/live`)).status).toBe(503);
    const again = await listen(
      createServer((_req, res) => res.end('second')),
      service.port,
    );
    running.push(again);
    expect(await (await fetch(`${url}${base}/live`)).text()).toBe('second');
  });
});
