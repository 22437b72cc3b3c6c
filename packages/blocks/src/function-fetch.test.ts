import { gzipSync } from 'node:zlib';
import type { JsonObject } from '@sim/domain';
import type { BlockContext } from '@sim/engine';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { functionBlock } from './function.js';
import { createGuardedAgent } from './http/guarded-agent.js';
import { Sandbox } from './sandbox/sandbox.js';
import { failureOf, outputOf } from './testing/context.js';
import { testNames } from './testing/names.js';
import { startServer } from './testing/server.js';

const LIMIT = 20_000;
const sandbox = new Sandbox({ functionTimeoutMs: 4_000, maxValueLength: 100_000 });
let server: Awaited<ReturnType<typeof startServer>>;
let agent: ReturnType<typeof createGuardedAgent>;
let block: ReturnType<typeof functionBlock>;
beforeAll(async () => {
  server = await startServer({
    '/json': ({ method, body, headers }, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'x-kind': 'echo' });
      response.end(JSON.stringify({ method, body, token: headers.authorization ?? null }));
    },
    '/text': (_, response) => response.end('plain é'),
    '/packed': (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(9_000_000))),
    '/away': (_, response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
    '/round': (_, response) => response.writeHead(302, { location: '/round' }).end(),
    '/to-json': (_, response) => response.writeHead(307, { location: '/json' }).end(),
    '/silent': () => undefined,
    '/failing': (_, response) => response.writeHead(500).end('no'),
  });
  agent = createGuardedAgent({
    allowPrivateHosts: [`127.0.0.1:${server.port}`],
    connectTimeoutMs: 1_000,
    resolve: testNames().resolve,
  });
  block = functionBlock(sandbox, {
    dispatcher: agent,
    timeoutMs: 2_000,
    maxRedirects: 3,
    maxResponseBytes: LIMIT,
    maxBodyLength: LIMIT,
    maxRequests: 4,
  });
});
afterEach(() => server.seen.splice(0));
afterAll(async () => {
  await sandbox.close();
  await agent.destroy();
  await server.close();
});

async function result(code: string, over: Partial<BlockContext> = {}): Promise<unknown> {
  const bindings = { base: server.origin, ...over.bindings };
  const output = await outputOf(block, { code }, { ...over, bindings });
  return (output as JsonObject).result;
}
const thrown = (code: string, over: Partial<BlockContext> = {}) =>
  failureOf(block, { code }, { bindings: { base: server.origin }, ...over });

describe('fetch in functions', () => {
  it('gets JSON and text, with what there is about the answer', async () => {
    const code = `
      const r = await fetch(base + '/json');
      const seen = [r.ok, r.status, r.redirected, r.headers.get('X-Kind'), r.headers.has('nope'), r.bodyUsed];
      return [...seen, (await r.json()).method, r.bodyUsed, await (await fetch(base + '/text')).text()]`;
    expect(await result(code)).toEqual([
      true,
      200,
      false,
      'echo',
      false,
      false,
      'GET',
      true,
      'plain é',
    ]);
  });

  it('sends methods, headers and bodies, writes with a key for each', async () => {
    const code = `
      const send = (body) => fetch(base + '/json', { method: 'POST', body, headers: { Authorization: 'Bearer t' } });
      const answers = await Promise.all([send('one'), send(JSON.stringify({ two: 2 }))]);
      return Promise.all(answers.map((r) => r.json()))`;
    expect(await result(code)).toEqual([
      { method: 'POST', body: 'one', token: 'Bearer t' },
      { method: 'POST', body: '{"two":2}', token: 'Bearer t' },
    ]);
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys.sort()).toEqual(['key-1:1', 'key-1:2']);
  });

  it('gives answers that are errors, and follows redirects', async () => {
    expect(
      await result(`const r = await fetch(base + '/failing'); return [r.ok, r.status]`),
    ).toEqual([false, 500]);
    const moved = await result(
      `const r = await fetch(base + '/to-json'); return [r.redirected, r.url]`,
    );
    expect(moved).toEqual([true, `${server.origin}/json`]);
  });

  it.each<[string, RegExp]>([
    [`fetch('http://169.254.169.254/')`, /not public \(linkLocal\)/],
    [`fetch('http://private.test/')`, /not public \(private\)/],
    [`fetch('http://[::1]:80/')`, /not public \(loopback\)/],
    [`fetch('file:///etc/passwd')`, /Only http and https/],
    [`fetch('/relative')`, /not a full URL/],
    [`fetch(base + '/away')`, /not public \(private\)/],
    [`fetch(base + '/round')`, /redirected more than 3 times/],
    [`fetch(base + '/packed')`, /larger than 20000 bytes/],
    [`fetch(base + '/silent')`, /took longer than 2000 ms/],
    [`fetch('http://none.test/')`, /does not exist/],
    [`fetch(base, { method: 'TRACE' })`, /not one of/],
    [`fetch(base, { headers: { x: 'a\\r\\nb: c' } })`, /cannot carry/],
    [`fetch(base, { method: 'POST', body: 'x'.repeat(20001) })`, /larger than 20000 characters/],
    [`fetch(base, { method: 'POST', body: { a: 1 } })`, /JSON\.stringify/],
  ])('%s is refused, for the code to catch', async (call, reason) => {
    const code = `try { await ${call}; return 'got through' } catch (e) { return e.name + ' ' + e.message }`;
    const told = await result(code);
    expect(told).toMatch(/^TypeError /);
    expect(told).toMatch(reason);
    expect(server.seen.length).toBeLessThanOrEqual(4);
  });

  it('makes no more requests than it may, whatever the code does to count', async () => {
    const many = `return (await Promise.allSettled(Array.from({ length: 9 }, () => fetch(base + '/text')))).filter((r) => r.status === 'fulfilled').length`;
    expect(await result(many)).toBe(4);
    expect(server.seen).toHaveLength(4);
    const failure = await thrown(`for (;;) await fetch(base + '/text')`);
    expect(failure).toMatchObject({ code: 'function_failed' });
    expect(failure.message).toContain('4 requests');
  });

  it('ends with the time of the function, and calls off what is under way', async () => {
    const quick = new Sandbox({ functionTimeoutMs: 300 });
    const hasty = functionBlock(quick, {
      ...{ dispatcher: agent, timeoutMs: 20_000, maxRedirects: 3, maxResponseBytes: LIMIT },
      ...{ maxBodyLength: LIMIT, maxRequests: 4 },
    });
    const over = { bindings: { base: server.origin } };
    const code = `await fetch(base + '/silent')`;
    expect(await failureOf(hasty, { code }, over)).toMatchObject({
      code: 'timeout',
      retryable: true,
    });
    expect(await outputOf(hasty, { code: 'return 1' }, over)).toMatchObject({ result: 1 });
    const loop = `const p = fetch(base + '/silent'); while (true) await null`;
    expect(await failureOf(hasty, { code: loop }, over)).toMatchObject({ code: 'timeout' });
    await quick.close();
  });

  it('is called off with its block', async () => {
    const abort = new AbortController();
    const running = result(`await fetch(base + '/silent')`, { signal: abort.signal });
    await expect.poll(() => server.seen).toHaveLength(1);
    abort.abort(new Error('the person gave up'));
    await expect(running).rejects.toThrow('gave up');
  });

  it('shows no secret in what it fails with, nor sends one to another origin', async () => {
    const over = { secrets: ['s3cret'], bindings: { base: server.origin, key: 's3cret' } };
    const failure = await thrown(`await fetch('http://' + key + '.test/')`, over);
    expect(JSON.stringify(failure)).not.toContain('s3cret');
  });

  it.each([
    `Array.prototype.toJSON = () => 'x'; await fetch(base)`,
    `Object.prototype.toJSON = () => ({ id: {} }); await fetch(base)`,
    `Array.prototype.toJSON = () => [{ id: 1, url: { toString: 1 } }]; await fetch(base)`,
    `Array.prototype.toJSON = () => [null, 7, { url: [] }]; await fetch(base)`,
    `Array.prototype.splice = Map.prototype.get = null; JSON.stringify = null; await fetch(base + '/nowhere')`,
    `Promise.prototype.then = null; await fetch(base)`,
  ])('survives code that tampers: %s', async (code) => {
    const quick = new Sandbox({ functionTimeoutMs: 500 });
    const target = functionBlock(quick, {
      ...{ dispatcher: agent, timeoutMs: 400, maxRedirects: 3, maxResponseBytes: LIMIT },
      ...{ maxBodyLength: LIMIT, maxRequests: 4 },
    });
    const run = () => target.run({ code }, contextWith());
    await run().catch((error: unknown) => expect(error).toBeInstanceOf(Error));
    expect(await outputOf(target, { code: 'return "alive"' })).toMatchObject({ result: 'alive' });
    await quick.close();
  });
});

const contextWith = (): BlockContext => ({
  signal: new AbortController().signal,
  idempotencyKey: 'key-1',
  blockName: 'My Block',
  bindings: { base: server.origin },
  secrets: [],
});

describe('where fetch is switched off', () => {
  it('says so inside the function, and who can switch it on', async () => {
    const off = functionBlock(sandbox);
    expect(off.sideEffect).toBe('none');
    const failure = await failureOf(off, { code: `await fetch('https://example.com')` });
    expect(failure).toMatchObject({ code: 'function_failed', retryable: false });
    expect(failure.message).toContain('fetch is switched off here');
    expect(failure.message).toContain('FUNCTION_FETCH_ENABLED');
  });

  it('is the case for code that hides that it fetches', async () => {
    expect(block.sideEffect).toBe('write');
    const failure = await thrown(`await globalThis['fe' + 'tch'](base)`);
    expect(failure.message).toContain('switched off');
    expect(server.seen).toEqual([]);
  });
});
