import type { JsonObject, JsonValue } from '@sim/domain';
import type { ToolConfig } from '@sim/engine';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  MESSAGES,
  SESSION,
  startAgent,
  toldResults,
  toldTools,
  type StartedAgent,
} from '../testing/agent.js';
import { contextOf, failureOf } from '../testing/context.js';
import { startMcpServer } from '../testing/mcp-server.js';
import { asksFor, fails, says } from '../testing/model-server.js';
import { startServer } from '../testing/server.js';
import { httpTool, SECRETS, toolWith } from '../testing/tools.js';

let web: Awaited<ReturnType<typeof startServer>>;
let mcp: Awaited<ReturnType<typeof startMcpServer>>;
beforeAll(async () => {
  const json = 'application/json';
  web = await startServer({
    '/send': (_, r) => r.setHeader('content-type', json).end('{"ts":"17"}'),
    '/echo': ({ headers }, r) =>
      r.setHeader('content-type', json).end(JSON.stringify({ said: headers.authorization })),
    '/large': (_, r) => r.setHeader('content-type', json).end(JSON.stringify('x'.repeat(80_000))),
    '/broken': (_, r) => r.writeHead(500).end('no'),
    '/never': () => undefined,
  });
  const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
  mcp = await startMcpServer({ search: () => text('{"found":1}'), other: () => text('no') });
});
afterAll(async () => {
  await web.close();
  await mcp.close();
});
beforeEach(() => {
  web.seen.length = mcp.calls.length = 0;
});

const opened: StartedAgent[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
const start = async (...args: Parameters<typeof startAgent>) => {
  const started = await startAgent(...args);
  opened.push(started);
  return started;
};

describe('an agent with tools of its workspace', () => {
  const slack = httpTool(
    {
      url: '',
      headers: { authorization: 'Bearer {{TOKEN}}' },
      body: { channel: '<params.channel>', text: '<params.text>' },
    },
    { operation: 'send' },
  );
  const at = (path: string, more: Partial<ToolConfig> = {}): ToolConfig => ({
    ...slack,
    adapter: { ...slack.adapter, url: `${web.origin}${path}` } as ToolConfig['adapter'],
    ...more,
  });
  const tell: JsonObject = {
    type: 'slack',
    title: 'Tell ops',
    operation: 'send',
    params: { channel: '#ops' },
  };
  const said = { name: 'slack_send', args: { text: 'hello', channel: '#other', Channel: '#else' } };

  it('leaves to the model what its author left open, and nothing else', async () => {
    const { ask, server } = await start([asksFor(said), says('Told.')], [at('/send')]);
    const output = await ask([tell]);
    expect(toldTools(server)).toEqual([
      {
        name: 'slack_send',
        description: 'Tell ops: send',
        parameters: { type: 'object', properties: { text: { type: 'string' } } },
      },
    ]);
    expect(web.seen.map(({ body }) => JSON.parse(body) as JsonValue)).toEqual([
      { channel: '#ops', text: 'hello' },
    ]);
    expect(output.toolCalls.list[0]).toMatchObject({ result: { ts: '17' } });
  });

  it('sends a key with each call that is the same in every attempt, in whichever order', async () => {
    const again = { ...said, args: { text: 'other' } };
    const first = [asksFor(said, again, said), says('Told.')];
    const second = [asksFor(again), asksFor(said), asksFor(said), says('Told.')];
    const { ask } = await start([...first, ...second], [at('/send')]);
    await ask([tell]);
    const keys = web.seen.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
    expect(keys.every((key) => String(key).startsWith('key-1:'))).toBe(true);
    web.seen.length = 0;
    await ask([tell]);
    expect(web.seen.map(({ headers }) => headers['idempotency-key']).sort()).toEqual(keys.sort());
  });

  it('shows its model no secret, nor its output', async () => {
    const { ask, server } = await start([asksFor(said), says('Told.')], [at('/echo')]);
    const output = await ask([tell]);
    expect(toldResults(server)).toEqual(['{"said":"Bearer ***"}']);
    expect(JSON.stringify(output)).not.toContain(SECRETS.TOKEN);
  });

  it('shows its model no secret that its author gave a tool, however it comes back', async () => {
    const echo = at('/echo', {
      adapter: {
        ...slack.adapter,
        url: `${web.origin}/echo`,
        headers: { authorization: '<params.key>' },
      } as ToolConfig['adapter'],
    });
    const { ask, server } = await start(
      [asksFor({ name: 'slack_send', args: {} }), says('.')],
      [echo],
    );
    const secret = 'from-the-environment';
    const tools = [{ ...tell, params: { key: secret } }];
    await ask(tools, {}, { secrets: [secret] });
    expect(web.seen[0]?.headers.authorization).toBe(secret);
    expect(JSON.stringify(server.asked())).not.toContain(secret);
  });

  it('bounds what a tool gives back', async () => {
    const { ask, server } = await start([asksFor(said), says('Long.')], [at('/large')]);
    const output = await ask([tell]);
    expect(toldResults(server)[0]?.length).toBeLessThan(51_000);
    expect(JSON.stringify(output).length).toBeLessThan(60_000);
    expect(toldResults(server)[0]).toContain('cut off');
  });

  it('gives its model the failure of a tool', async () => {
    const { ask, server } = await start([asksFor(said), says('Sorry.')], [at('/broken')]);
    const output = await ask([tell]);
    expect(output.toolCalls.list[0]?.error).toContain('500');
    expect(toldResults(server)[0]).toContain('500');
  });

  it('does not say that nothing happened where it fails after a write', async () => {
    const { agent } = await start([asksFor(said), fails(503)], [at('/send')]);
    const told = await failureOf(
      agent,
      { messages: MESSAGES, tools: [tell] },
      { session: SESSION },
    );
    expect(told).toMatchObject({
      code: 'outcome_unknown',
      retryable: false,
      details: { code: 'model_unavailable', toolCalls: { count: 1 } },
    });
    expect(told.message).toContain('the agent used Tell ops');
  });

  it('fails as its model does where its tools only read', async () => {
    const { agent } = await start(
      [asksFor(said), fails(503)],
      [at('/send', { sideEffect: 'read' })],
    );
    const told = await failureOf(
      agent,
      { messages: MESSAGES, tools: [tell] },
      { session: SESSION },
    );
    expect(told).toMatchObject({ code: 'model_unavailable', retryable: true });
  });

  it('stops its tools when it is called off', async () => {
    const cancel = new AbortController();
    const reason = new Error('cancelled');
    const { agent, server } = await start([asksFor(said), says('Late.')], [at('/never')]);
    const running = agent.run(
      { messages: MESSAGES, tools: [tell] },
      contextOf({ session: SESSION, signal: cancel.signal }),
    );
    running.catch(() => undefined);
    await expect.poll(() => web.seen).toHaveLength(1);
    cancel.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(server.seen).toHaveLength(1);
  });

  it('takes a tool for every operation, and the built-in request', async () => {
    const all = { ...at('/send', { operation: null, blockType: 'acme' }) };
    const whole: ToolConfig = {
      ...all,
      adapter: { ...all.adapter, body: null } as ToolConfig['adapter'],
    };
    const { ask, server } = await start(
      [
        asksFor(
          { name: 'acme_do', args: { x: 1 } },
          { name: 'api', args: { body: 'b', method: 'DELETE' } },
        ),
        says('.'),
      ],
      [whole],
    );
    await ask([
      { type: 'acme', operation: 'do' },
      { type: 'api', title: 'Call', params: { url: `${web.origin}/send` } },
    ]);
    expect(web.seen.map(({ method, body }) => [method, body])).toEqual(
      expect.arrayContaining([
        ['POST', '{"blockType":"acme","operation":"do","params":{"x":1,"operation":"do"}}'],
        ['GET', ''],
      ]),
    );
    const [, api] = toldTools(server);
    expect(Object.keys((api?.parameters as JsonObject).properties as JsonObject)).not.toContain(
      'method',
    );
  });

  it('knows the parameters of an operation of a document', async () => {
    const document = {
      openapi: '3.1.0',
      servers: [{ url: web.origin }],
      paths: {
        '/send': {
          post: {
            operationId: 'send',
            summary: 'Sends a message',
            parameters: [{ name: 'urgent', in: 'query', schema: { type: 'boolean' } }],
            requestBody: {
              content: {
                'application/json': { schema: { $ref: '#/components/schemas/Message' } },
              },
            },
          },
        },
      },
      components: {
        schemas: {
          Message: {
            type: 'object',
            required: ['text'],
            properties: {
              text: { type: 'string', description: 'What to say' },
              to: { type: 'array', items: { $ref: '#/components/schemas/Person' } },
              token: { type: 'string' },
            },
          },
          Person: { type: 'object', properties: { boss: { $ref: '#/components/schemas/Person' } } },
        },
      },
    };
    const adapter = {
      kind: 'openapi' as const,
      documentUrl: null,
      document,
      operationId: 'send',
      server: null,
      headers: {},
    };
    const { ask, server } = await start(
      [asksFor({ name: 'slack_send', args: { text: 'hi', urgent: true } }), says('.')],
      [toolWith(adapter, { operation: 'send' })],
    );
    await ask([{ ...tell, params: { token: 't' } }]);
    expect(toldTools(server)[0]).toMatchObject({
      description: 'Sends a message',
      parameters: {
        required: ['text'],
        properties: {
          urgent: { type: 'boolean' },
          text: { type: 'string', description: 'What to say' },
          to: { type: 'array', items: { type: 'object' } },
        },
      },
    });
    expect(JSON.stringify(toldTools(server)[0])).not.toMatch(/\$ref|token/);
    expect(web.seen).toMatchObject([
      { url: '/send?urgent=true', body: '{"text":"hi","token":"t"}' },
    ]);
  });
});

describe('an agent with tools of MCP servers', () => {
  const use = (params: JsonObject, more: JsonObject = {}): JsonObject => ({
    type: 'mcp',
    title: 'Search',
    params: { toolName: 'search', ...params },
    ...more,
  });
  const search = () =>
    toolWith(
      { kind: 'mcp', url: mcp.url, headers: { 'x-key': '{{TOKEN}}' }, tool: 'search' },
      { blockType: 'mcp', operation: 'search' },
    );
  const call = asksFor({ name: 'search', args: { channel_id: 'C1', count: 9 } });

  it('calls what its workspace has configured, as the server describes it', async () => {
    const { ask, server } = await start([call, says('Found.')], [search()]);
    const { toolCalls } = await ask([use({ count: 2 })]);
    expect(toldTools(server)[0]).toMatchObject({
      name: 'search',
      parameters: { properties: { channel_id: { type: 'string' } }, required: ['channel_id'] },
    });
    expect(mcp.calls).toMatchObject([{ name: 'search', args: { channel_id: 'C1', count: 2 } }]);
    expect(toolCalls.list[0]).toMatchObject({ result: { found: 1 } });
  });

  it('calls the server whose address stands in the workflow', async () => {
    const schema = {
      type: 'object',
      properties: { channel_id: { type: 'string' } },
      description: 'Finds',
    };
    const { ask, server } = await start([call, says('Found.')]);
    await ask([use({ serverUrl: mcp.url }, { schema })]);
    expect(toldTools(server)[0]).toMatchObject({ name: 'search', description: 'Finds' });
    expect(mcp.calls).toMatchObject([{ args: { channel_id: 'C1' } }]);
  });

  it('does without one that it cannot reach', async () => {
    const { ask } = await start([says('Alone.')]);
    const output = await ask([
      use({ serverUrl: 'http://127.0.0.1:1/mcp' }),
      use({ serverId: 's' }),
    ]);
    expect(output.content).toBe('Alone.');
    expect(output.warnings).toHaveLength(2);
  });

  it('takes no other tool for it', async () => {
    const { ask, server } = await start([says('Alone.')], [{ ...search(), operation: null }]);
    const output = await ask([use({})]);
    expect(server.asked()[0]).not.toHaveProperty('tools');
    expect(output.warnings).toEqual([expect.stringContaining('nothing runs "mcp"')]);
  });
});
