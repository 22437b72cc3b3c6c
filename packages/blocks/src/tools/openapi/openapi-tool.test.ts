import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '@sim/domain';
import type { OpenApiToolAdapter } from '@sim/engine';
import { failureOf, outputOf } from '../../testing/context.js';
import { startServer } from '../../testing/server.js';
import { SECRETS, toolsOver, toolWith } from '../../testing/tools.js';
import type { Tools } from '../tools.js';

/** Written as such documents are: references everywhere, a level or two deep. */
const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Tickets', version: '1' },
  servers: [{ url: '{base}/v1', variables: { base: { default: 'http://unused.test' } } }],
  paths: {
    '/tickets/{ticket_id}/notes': {
      parameters: [{ $ref: '#/components/parameters/TicketId' }],
      post: {
        operationId: 'addNote',
        parameters: [
          { name: 'notify', in: 'query', schema: { type: 'boolean' } },
          { name: 'tags', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
          { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
          { name: 'Authorization', in: 'header', required: true, schema: { type: 'string' } },
        ],
        requestBody: { $ref: '#/components/requestBodies/Note' },
        responses: {},
      },
    },
    '/search': {
      get: {
        operationId: 'search',
        parameters: [
          { name: 'filter', in: 'query', style: 'deepObject', schema: { type: 'object' } },
          { name: 'ids', in: 'query', explode: false, schema: { type: 'array' } },
          { name: 'json', in: 'query', content: { 'application/json': { schema: {} } } },
        ],
      },
    },
    '/form': {
      post: {
        operationId: 'form',
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: { type: 'object', properties: { a: { type: 'string' } } },
            },
          },
        },
      },
    },
    '/list': {
      put: {
        operationId: 'replace',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { type: 'array' } } },
        },
      },
    },
    '/picture': {
      post: {
        operationId: 'picture',
        requestBody: { required: true, content: { 'image/png': {} } },
      },
    },
    '/circle': { get: { operationId: 'circle', parameters: [{ $ref: '#/components/a' }] } },
    '/away': { get: { operationId: 'away', parameters: [{ $ref: 'https://e.test/x.json#/a' }] } },
    '/lost': { get: { operationId: 'lost', parameters: [{ $ref: '#/components/none' }] } },
  },
  components: {
    a: { $ref: '#/components/b' },
    b: { $ref: '#/components/a' },
    parameters: {
      TicketId: { name: 'ticket_id', in: 'path', required: true, schema: { type: 'integer' } },
    },
    requestBodies: {
      Note: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } },
      },
    },
    schemas: {
      Base: {
        type: 'object',
        required: ['text'],
        properties: { text: { type: 'string' }, id: { type: 'string', readOnly: true } },
      },
      Note: {
        allOf: [
          { $ref: '#/components/schemas/Base' },
          { type: 'object', properties: { priority: { type: ['integer', 'null'] } } },
        ],
      },
    },
  },
} satisfies JsonObject;

const YAML = `
openapi: 3.0.3
info: {title: T, version: '1'}
servers:
  - url: /v1
paths:
  /ping/{name}:
    get:
      operationId: ping
      parameters:
        - {name: name, in: path, required: true, schema: {type: string}}
`;

/** Each line one column further in. */
const deepYaml = (depth: number) =>
  Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:`).join('\n');

let server: Awaited<ReturnType<typeof startServer>>;
let tools: Tools;
const counts = { yaml: 0 };

beforeAll(async () => {
  const ok = (r: { setHeader(a: string, b: string): { end(t: string): void } }) =>
    r.setHeader('content-type', 'application/json').end('{"ok":true}');
  server = await startServer({
    '/openapi.yaml': (_, r) => {
      counts.yaml += 1;
      r.setHeader('content-type', 'application/vnd.oai.openapi').end(YAML);
    },
    '/huge.json': (_, r) => r.end(`{"openapi":"3.0.0","x":"${'y'.repeat(200_000)}"}`),
    '/gone.json': (_, r) => r.writeHead(404).end(),
    '/moved.json': (_, r) => r.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
    '/v1/ping/ada': (_, r) => ok(r),
    '/v1/tickets/7/notes': (_, r) => ok(r),
    '/v1/search': (_, r) => ok(r),
    '/v1/form': (_, r) => ok(r),
    '/v1/list': (_, r) => ok(r),
  });
  tools = toolsOver();
});
afterAll(async () => {
  await tools.close();
  await server.close();
});
beforeEach(() => {
  server.seen.length = 0;
});

const tool = (operationId: string, more: Partial<OpenApiToolAdapter> = {}) =>
  tools.executor(
    toolWith({
      kind: 'openapi',
      documentUrl: null,
      document: DOCUMENT,
      operationId,
      server: `${server.origin}/v1`,
      headers: { Authorization: 'Bearer {{TOKEN}}' },
      ...more,
    }),
  );
const inDocument = (document: JsonValue) =>
  tool('x', { document: document as OpenApiToolAdapter['document'] });

describe('an operation of an OpenAPI document', () => {
  it('is sent the parameters by name, in the place and type that each has', async () => {
    const params = {
      operation: 'note',
      ticketId: '7',
      notify: 'true',
      tags: '["a b","c&d"]',
      x_trace: 't-1',
      Text: 'hello',
      priority: '3',
      id: 'is read only',
      unknown: 'is left out',
    };
    expect(await outputOf(tool('addNote'), params)).toEqual({ ok: true });
    const [seen] = server.seen;
    expect(seen).toMatchObject({
      method: 'POST',
      url: '/v1/tickets/7/notes?notify=true&tags=a%20b&tags=c%26d',
      headers: {
        authorization: `Bearer ${SECRETS.TOKEN}`,
        'x-trace': 't-1',
        'content-type': 'application/json',
        'idempotency-key': 'key-1',
      },
    });
    expect(JSON.parse(seen!.body)).toEqual({ text: 'hello', priority: 3 });
  });

  it('writes objects, lists and JSON into a query as the document says', async () => {
    const params = { filter: { a: 1, b: 'x y' }, ids: [1, 2], json: { z: [1] } };
    await outputOf(tool('search'), params);
    expect(server.seen[0]!.url).toBe(
      '/v1/search?filter%5Ba%5D=1&filter%5Bb%5D=x%20y&ids=1,2&json=%7B%22z%22%3A%5B1%5D%7D',
    );
  });

  it('sends a form where the document knows no JSON, and nothing where nothing is given', async () => {
    await outputOf(tool('form'), { a: 'x y' });
    await outputOf(tool('form'), {});
    expect(server.seen.map(({ body }) => body)).toEqual(['a=x+y', '']);
  });

  it('sends a body without fields whole', async () => {
    await outputOf(tool('replace'), { body: '[1,2]' });
    expect(server.seen[0]!.body).toBe('[1,2]');
    expect(await failureOf(tool('replace'), {})).toMatchObject({ details: { missing: ['body'] } });
  });

  it('names everything that is required and not there, and sends nothing', async () => {
    const failure = await failureOf(tool('addNote'), { notify: true, text: ' ' });
    expect(failure).toMatchObject({ code: 'invalid_params', retryable: false });
    expect(failure.details).toEqual({ missing: ['ticket_id', 'text'] });
    expect(failure.message).toContain('ticket_id, text');
    expect(server.seen).toEqual([]);
  });

  it.each(['..', '.'])('is not climbed out of by %j', async (ticketId) => {
    expect(await failureOf(tool('addNote'), { ticketId, text: 'x' })).toMatchObject({
      code: 'tool_misconfigured',
    });
    await failureOf(tool('addNote'), { ticketId: '../../x?y#z', text: 'x' });
    expect(server.seen.map(({ url }) => url)).toEqual(['/v1/tickets/..%2F..%2Fx%3Fy%23z/notes']);
  });

  it.each([
    ['nothing', 'no operation'],
    ['picture', 'image/png'],
    ['circle', 'circle'],
    ['away', 'leads out'],
    ['lost', 'leads to nothing'],
  ])('%s cannot be called, which is said', async (operationId, reason) => {
    expect(await failureOf(tool(operationId), {})).toMatchObject({
      code: 'tool_misconfigured',
      retryable: false,
      message: expect.stringContaining(reason) as string,
    });
  });

  it('needs a server', async () => {
    const document = { openapi: '3.0.0', paths: DOCUMENT.paths, components: DOCUMENT.components };
    expect(await failureOf(tool('search', { document, server: null }), {})).toMatchObject({
      code: 'tool_misconfigured',
      message: expect.stringContaining('server') as string,
    });
    expect(await failureOf(tool('search', { server: 'http://10.0.0.1/' }), {})).toMatchObject({
      code: 'address_forbidden',
    });
  });
});

describe('a document', () => {
  it('is fetched once for a while, as YAML too, and names its server by where it is', async () => {
    const remote = { documentUrl: `${server.origin}/openapi.yaml`, document: null, server: null };
    for (const name of ['ada', 'ada']) {
      expect(await outputOf(tool('ping', remote), { name })).toEqual({ ok: true });
    }
    expect(counts.yaml).toBe(1);
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/openapi.yaml',
      '/v1/ping/ada',
      '/v1/ping/ada',
    ]);
    expect(server.seen[0]!.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['/huge.json', 'response_too_large'],
    ['/gone.json', 'tool_misconfigured'],
    ['/moved.json', 'address_forbidden'],
  ])('at %s is %s', async (path, code) => {
    const documentUrl = `${server.origin}${path}`;
    expect(await failureOf(tool('x', { documentUrl, document: null }), {})).toMatchObject({ code });
  });

  it.each<[string, JsonValue]>([
    ['no object', '[]'],
    ['of version 2', { swagger: '2.0', paths: {} }],
    ['of a version that there is not', { openapi: '4.0.0' }],
    ['no YAML', 'a: [b: }'],
    ['YAML without end', `a: ${'b'.repeat(600_000)}`],
    ['nested deep in brackets', '['.repeat(100_000)],
    ['nested deep in braces', '{a: '.repeat(100_000)],
    ['nested deep in one line', '- '.repeat(100_000)],
    ['nested as deep as may be read', `a: ${'['.repeat(200)}${']'.repeat(200)}`],
    ['nested deep by indentation', deepYaml(1_000)],
    ['indented as deep as may be read', deepYaml(390)],
    ['deep', { openapi: '3.0.0', x: JSON.parse('['.repeat(100) + ']'.repeat(100)) as JsonValue }],
    ['with a prototype in its path', { openapi: '3.0.0', paths: { constructor: null } }],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h']
        .map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(10)}]`)
        .join('\n')}\n`,
    ],
  ])('that is %s is told', async (_, document) => {
    expect(await failureOf(inDocument(document), {})).toMatchObject({
      code: 'tool_misconfigured',
      retryable: false,
    });
  });
});
