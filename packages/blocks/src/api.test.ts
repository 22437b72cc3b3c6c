import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '@sim/domain';
import { apiBlock } from './api.js';
import { createGuardedAgent } from './http/guarded-agent.js';
import { failureOf, outputOf } from './testing/context.js';
import { testNames } from './testing/names.js';
import { startServer } from './testing/server.js';

const MAX_BYTES = 100_000;
const BOMB = gzipSync(Buffer.alloc(50_000_000));

type Server = Awaited<ReturnType<typeof startServer>>;
let server: Server;
let other: Server;
let agent: ReturnType<typeof createGuardedAgent>;
let block: ReturnType<typeof apiBlock>;
const dropped: string[] = [];

beforeAll(async () => {
  other = await startServer({ '/landed': (_, response) => response.end('landed') });
  server = await startServer({
    '/json': (_, r) =>
      r.setHeader('content-type', 'application/json; charset=utf-8').end('{"a":[1]}'),
    '/problem': (_, r) => r.setHeader('content-type', 'application/problem+json').end('{"b":1}'),
    '/broken-json': (_, r) => r.setHeader('content-type', 'application/json').end('{"a":'),
    '/text': (_, r) => r.setHeader('content-type', 'text/plain').end('{"not":"parsed"}'),
    '/latin1': (_, r) =>
      r.setHeader('content-type', 'text/plain; charset=iso-8859-1').end(Buffer.from([0xe9])),
    '/odd-charset': (_, r) => r.setHeader('content-type', 'text/plain; charset=nonsense').end('é'),
    '/binary': (_, r) => r.setHeader('content-type', 'image/png').end(Buffer.from([0x89, 0x00])),
    '/nothing': (_, r) => r.writeHead(204).end(),
    '/cookies': (_, r) => r.setHeader('set-cookie', ['a=1', 'b=2']).end('x'),
    '/gzip': (_, r) => r.setHeader('content-encoding', 'gzip').end(gzipSync('packed')),
    '/deflate': (_, r) => r.setHeader('content-encoding', 'deflate').end(deflateSync('packed')),
    '/br': (_, r) => r.setHeader('content-encoding', 'br').end(brotliCompressSync('packed')),
    '/not-gzip': (_, r) => r.setHeader('content-encoding', 'gzip').end('plain'),
    '/bomb': (_, r) => r.setHeader('content-encoding', 'gzip').end(BOMB),
    '/endless': (_, r) => {
      const write = (): void => {
        while (!r.destroyed && r.write('x'.repeat(16_384)));
      };
      r.on('drain', write).on('close', () => dropped.push('endless'));
      write();
    },
    '/never': (_, r) => r.on('close', () => dropped.push('never')),
    '/half': (_, r) => {
      r.setHeader('content-type', 'text/plain').write('half');
      r.on('close', () => dropped.push('half'));
    },
    '/reset': (_, r) => r.destroy(),
    '/cut': (_, r) => {
      r.writeHead(200, { 'content-length': 100 }).write('x');
      setImmediate(() => r.destroy());
    },
    ...Object.fromEntries(
      [400, 404, 408, 409, 425, 429, 500, 503].map((status) => [
        `/status-${status}`,
        (_: unknown, r: ServerResponse) => r.writeHead(status).end('why: s3cret'),
      ]),
    ),
    ...Object.fromEntries(
      [301, 302, 303, 307, 308].map((status) => [
        `/redirect-${status}`,
        (_: unknown, r: ServerResponse) => r.writeHead(status, { location: '/json' }).end('moved'),
      ]),
    ),
    '/away': (_, r) => r.writeHead(307, { location: `${other.origin}/landed` }).end(),
    '/to': ({ url }, r) =>
      r.writeHead(302, { location: new URL(url, 'http://x').searchParams.get('url') ?? '' }).end(),
    '/circle': (_, r) => r.writeHead(302, { location: '/circle' }).end(),
    '/no-location': (_, r) => r.writeHead(302).end('stay'),
  });
  agent = createGuardedAgent({
    allowPrivateHosts: [`127.0.0.1:${server.port}`, `127.0.0.1:${other.port}`],
    connectTimeoutMs: 5000,
    resolve: testNames().resolve,
  });
  block = apiBlock({
    dispatcher: agent,
    timeoutMs: 20_000,
    maxRedirects: 5,
    maxResponseBytes: MAX_BYTES,
  });
});
afterAll(async () => {
  await agent.destroy();
  await Promise.all([server.close(), other.close()]);
});
beforeEach(() => {
  server.seen.length = other.seen.length = dropped.length = 0;
});

const get = (path: string, params: JsonObject = {}): JsonObject => ({
  url: `${server.origin}${path}`,
  ...params,
});

describe('api', () => {
  it('sends what the block says', async () => {
    const params = get('/json', {
      method: 'POST',
      params: [{ cells: { Key: 'q', Value: 'x y' } }],
      headers: [{ cells: { Key: 'X-One', Value: '1' } }],
      body: { hello: 'é' },
    });
    expect(await outputOf(block, params)).toMatchObject({ status: 200, data: { a: [1] } });
    expect(server.seen).toMatchObject([
      {
        method: 'POST',
        url: '/json?q=x+y',
        body: '{"hello":"é"}',
        headers: { 'x-one': '1', 'content-type': 'application/json', 'idempotency-key': 'key-1' },
      },
    ]);
  });

  it('sends the key with writes alone, and leaves the one that the author set', async () => {
    await outputOf(block, get('/json'));
    await outputOf(block, get('/json', { method: 'DELETE' }));
    await outputOf(block, get('/json', { method: 'PUT', headers: { 'Idempotency-Key': 'own' } }));
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([undefined, 'key-1', 'own']);
    expect(block).toMatchObject({ sideEffect: 'write', idempotent: true });
  });

  it.each<[string, unknown]>([
    ['/json', { a: [1] }],
    ['/problem', { b: 1 }],
    ['/broken-json', '{"a":'],
    ['/text', '{"not":"parsed"}'],
    ['/latin1', 'é'],
    ['/odd-charset', 'é'],
    ['/binary', { contentType: 'image/png', base64: 'iQA=' }],
    ['/nothing', null],
    ['/gzip', 'packed'],
    ['/deflate', 'packed'],
    ['/br', 'packed'],
  ])('reads the body of %s', async (path, data) => {
    expect(await outputOf(block, get(path))).toMatchObject({ data });
  });

  it('gives headers as text', async () => {
    expect(await outputOf(block, get('/cookies'))).toMatchObject({
      headers: { 'set-cookie': 'a=1, b=2' },
    });
  });

  it.each([
    [400, false],
    [404, false],
    [409, false],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
  ])('fails at status %i, to be retried: %s', async (status, retryable) => {
    const failure = await failureOf(block, get(`/status-${status}?token=s3cret`), {
      secrets: ['s3cret'],
    });
    expect(failure).toEqual({
      code: 'http_error',
      message: `127.0.0.1:${server.port} answered GET with status ${status}.`,
      retryable,
      details: { status, data: 'why: ***' },
    });
  });

  it.each([
    ['/endless', 'endless'],
    ['/bomb', null],
  ])('stops reading %s at the limit', async (path, connection) => {
    expect(await failureOf(block, get(path))).toEqual({
      code: 'response_too_large',
      message: `The answer is larger than ${MAX_BYTES} bytes.`,
      retryable: false,
    });
    if (connection !== null) await expect.poll(() => dropped).toContain(connection);
  });

  it.each(['/never', '/half'])('gives up on %s in the time that the block has', async (path) => {
    expect(await failureOf(block, get(path, { timeout: '50' }))).toEqual({
      code: 'timeout',
      message: 'The request took longer than 50 ms.',
      retryable: true,
    });
    await expect.poll(() => dropped).toContain(path.slice(1));
  });

  it.each([undefined, 60_000, -1, 'soon'])(
    'gives no block more time than there is (%j)',
    async (timeout) => {
      const limits = { timeoutMs: 30, maxRedirects: 5, maxResponseBytes: MAX_BYTES };
      const hurried = apiBlock({ dispatcher: agent, ...limits });
      const failure = await failureOf(
        hurried,
        get('/never', timeout === undefined ? {} : { timeout }),
      );
      expect(failure.message).toBe('The request took longer than 30 ms.');
    },
  );

  it('drops the request when the run is aborted', async () => {
    const abort = new AbortController();
    const running = outputOf(block, get('/never'), { signal: abort.signal });
    await expect.poll(() => server.seen).toHaveLength(1);
    abort.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
    await expect.poll(() => dropped).toContain('never');
  });

  it.each([
    ['/reset', 'The connection broke off.'],
    ['/cut', 'The connection broke off.'],
    ['/not-gzip', 'The answer could not be unpacked.'],
  ])('tells that %s failed', async (path, message) => {
    expect(await failureOf(block, get(path))).toEqual({
      code: 'connection_failed',
      message,
      retryable: true,
    });
  });

  it('tells a host that is not there, and one that refuses', async () => {
    expect(await failureOf(block, { url: 'http://nowhere.test/' })).toMatchObject({
      code: 'connection_failed',
      message: 'The host does not exist.',
      retryable: true,
    });
    const gone = await startServer({});
    await gone.close();
    const open = createGuardedAgent({ allowPrivateHosts: ['127.0.0.1'], connectTimeoutMs: 1000 });
    const free = apiBlock({
      dispatcher: open,
      timeoutMs: 5000,
      maxRedirects: 5,
      maxResponseBytes: 1,
    });
    expect(await failureOf(free, { url: gone.origin })).toMatchObject({
      code: 'connection_failed',
      message: 'The host refused the connection.',
    });
    await open.destroy();
  });

  it('refuses parameters that make no request, without secrets in the reason', async () => {
    const failure = await failureOf(block, { url: 'not a url s3cret' }, { secrets: ['s3cret'] });
    expect(failure).toMatchObject({ code: 'invalid_params', retryable: false });
    expect(failure.message).toContain('"not a url ***"');
  });
});

describe('redirects', () => {
  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [301, 'PUT', 'PUT', '{"a":1}'],
    [307, 'POST', 'POST', '{"a":1}'],
    [308, 'DELETE', 'DELETE', '{"a":1}'],
    [303, 'HEAD', 'HEAD', ''],
  ])('after %i a %s goes on as %s', async (status, method, next, body) => {
    await outputOf(block, get(`/redirect-${status}`, { method, body: { a: 1 } }));
    expect(server.seen[1]).toMatchObject({ method: next, url: '/json', body });
    expect(server.seen[1]?.headers['content-type']).toBe(
      body === '' ? undefined : 'application/json',
    );
  });

  it('keeps credentials within the origin', async () => {
    const headers = {
      Authorization: 'Bearer x',
      Cookie: 'a=1',
      'X-Custom': 'key s3cret',
      'X-Plain': 'p',
    };
    await outputOf(block, get('/redirect-302', { headers }));
    expect(server.seen[1]?.headers).toMatchObject({ authorization: 'Bearer x', cookie: 'a=1' });
    await outputOf(block, get('/away', { headers }), { secrets: ['s3cret'] });
    const sent = other.seen[0]?.headers ?? {};
    expect(sent['x-plain']).toBe('p');
    expect(Object.keys(sent)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/authorization|cookie|x-custom/)]),
    );
  });

  it('ends after five', async () => {
    expect(await failureOf(block, get('/circle'))).toEqual({
      code: 'too_many_redirects',
      message: 'It redirected more than 5 times.',
      retryable: false,
    });
    expect(server.seen).toHaveLength(6);
  });

  it('takes one that leads nowhere as the answer', async () => {
    expect(await outputOf(block, get('/no-location'))).toMatchObject({ status: 302, data: 'stay' });
  });

  it.each([
    ['http://10.0.0.7/', 'address_forbidden'],
    ['http://169.254.169.254/latest/meta-data/', 'address_forbidden'],
    ['http://[::1]/', 'address_forbidden'],
    ['http://private.test/', 'address_forbidden'],
    ['//private.test/', 'address_forbidden'],
    ['http://127.0.0.1:1/', 'address_forbidden'],
    ['file:///etc/passwd', 'invalid_params'],
    ['http://', 'invalid_params'],
  ])('does not follow one to %s', async (target, code) => {
    const failure = await failureOf(block, get(`/to?url=${encodeURIComponent(target)}`));
    expect(failure).toMatchObject({ code, retryable: false });
  });
});
