import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '@sim/domain';
import type { HttpToolAdapter } from '@sim/engine';
import { failureOf, outputOf } from '../testing/context.js';
import { startServer } from '../testing/server.js';
import { httpTool, SECRETS, toolsOver } from '../testing/tools.js';
import type { Tools } from './tools.js';

let server: Awaited<ReturnType<typeof startServer>>;
let tools: Tools;
const dropped: string[] = [];

beforeAll(async () => {
  const json = 'application/json';
  server = await startServer({
    '/send': (_, r) => r.setHeader('content-type', json).end('{"ts":"17","ok":true}'),
    '/list': (_, r) => r.setHeader('content-type', json).end('[1,2]'),
    '/text': (_, r) => r.setHeader('content-type', 'text/plain').end('sent'),
    '/nothing': (_, r) => r.writeHead(204).end(),
    '/echo': ({ headers }, r) =>
      r
        .setHeader('content-type', json)
        .end(JSON.stringify({ said: headers.authorization, [`${headers.authorization}`]: 1 })),
    '/broken': ({ headers }, r) => r.writeHead(500).end(`no: ${headers.authorization}`),
    '/refused': (_, r) => r.writeHead(403).end('no'),
    '/huge': (_, r) => r.setHeader('content-type', 'text/plain').end('x'.repeat(200_000)),
    '/deep': (_, r) =>
      r.setHeader('content-type', json).end('['.repeat(40_000) + ']'.repeat(40_000)),
    '/never': (_, r) => r.on('close', () => dropped.push('never')),
    '/inside': (_, r) => r.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
  });
  tools = toolsOver();
});
afterAll(async () => {
  await tools.close();
  await server.close();
});
beforeEach(() => {
  server.seen.length = dropped.length = 0;
});

const AUTH = { authorization: 'Bearer {{TOKEN}}' };
const block = (path: string, adapter: Partial<HttpToolAdapter> = {}) =>
  tools.executor(httpTool({ url: `${server.origin}${path}`, ...adapter }));

describe('a call by HTTP', () => {
  it('sends type, operation and parameters where no body is configured, under the key of the run', async () => {
    const params = { operation: 'send', channel: '#ops', text: 'hi' };
    expect(await outputOf(block('/send', { headers: AUTH }), params)).toEqual({
      ts: '17',
      ok: true,
    });
    expect(server.seen).toMatchObject([
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': 'key-1',
          authorization: `Bearer ${SECRETS.TOKEN}`,
        },
      },
    ]);
    expect(JSON.parse(server.seen[0]!.body)).toEqual({
      blockType: 'slack',
      operation: 'send',
      params,
    });
  });

  it.each([
    ['/list', { result: [1, 2] }],
    ['/text', { result: 'sent' }],
    ['/nothing', { result: null }],
  ])('gives what %s answers fields to read it by', async (path, output) => {
    expect(await outputOf(block(path), {})).toEqual(output);
  });

  it('fills its templates: names loosely, types kept, values in their place', async () => {
    const adapter = {
      method: 'PUT',
      query: { q: '<params.query>', none: '<params.absent>', fix: 'a b' },
      headers: { 'X-Op': '<operation>', 'X-None': '<params.absent>' },
      body: { n: '<params.count>', all: 'to <params.Channel_Id>!', list: ['<params.absent>'] },
    };
    const params = { operation: 'edit', query: 'x&y=1', count: 3, channelId: 'C"1' };
    await outputOf(block('/send', adapter), params);
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: 'PUT', url: '/send?q=x%26y%3D1&fix=a+b' });
    expect(seen!.headers['x-op']).toBe('edit');
    expect(seen!.headers).not.toHaveProperty('x-none');
    expect(JSON.parse(seen!.body)).toEqual({ n: 3, all: 'to C"1!', list: [null] });
  });

  it('fills a body that is a text of JSON without letting a value out of its place', async () => {
    const body = '{"text": "<params.text>", "n": <params.n>}';
    await outputOf(block('/send', { body }), { text: '", "admin": "yes', n: 2 });
    expect(JSON.parse(server.seen[0]!.body)).toEqual({ text: '", "admin": "yes', n: 2 });
  });

  it('reads no marker that a person typed', async () => {
    await outputOf(block('/send'), { text: '{{TOKEN}} <params.other>', other: 'x' });
    expect(server.seen[0]!.body).toContain('{{TOKEN}} <params.other>');
  });

  it('sends no body with a GET', async () => {
    await outputOf(block('/send', { method: 'get' }), { a: 1 });
    expect(server.seen[0]).toMatchObject({ method: 'GET', body: '' });
  });

  it('keeps a key of its own', async () => {
    await outputOf(block('/send', { headers: { 'Idempotency-Key': '<params.id>' } }), { id: '7' });
    expect(server.seen[0]!.headers['idempotency-key']).toBe('7');
  });
});

describe('the URL', () => {
  const failed = (url: string, params: JsonObject) =>
    failureOf(tools.executor(httpTool({ url })), params);

  it('takes values percent-encoded', async () => {
    await outputOf(block('/send?to=<params.to>#<params.to>'), { to: 'a/b?c=ü&d' });
    expect(server.seen[0]!.url).toBe('/send?to=a%2Fb%3Fc%3D%C3%BC%26d');
    await outputOf(block('/send?to=<params.to>'), { to: '\ud800' });
    expect(server.seen[1]!.url).toBe('/send?to=%EF%BF%BD');
  });

  it('takes a secret that is an address as it is', async () => {
    const secretive = toolsOver([], {
      secrets: { values: () => Promise.resolve({ HOOK: `${server.origin}/send?a=1` }) },
    });
    expect(await outputOf(secretive.executor(httpTool({ url: '{{HOOK}}' })), {})).toMatchObject({
      ok: true,
    });
    await secretive.close();
  });

  it('names the parameters that it lacks', async () => {
    expect(await failed(`${server.origin}/<params.id>/<params.sub>`, { id: '' })).toMatchObject({
      code: 'invalid_params',
      details: { missing: ['id', 'sub'] },
    });
    expect(server.seen).toEqual([]);
  });

  it.each([
    ['https://<params.host>/x', { host: '127.0.0.1' }],
    ['https://example.com<params.host>/x', { host: '.evil.test' }],
    ['https://example.com:<params.port>/x', { port: '22' }],
  ])('%s lets no parameter choose the host', async (url, params) => {
    expect(await failed(url, params)).toMatchObject({ code: 'invalid_params', retryable: false });
  });

  it.each(['..', '.', '%2e%2E'])('is not climbed by %j', async (id) => {
    const raw = id.includes('%')
      ? 'http://127.0.0.1/a/%2e%2e/b'
      : 'http://127.0.0.1/a/<params.id>/b';
    expect(await failed(raw, { id })).toMatchObject({ code: 'invalid_params' });
  });

  it.each(['http://10.0.0.1/', 'http://169.254.169.254/latest', 'http://[::1]/'])(
    'is not %s',
    async (url) => {
      expect(await failed(url, {})).toMatchObject({ code: 'address_forbidden', retryable: false });
    },
  );

  it('does not lead inside by a redirect', async () => {
    expect(await failed(`${server.origin}/inside`, {})).toMatchObject({
      code: 'address_forbidden',
    });
  });

  it.each(['', 'no url', 'file:///etc/passwd'])('%j is told to be no set-up', async (url) => {
    expect(await failed(url, {})).toMatchObject({ code: 'tool_misconfigured' });
  });
});

describe('what goes wrong', () => {
  it.each([
    ['/broken', 500, true],
    ['/refused', 403, false],
  ])('%s is a failure with status %i', async (path, status, retryable) => {
    const failure = await failureOf(block(path, { headers: AUTH }), {});
    expect(failure).toMatchObject({ code: 'http_error', retryable, details: { status } });
    expect(JSON.stringify(failure)).not.toContain(SECRETS.TOKEN);
  });

  it('shows no secret in the output, in keys neither', async () => {
    expect(await outputOf(block('/echo', { headers: AUTH }), {})).toEqual({
      said: 'Bearer ***',
      'Bearer ***': 1,
    });
  });

  it.each([
    ['/huge', 'response_too_large'],
    ['/deep', 'invalid_output'],
  ])('%s is %s', async (path, code) => {
    expect(await failureOf(block(path, { headers: AUTH }), {})).toMatchObject({ code });
  });

  it('takes too long, or is called off, and the request is dropped', async () => {
    const hasty = toolsOver([], { timeoutMs: 30 });
    const slow = hasty.executor(httpTool({ url: `${server.origin}/never` }));
    expect(await failureOf(slow, {})).toMatchObject({ code: 'timeout', retryable: true });
    await hasty.close();
    server.seen.length = 0;
    const abort = new AbortController();
    const running = outputOf(block('/never'), {}, { signal: abort.signal });
    await expect.poll(() => server.seen).toHaveLength(1);
    abort.abort(new Error('called off'));
    await expect(running).rejects.toThrow('called off');
    await expect.poll(() => dropped).toContain('never');
  });

  it('needs a secret that is not there', async () => {
    const failure = await failureOf(block('/send', { headers: { a: '{{MISSING}}' } }), {});
    expect(failure).toMatchObject({
      code: 'tool_misconfigured',
      message: expect.stringContaining('MISSING') as string,
    });
    expect(server.seen).toEqual([]);
  });

  it('cannot read its secrets', async () => {
    const locked = toolsOver([], { secrets: { values: () => Promise.reject(new Error('down')) } });
    const tool = locked.executor(httpTool({ url: `${server.origin}/{{TOKEN}}` }));
    expect(await failureOf(tool, {})).toMatchObject({
      code: 'secrets_unavailable',
      retryable: true,
    });
    await locked.close();
  });

  it('finds everything closed', async () => {
    const gone = toolsOver();
    await gone.close();
    await gone.close();
    const tool = gone.executor(httpTool({ url: `${server.origin}/send` }));
    expect(await failureOf(tool, {})).toMatchObject({ code: 'shutting_down' });
  });
});
