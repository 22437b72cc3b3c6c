import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToolConfig } from '@sim/engine';
import { startServer } from '../testing/server.js';
import { httpTool, SECRETS, toolsOver } from '../testing/tools.js';
import { tryTool } from './tools.js';

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer({
    '/ok': (_, r) => r.setHeader('content-type', 'application/json').end('{"ok":1}'),
    '/bad': (_, r) => r.writeHead(400).end('bad'),
  });
});
afterAll(() => server.close());

const named = (name: string, more: Partial<ToolConfig>) =>
  httpTool({ url: 'http://127.0.0.1/' }, { name, ...more });

describe('finding', () => {
  it('takes the tool of the operation, else the one for all, of this workspace alone', async () => {
    const tools = toolsOver([
      named('all', { idempotent: true }),
      named('send', { operation: 'send', sideEffect: 'read' }),
      named('other', { workspaceId: 'ws_2', blockType: 'gmail' }),
    ]);
    expect(await tools.find('ws_1', 'slack', 'send')).toMatchObject({
      type: 'slack',
      sideEffect: 'read',
      idempotent: false,
    });
    for (const operation of ['read', null]) {
      expect(await tools.find('ws_1', 'slack', operation)).toMatchObject({ idempotent: true });
    }
    expect(await tools.find('ws_1', 'gmail', null)).toBeNull();
    expect(await tools.find('ws_2', 'gmail', 'x')).not.toBeNull();
    expect(await tools.find('ws_3', '__proto__', 'constructor')).toBeNull();
    await tools.close();
  });

  it('asks the store seldom, and again once what it knows is old or was not to be had', async () => {
    const asked: string[] = [];
    let fails = true;
    const store = {
      enabled: (workspaceId: string) => {
        asked.push(workspaceId);
        return fails ? Promise.reject(new Error('away')) : Promise.resolve([named('all', {})]);
      },
    };
    const tools = toolsOver([], { store, staleMs: 60 });
    await expect(tools.find('ws_1', 'slack', null)).rejects.toThrow('away');
    fails = false;
    await Promise.all([1, 2, 3].map(() => tools.find('ws_1', 'slack', null)));
    expect(asked).toHaveLength(2);
    await expect
      .poll(async () => {
        await tools.find('ws_1', 'slack', null);
        return asked.length;
      })
      .toBe(3);
    await tools.close();
  });
});

describe('a trial', () => {
  const trial = (path: string, dryRun: boolean) => {
    const tools = toolsOver();
    const headers = { authorization: 'Bearer {{TOKEN}}' };
    const { signal } = new AbortController();
    return tryTool(tools, httpTool({ url: `${server.origin}${path}`, headers }), {
      params: { text: 'hi' },
      dryRun,
      idempotencyKey: 'try-1',
      signal,
    }).finally(() => tools.close());
  };

  it('gives the output, or the failure', async () => {
    expect(await trial('/ok', false)).toEqual({ ok: true, output: { ok: 1 } });
    expect(server.seen.at(-1)?.headers['idempotency-key']).toBe('try-1');
    expect(await trial('/bad', false)).toMatchObject({ ok: false, error: { code: 'http_error' } });
  });

  it('that is dry hides a secret however it is written', async () => {
    const secret = 'a"b/c&d é';
    const tools = toolsOver([], {
      secrets: { values: () => Promise.resolve({ TOKEN: secret, PASS: 'pass-4711' }) },
    });
    const adapter = {
      url: 'http://u:{{PASS}}@127.0.0.1/x',
      query: { token: '{{TOKEN}}' },
      body: { token: '{{TOKEN}}' },
    };
    const { signal } = new AbortController();
    const trial = { params: {}, dryRun: true, idempotencyKey: 'x', signal };
    expect(await tryTool(tools, httpTool(adapter), trial)).toMatchObject({
      output: {
        url: 'http://127.0.0.1/x?token=***',
        headers: { authorization: 'Basic ***' },
        body: '{"token":"***"}',
      },
    });
    await tools.close();
  });

  it('that is dry shows what would be sent, without secrets, and sends nothing', async () => {
    const before = server.seen.length;
    const outcome = await trial('/ok', true);
    expect(outcome).toMatchObject({
      ok: true,
      output: {
        method: 'POST',
        url: `${server.origin}/ok`,
        headers: { authorization: 'Bearer ***', 'idempotency-key': 'try-1' },
      },
    });
    expect(JSON.stringify(outcome)).not.toContain(SECRETS.TOKEN);
    expect(server.seen).toHaveLength(before);
  });
});
