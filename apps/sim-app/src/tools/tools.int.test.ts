import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestApp, type Person, type TestApp } from '../testing/test-app.js';

const receiver = createServer((request, response) => {
  request.resume().on('end', () => {
    const { url = '' } = request;
    const echo = { ok: true, auth: request.headers.authorization };
    const body = url === '/huge' ? { text: 'x'.repeat(200_000) } : echo;
    response.writeHead(url === '/bad' ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
});

let home: TestDatabase;
let app: TestApp;
let ada: Person;
let origin: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  home = await createTestDatabase(inject('postgresUrl'));
  app = startTestApp(home.url, { API_BLOCK_ALLOWED_HOSTS: '127.0.0.1' });
  ada = await app.person('Ada');
});
afterAll(async () => {
  await app.stop();
  receiver.closeAllConnections();
  receiver.close();
  await home.drop();
});

let made = 0;
const http = (more: object = {}) => ({ kind: 'http', url: `${origin}/ok`, ...more });
const away = (more: object) => ({ kind: 'http', url: 'https://example.com/', ...more });
const tool = (more: object = {}) => ({
  name: 'Slack',
  blockType: `slack${(made += 1)}`,
  adapter: http(),
  ...more,
});
const create = (body: unknown) => app.call('createTool', { token: ada.token, body });
const idOf = async (body: unknown) => String((await create(body)).body.id);
const one = (toolId: string) => ({ token: ada.token, params: { toolId } });
const test = (toolId: string, body: unknown = {}) => app.call('testTool', { ...one(toolId), body });

describe('tools of a workspace', () => {
  it('are configured, listed behind the built-in ones, read, replaced and deleted', async () => {
    const { status, body } = await create(tool({ blockType: 'gmail', operation: ' send ' }));
    expect(status).toBe(201);
    expect(body).toMatchObject({
      source: 'workspace',
      blockType: 'gmail',
      operation: 'send',
      sideEffect: 'write',
      idempotent: false,
      enabled: true,
      adapter: { ...http(), method: 'POST', headers: {}, query: {}, body: null },
    });
    const toolId = String(body.id);
    const listed = await app.call('listTools', { token: ada.token });
    const items = listed.body.items as { source: string; id: string; kind?: string }[];
    expect(items[0]).toMatchObject({ source: 'built-in', id: 'start_trigger' });
    expect(items.at(-1)).toMatchObject({ source: 'workspace', id: toolId, kind: 'http' });
    expect((await app.call('getTool', one(toolId))).body).toEqual(body);
    const replaced = await app.call('replaceTool', {
      ...one(toolId),
      body: {
        name: 'New',
        blockType: 'gmail',
        sideEffect: 'read',
        enabled: false,
        adapter: { kind: 'mcp', url: 'https://{{HOST}}/mcp', tool: 'send' },
      },
    });
    expect(replaced.body).toMatchObject({ id: toolId, name: 'New', operation: null });
    expect((await app.call('deleteTool', one(toolId))).status).toBe(204);
    expect((await app.call('deleteTool', one(toolId))).body.code).toBe('tool_not_found');
    expect((await app.call('getTool', one('x'))).body.code).toBe('tool_not_found');
  });

  it('are one for the same blocks', async () => {
    await create(tool({ blockType: 'twice' }));
    expect((await create(tool({ blockType: 'twice' }))).body.code).toBe('tool_exists');
    const toolId = await idOf(tool({ blockType: 'twice', operation: 'x' }));
    const body = tool({ blockType: 'twice' });
    expect((await app.call('replaceTool', { ...one(toolId), body })).body.code).toBe('tool_exists');
  });

  it('leave a trace of who configured and tried them, and nothing of their headers', async () => {
    const headers = { 'X-Trace': 'in the header' };
    const toolId = await idOf(tool({ blockType: 'traced', adapter: http({ headers }) }));
    await test(toolId, { dryRun: true });
    await app.call('deleteTool', one(toolId));
    const { body, text } = await app.call('listAuditLog', {
      token: ada.token,
      query: { limit: 3 },
    });
    expect(body.items).toMatchObject([
      { action: 'tool.deleted', target: { type: 'tool', id: toolId } },
      { action: 'tool.tested', details: { dryRun: true, ok: true } },
      { action: 'tool.created', details: { blockType: 'traced', kind: 'http' } },
    ]);
    expect(text).not.toContain('in the header');
  });

  it.each<[string, object, string]>([
    [
      'a token in clear',
      away({ headers: { Authorization: 'Bearer abc' } }),
      'headers.Authorization',
    ],
    ['a token under any name', away({ headers: { 'X-Any': 'Bearer abc' } }), 'headers.X-Any'],
    ['a key in clear', away({ headers: { 'x-api-key': 'abc' } }), 'headers.x-api-key'],
    ['a key in the query', away({ query: { api_key: 'abc' } }), 'query.api_key'],
    ['a password in the URL', { kind: 'http', url: 'https://u:p@example.com/' }, 'url'],
    ['a host of the block’s', { kind: 'http', url: 'https://<params.host>/' }, 'url'],
    ['a file', { kind: 'http', url: 'file:///etc/passwd' }, 'url'],
    ['no header', away({ headers: { 'a b': 'x' } }), 'headers["a b"]'],
    ['a method that there is not', away({ method: 'LOOK' }), 'method'],
    ['a field too many', away({ verb: 'GET' }), 'verb'],
    ['no document', { kind: 'openapi', operationId: 'x' }, 'documentUrl'],
    [
      'two documents',
      { kind: 'openapi', operationId: 'x', document: {}, documentUrl: 'https://a.test/' },
      'documentUrl',
    ],
    [
      'a document that is too large',
      { kind: 'openapi', operationId: 'x', document: { x: 'y'.repeat(600_000) } },
      'document',
    ],
    ['no tool', { kind: 'mcp', url: 'https://a.test/' }, 'tool'],
    ['another kind', { kind: 'ftp' }, 'kind'],
  ])('are refused with %s', async (_, adapter, path) => {
    const { status, body } = await create(tool({ adapter }));
    expect([status, body.code]).toEqual([400, 'invalid_body']);
    const paths = (body.errors as { path: string }[]).map((error) => error.path);
    expect(paths).toContain(`adapter.${path}`);
  });

  it('say where a secret belongs', async () => {
    const { body } = await create(tool({ adapter: http({ headers: { Cookie: 'a=b' } }) }));
    expect(body.errors[0].message).toContain('PUT /api/v1/secrets/:name');
    const adapter = http({ headers: { Cookie: 'a={{ COOKIE }}' } });
    expect((await create(tool({ adapter }))).status).toBe(201);
  });

  it.each(['condition', 'start_trigger', 'loop', 'function', ' '])(
    'do not run %j blocks',
    async (blockType) => {
      const { body } = await create(tool({ blockType }));
      expect([body.code, body.errors[0].path]).toEqual(['invalid_body', 'blockType']);
    },
  );
});

describe('a trial', () => {
  it('calls the tool and hides the secret, also where the tool is off', async () => {
    await app.call('putSecret', {
      token: ada.token,
      params: { name: 'TOKEN' },
      body: { value: 'tok-4711-secret' },
    });
    const headers = { Authorization: 'Bearer {{TOKEN}}' };
    const toolId = await idOf(tool({ enabled: false, adapter: http({ headers }) }));
    const { status, body, text } = await test(toolId, { params: { text: 'hi' } });
    expect([status, body.ok, body.output]).toEqual([200, true, { ok: true, auth: 'Bearer ***' }]);
    expect(body.durationMs).toBeGreaterThanOrEqual(0);
    expect([text, ...app.log].join()).not.toContain('4711');
    const dry = await test(toolId, { params: { text: 'hi' }, dryRun: true });
    expect(dry.body.output.headers.authorization).toBe('Bearer ***');
  });

  it.each([
    ['/bad', 'http_error'],
    ['/huge', 'output_too_large'],
  ])('of %s tells %s', async (path, code) => {
    const toolId = await idOf(tool({ adapter: { kind: 'http', url: `${origin}${path}` } }));
    const { status, body } = await test(toolId);
    expect([status, body.ok, body.error.code]).toEqual([200, false, code]);
  });

  it('reaches no private address that is not allowed', async () => {
    const toolId = await idOf(tool({ adapter: { kind: 'http', url: 'http://10.0.0.1/' } }));
    expect((await test(toolId)).body.error.code).toBe('address_forbidden');
  });

  it('of another workspace’s tool finds none', async () => {
    const eve = await app.person('Eve');
    const toolId = await idOf(tool());
    const answer = await app.call('testTool', { ...one(toolId), token: eve.token, body: {} });
    expect(answer.body.code).toBe('tool_not_found');
  });
});
