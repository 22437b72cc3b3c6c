import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { McpToolAdapter } from '@sim/engine';
import { failureOf, outputOf } from '../../testing/context.js';
import { startMcpServer } from '../../testing/mcp-server.js';
import { startServer } from '../../testing/server.js';
import { SECRETS, toolsOver, toolWith } from '../../testing/tools.js';
import { tryTool, type Tools } from '../tools.js';

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

let server: Awaited<ReturnType<typeof startMcpServer>>;
let tools: Tools;
beforeAll(async () => {
  server = await startMcpServer({
    send: () => ({ ...text('sent'), structuredContent: { ts: '17', channel: 'C1' } }),
    plain: () => text('just words'),
    json: () => text('{"rows":[1,2]}'),
    list: () => text('[1,2]'),
    picture: () => ({ content: [{ type: 'image', data: 'aGk=', mimeType: 'image/png' }] }),
    fails: () => ({ isError: true, ...text(`no such channel (${SECRETS.TOKEN})`) }),
    throws: () => {
      throw new Error('the server broke');
    },
    huge: () => text('x'.repeat(200_000)),
    never: () => new Promise(() => undefined),
  });
  tools = toolsOver();
});
afterAll(async () => {
  await tools.close();
  await server.close();
});

const PARAMS = { operation: 'send', channelId: 'C1', count: '3', other: 'is left out' };
const adapterOf = (tool: string, more: Partial<McpToolAdapter> = {}): McpToolAdapter => ({
  kind: 'mcp',
  url: server.url,
  headers: { Authorization: 'Bearer {{TOKEN}}' },
  tool,
  ...more,
});
const block = (tool: string, more: Partial<McpToolAdapter> = {}, from = tools) =>
  from.executor(toolWith(adapterOf(tool, more)));

describe('a tool of an MCP server', () => {
  it('is called with the parameters that its schema has, in their types, and the key of the run', async () => {
    expect(await outputOf(block('send'), PARAMS)).toEqual({ ts: '17', channel: 'C1' });
    expect(server.calls.at(-1)).toMatchObject({
      name: 'send',
      args: { channel_id: 'C1', count: 3 },
      meta: { idempotencyKey: 'key-1' },
    });
    expect(server.requests.every(({ authorization }) => authorization?.endsWith('secret'))).toBe(
      true,
    );
  });

  it.each([
    ['plain', { result: 'just words' }],
    ['json', { rows: [1, 2] }],
    ['list', { result: [1, 2] }],
    ['picture', { result: '', content: [{ type: 'image', data: 'aGk=', mimeType: 'image/png' }] }],
  ])('gives what %s answers as its output', async (name, output) => {
    expect(await outputOf(block(name), PARAMS)).toEqual(output);
  });

  it('is called over one connection, also when many call at once', async () => {
    const fresh = toolsOver();
    const before = server.opened();
    await Promise.all([1, 2, 3].map(() => outputOf(block('send', {}, fresh), PARAMS)));
    await outputOf(block('plain', {}, fresh), PARAMS);
    expect(server.opened() - before).toBe(1);
    await fresh.close();
    await fresh.close();
    expect(await failureOf(block('send', {}, fresh), PARAMS)).toMatchObject({
      code: 'shutting_down',
    });
  });

  it('is called over a new connection where the server forgot the old one', async () => {
    await outputOf(block('send'), PARAMS);
    const before = server.calls.length;
    server.forget();
    expect(await outputOf(block('send'), PARAMS)).toMatchObject({ ts: '17' });
    expect(server.calls).toHaveLength(before + 1);
  });

  it('fails as it says, without secrets', async () => {
    expect(await failureOf(block('fails'), PARAMS)).toEqual({
      code: 'tool_failed',
      message: 'no such channel (***)',
      retryable: true,
    });
    expect(await failureOf(block('throws'), PARAMS)).toMatchObject({
      code: 'tool_failed',
      message: expect.stringContaining('the server broke') as string,
    });
  });

  it('names what its schema requires and the block does not have', async () => {
    const before = server.calls.length;
    expect(await failureOf(block('send'), { count: 1 })).toMatchObject({
      code: 'invalid_params',
      details: { missing: ['channel_id'] },
    });
    expect(server.calls).toHaveLength(before);
  });

  it('that the server does not have is not found', async () => {
    expect(await failureOf(block('nothing'), PARAMS)).toMatchObject({
      code: 'tool_not_found',
      retryable: false,
    });
  });

  it('may answer no more than is allowed, and the next call works', async () => {
    expect(await failureOf(block('huge'), PARAMS)).toMatchObject({ code: 'response_too_large' });
    expect(await outputOf(block('plain'), PARAMS)).toEqual({ result: 'just words' });
  });

  it('may take no longer than is allowed', async () => {
    const hasty = toolsOver([], { timeoutMs: 400 });
    await outputOf(block('plain', {}, hasty), PARAMS);
    expect(await failureOf(block('never', {}, hasty), PARAMS)).toMatchObject({
      code: 'timeout',
      retryable: true,
    });
    await hasty.close();
  });

  it('is let go of when the run is called off', async () => {
    const abort = new AbortController();
    const running = outputOf(block('never'), PARAMS, { signal: abort.signal });
    await expect.poll(() => server.calls.at(-1)?.name).toBe('never');
    abort.abort(new Error('called off'));
    await expect(running).rejects.toThrow('called off');
  });

  it('is shown and not called in a dry trial', async () => {
    const before = server.calls.length;
    const { signal } = new AbortController();
    const trial = { params: PARAMS, dryRun: true, idempotencyKey: 'x', signal };
    expect(await tryTool(tools, toolWith(adapterOf('send')), trial)).toEqual({
      ok: true,
      output: { url: server.url, tool: 'send', arguments: { channel_id: 'C1', count: 3 } },
    });
    expect(server.calls).toHaveLength(before);
  });
});

describe('a server', () => {
  it('of the older kind is spoken to over server-sent events', async () => {
    const older = await startMcpServer({ send: () => text('old') }, 'sse');
    expect(await outputOf(block('send', { url: older.url }), PARAMS)).toEqual({ result: 'old' });
    expect(older.calls[0]?.meta).toMatchObject({ idempotencyKey: 'key-1' });
    await older.close();
  });

  it.each([
    ['http://10.0.0.1/mcp', 'address_forbidden'],
    ['nowhere', 'tool_misconfigured'],
  ])('at %s is %s', async (url, code) => {
    expect(await failureOf(block('send', { url }), PARAMS)).toMatchObject({ code });
  });

  it('that is gone is told', async () => {
    const gone = await startMcpServer({ send: () => text('x') });
    await outputOf(block('send', { url: gone.url }), PARAMS);
    await gone.close();
    const failure = await failureOf(block('send', { url: gone.url }), PARAMS);
    expect(failure).toMatchObject({ code: 'connection_failed', retryable: true });
  });

  it.each([
    [401, '', 'http_error'],
    [404, '', 'http_error'],
    [503, '', 'http_error'],
    [302, '', 'http_error'],
    [200, '{"not":"json-rpc"}', 'tool_failed'],
    [200, 'not json', 'tool_failed'],
  ])('that answers %i %j is no tool', async (status, body, code) => {
    const odd = await startServer({
      '/mcp': (_, r) =>
        r
          .writeHead(status, { 'content-type': 'application/json', location: 'http://10.0.0.1/' })
          .end(body),
    });
    const hasty = toolsOver([], { timeoutMs: 2_000 });
    const failure = await failureOf(block('send', { url: `${odd.origin}/mcp` }, hasty), PARAMS);
    expect(failure.code).toBe(code);
    expect(JSON.stringify(failure)).not.toContain(SECRETS.TOKEN);
    await hasty.close();
    await odd.close();
  });
});
