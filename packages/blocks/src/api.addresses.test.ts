import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiBlock } from './api.js';
import { createGuardedAgent } from './http/guarded-agent.js';
import { failureOf, outputOf } from './testing/context.js';
import { testNames } from './testing/names.js';
import { startServer } from './testing/server.js';

let names = testNames();
let server: Awaited<ReturnType<typeof startServer>>;
let agent: ReturnType<typeof createGuardedAgent>;
let block: ReturnType<typeof apiBlock>;

beforeAll(async () => {
  server = await startServer({ '/json': (_, response) => response.end('{}') });
});
afterAll(() => server.close());
beforeEach(() => {
  server.seen.length = 0;
  names = testNames();
  agent = createGuardedAgent({
    allowPrivateHosts: [`127.0.0.1:${server.port}`, 'allowed.test'],
    connectTimeoutMs: 5000,
    resolve: names.resolve,
  });
  block = apiBlock({
    dispatcher: agent,
    timeoutMs: 20_000,
    maxRedirects: 5,
    maxResponseBytes: 100_000,
  });
  return () => agent.destroy();
});

describe('addresses that are not public', () => {
  it.each([
    ['http://127.0.0.1/', 'loopback'],
    ['http://127.1/', 'loopback'],
    ['http://2130706433/', 'loopback'],
    ['http://017700000001/', 'loopback'],
    ['http://0x7f000001/', 'loopback'],
    ['http://0x7f.0.0.1/', 'loopback'],
    ['http://0177.0.0.1/', 'loopback'],
    ['http://127.0.0.1./', 'loopback'],
    ['http://①②⑦.⓪.⓪.①/', 'loopback'],
    ['http://127%2e0%2e0%2e1/', 'loopback'],
    ['http://user@127.0.0.1/', 'loopback'],
    ['http://0/', 'unspecified'],
    ['http://0.0.0.0/', 'unspecified'],
    ['http://10.0.0.1/', 'private'],
    ['http://172.16.0.1/', 'private'],
    ['http://192.168.0.1/', 'private'],
    ['http://3232235521/', 'private'],
    ['http://169.254.169.254/latest/meta-data/', 'linkLocal'],
    ['http://0xa9fea9fe/', 'linkLocal'],
    ['http://100.64.0.1/', 'carrierGradeNat'],
    ['http://224.0.0.1/', 'multicast'],
    ['http://255.255.255.255/', 'broadcast'],
    ['http://[::1]/', 'loopback'],
    ['http://[::]/', 'unspecified'],
    ['http://[0:0:0:0:0:0:0:1]/', 'loopback'],
    ['http://[::ffff:127.0.0.1]/', 'ipv4Mapped'],
    ['http://[::ffff:7f00:1]/', 'ipv4Mapped'],
    ['http://[::127.0.0.1]/', 'reserved'],
    ['http://[64:ff9b::127.0.0.1]/', 'rfc6052'],
    ['http://[2002:7f00:1::]/', '6to4'],
    ['http://[2001::1]/', 'teredo'],
    ['http://[fe80::1]/', 'linkLocal'],
    ['http://[fd00::1]/', 'uniqueLocal'],
    ['http://[ff02::1]/', 'multicast'],
    ['https://127.0.0.1/', 'loopback'],
    ['http://private.test/', 'private'],
    ['http://PRIVATE.TEST/', 'private'],
    ['https://metadata.test/', 'linkLocal'],
    ['http://mixed.test/', 'loopback'],
    ['http://six.test/', 'ipv4Mapped'],
    ['http://localhost.test:22/', 'loopback'],
  ])('%s is refused', async (url, range) => {
    expect(await failureOf(block, { url })).toMatchObject({
      code: 'address_forbidden',
      retryable: false,
      message: expect.stringContaining(`(${range})`) as string,
      details: { range },
    });
    expect(server.seen).toEqual([]);
  });

  it('are refused at the very look-up that connects, so that a name cannot change its mind', async () => {
    await failureOf(block, { url: 'http://private.test/' });
    expect(names.asked).toEqual(['private.test']);
  });

  it('are reached where the configuration allows them', async () => {
    expect(await outputOf(block, { url: `http://allowed.test:${server.port}/json` })).toMatchObject(
      { status: 200 },
    );
    const byNetwork = createGuardedAgent({
      allowPrivateHosts: ['127.0.0.0/8'],
      connectTimeoutMs: 1000,
      resolve: names.resolve,
    });
    const free = apiBlock({
      dispatcher: byNetwork,
      timeoutMs: 5000,
      maxRedirects: 0,
      maxResponseBytes: 1000,
    });
    for (const host of ['127.0.0.1', 'localhost.test']) {
      expect(await outputOf(free, { url: `http://${host}:${server.port}/json` })).toMatchObject({
        status: 200,
      });
    }
    await byNetwork.destroy();
  });

  it('are not reached on another port than the one allowed', async () => {
    expect(await failureOf(block, { url: 'http://127.0.0.1:1/' })).toMatchObject({
      code: 'address_forbidden',
    });
  });

  it('tells a name without an address', async () => {
    await expect(outputOf(block, { url: 'http://empty.test/' })).rejects.toMatchObject({
      error: { code: 'connection_failed' },
    });
  });
});
