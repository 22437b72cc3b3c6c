import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '../testing/server.js';
import { newWebhookSecret, signedHeaders } from './signature.js';
import { createWebhookSender, type WebhookSender } from './webhook-sender.js';

describe('the signature', () => {
  it('is that of the example of Standard Webhooks', () => {
    const headers = signedHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    });
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('has a secret of 32 bytes, each time another', () => {
    const secrets = Array.from({ length: 50 }, newWebhookSecret);
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) {
      expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32);
    }
  });
});

describe('the sender', () => {
  let close: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(close.map((end) => end()));
    close = [];
  });

  const setUp = async (options: Parameters<typeof createWebhookSender>[0] = {}) => {
    const server = await startServer({
      '/ok': (_, response) => response.writeHead(202).end(),
      '/moved': (_, response) => response.writeHead(302, { location: '/ok' }).end(),
      '/endless': (_, response) => {
        response.writeHead(200);
        const more = () => response.write('x'.repeat(65_536), () => setImmediate(more));
        more();
      },
      '/silent': () => undefined,
    });
    const sender: WebhookSender = createWebhookSender({
      allowPrivateHosts: ['127.0.0.1'],
      ...options,
    });
    close.push(
      () => sender.close(),
      () => server.close(),
    );
    const send = (path: string, signal?: AbortSignal) =>
      sender.send(
        {
          id: 'msg_1',
          url: `${server.origin}${path}`,
          secret: newWebhookSecret(),
          content: { type: 'test' },
          sentAt: new Date('2026-03-01T12:00:00.900Z'),
        },
        signal,
      );
    return { server, send };
  };

  it('posts the message as JSON, with its time', async () => {
    const { server, send } = await setUp();
    expect(await send('/ok?a=b')).toEqual({ ok: true, status: 202, error: null });
    const [{ method, url, headers, body } = expect.fail('nothing came')] = server.seen;
    expect([method, url, body]).toEqual(['POST', '/ok?a=b', '{"type":"test"}']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1772366400',
    });
  });

  it('follows no redirect', async () => {
    const { server, send } = await setUp();
    expect(await send('/moved')).toMatchObject({ ok: false, status: 302 });
    expect(server.seen).toHaveLength(1);
  });

  it('reads no more of an answer than it must', async () => {
    const { send } = await setUp();
    expect(await send('/endless')).toMatchObject({ ok: true, status: 200 });
  });

  it('waits for a while, and no longer than its caller', async () => {
    const { send } = await setUp({ timeoutMs: 100 });
    expect(await send('/silent')).toMatchObject({ ok: false, status: null });
    const { send: patient } = await setUp();
    const gaveUp = AbortSignal.abort(new TypeError('gave up'));
    expect(await patient('/silent', gaveUp)).toMatchObject({ ok: false, error: 'gave up' });
  });

  it.each([
    'http://127.0.0.1:1/',
    'http://[::1]/',
    'http://10.0.0.1/',
    'http://169.254.169.254/',
    'http://2130706433/',
    'http://inside.example/',
  ])('does not reach %s', async (url) => {
    const sender = createWebhookSender({
      resolve: (_host, _options, callback) => callback(null, [{ address: '10.1.2.3', family: 4 }]),
    });
    const answer = await sender.send({
      id: 'msg_1',
      url,
      secret: newWebhookSecret(),
      content: {},
      sentAt: new Date(0),
    });
    expect(answer).toMatchObject({ ok: false, status: null });
    expect(answer.error).toContain('not public');
    await sender.close();
  });
});
