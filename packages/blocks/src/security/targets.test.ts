import type { LookupAddress } from 'node:dns';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { BlockError, JsonObject } from '@sim/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiBlock } from '../api.js';
import { functionBlock } from '../function.js';
import { createGuardedAgent, type Resolve } from '../http/guarded-agent.js';
import { Sandbox } from '../sandbox/sandbox.js';
import { failureOf } from '../testing/context.js';
import { testNames } from '../testing/names.js';
import { startServer } from '../testing/server.js';
import { httpTool, toolsOver, toolWith } from '../testing/tools.js';
import { HTTP_WAYS } from './page.js';
import { ADDRESSES, ANSWERS, MISSHAPEN, NAMES } from './targets.js';

const MAX_BYTES = 100_000;
const LIMITS = { timeoutMs: 20_000, maxRedirects: 5, maxResponseBytes: MAX_BYTES };
const ended: string[] = [];
/** Named by its second look-up, a host has moved to a private address. */
let asked = 0;
const known = testNames();
const resolve: Resolve = (host, options, callback) => {
  if (host !== 'rebound.test') {
    known.resolve(host, options, callback);
    return;
  }
  const address = (asked += 1) === 1 ? '127.0.0.1' : '10.0.0.7';
  const found: LookupAddress[] = [{ address, family: 4 }];
  callback(null, found);
};

const to = (location: string) => (_: unknown, response: ServerResponse) =>
  response.writeHead(302, { location, connection: 'close' }).end();
/** Writes for as long as somebody reads. */
const dripping = (text: string, everyMs: number) => (_: unknown, response: ServerResponse) => {
  const timer = setInterval(() => response.write(text), everyMs);
  response.once('close', () => {
    clearInterval(timer);
    ended.push('close');
  });
};

let further = 0;
let server: Awaited<ReturnType<typeof startServer>>;
let agent: ReturnType<typeof createGuardedAgent>;
const sandbox = new Sandbox({ functionTimeoutMs: 24_000 });
const tools = toolsOver([], { allowPrivateHosts: [] });
beforeAll(async () => {
  server = await startServer({
    '/to-private': to('http://10.0.0.1/'),
    '/to-metadata': to('http://169.254.169.254/'),
    '/to-decimal': to('http://3232235521/'),
    '/to-file': to('file:///etc/passwd'),
    '/to-rebound': (_, response) => to(`http://rebound.test:${server.port}/`)(_, response),
    '/round': to('/round'),
    '/further': (_, response) => to(`/further?${(further += 1)}`)(_, response),
    '/large': (_, response) => response.end('x'.repeat(MAX_BYTES + 1)),
    '/endless': dripping('x'.repeat(10_000), 1),
    '/packed': (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5_000_000))),
    '/slow': dripping('x', 20),
    '/silent': () => undefined,
  });
  // As if the address of the test's server were public.
  agent = createGuardedAgent({ allowPrivateHosts: [], connectTimeoutMs: 5_000, resolve });
});
afterAll(async () => {
  await Promise.all([sandbox.close(), agent.destroy(), tools.close()]);
  await server.close();
});

type Attempt = (url: string, params?: JsonObject) => Promise<Pick<BlockError, 'message'>>;

function ways(dispatcher: ReturnType<typeof createGuardedAgent>, timeoutMs = 20_000): Attempt[] {
  const limits = { ...LIMITS, timeoutMs, dispatcher };
  const api = apiBlock(limits);
  const fetching = functionBlock(sandbox, { ...limits, maxBodyLength: 1_000, maxRequests: 1 });
  const code = `
    try { await fetch(params.url, params) } catch (e) { throw new Error('refused: ' + e.message) }
    return 'got through'`;
  return [
    (url, params) => failureOf(api, { ...params, url }),
    (url, params) => failureOf(fetching, { code }, { bindings: { params: { ...params, url } } }),
  ];
}

const byTools: Attempt[] = [
  (url) => failureOf(tools.executor(httpTool({ url })), {}),
  (documentUrl) => {
    const adapter = { kind: 'openapi', documentUrl, document: null, server: null } as const;
    return failureOf(tools.executor(toolWith({ ...adapter, operationId: 'x', headers: {} })), {});
  },
  (url) => failureOf(tools.executor(toolWith({ kind: 'mcp', url, headers: {}, tool: 'x' })), {}),
];

describe('an address that is not public', () => {
  const attempts = ADDRESSES.map((target) => [target.what, target] as const);

  it.each(attempts)('%s is refused whatever asks for it', async (_, { url, range }) => {
    const all = [...ways(agent), ...byTools];
    expect(all).toHaveLength(HTTP_WAYS.length);
    for (const attempt of all) {
      expect((await attempt(url)).message).toContain(`its address is not public (${range})`);
    }
    expect(server.seen).toEqual([]);
  });

  it.each(NAMES.map((target) => [target.what, target] as const))(
    '%s is refused at the very look-up that connects',
    async (_, { url, range }) => {
      for (const attempt of ways(agent)) {
        expect((await attempt(url)).message).toContain(`its address is not public (${range})`);
      }
      expect(server.seen).toEqual([]);
    },
  );
});

describe('a request that is none', () => {
  it.each(MISSHAPEN.map((request) => [request.what, request] as const))(
    '%s is refused before anything connects',
    async (_, { params, reason }) => {
      const { url = '', ...rest } = params;
      for (const attempt of ways(agent)) {
        expect((await attempt(url as string, rest)).message).toContain(reason);
      }
      expect(server.seen).toEqual([]);
    },
  );
});

describe('an answer that', () => {
  it.each(ANSWERS.map((answer) => [answer.what, answer] as const))(
    'is %s ends as the list says',
    async (_, { path, code, reason }) => {
      const open = createGuardedAgent({
        allowPrivateHosts: ['127.0.0.1/32'],
        connectTimeoutMs: 5_000,
        resolve,
      });
      // By a name that has moved meanwhile, where that is what is tried.
      const origin = path === '/to-rebound' ? `http://rebound.test:${server.port}` : server.origin;
      const [api, fetching] = ways(open, code === 'timeout' ? 500 : 20_000);
      asked = 0;
      expect(await api?.(`${origin}${path}`)).toMatchObject({
        code,
        message: expect.stringContaining(reason) as string,
      });
      asked = 0;
      expect((await fetching?.(`${origin}${path}`))?.message).toContain(reason);
      await open.destroy();
    },
  );

  it('never ends is not read on', async () => {
    await expect.poll(() => ended.length).toBeGreaterThan(2);
  });
});
