import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import type { Block } from '../workflow/types.js';
import { block, edge } from '../workflow/testing/exports.js';
import { fillGaps, gapsOf } from './gaps.js';
import { mapped } from './testing/mapped.js';

const of = (type: string, params: JsonObject, extra: Partial<Block> = {}): Block => ({
  ...{ id: 'b', type, name: 'B', enabled: true, params, kinds: {}, outputs: {} },
  ...{ triggerMode: false, errorEnabled: false, retry: null, parentId: null },
  ...extra,
});

const namesOf = (type: string, params: JsonObject) =>
  gapsOf(of(type, params)).slots.map(({ name, required }) => (required ? name : `${name}?`));

describe('what a block of a known type lacks', () => {
  it('is what its operation requires', () => {
    expect(
      namesOf('gmail_v2', { operation: 'send_gmail', to: null, cc: null, query: null }),
    ).toEqual(['to', 'body']);
    expect(namesOf('gmail_v2', { operation: 'search_gmail', to: null })).toEqual(['query']);
    expect(namesOf('gmail_v2', { operation: 'read_gmail', folder: null })).toEqual([]);
  });

  it('is not asked for where the default of another parameter makes it needless', () => {
    const params = { operation: 'send', text: 'Hi', channel: null, messageFormat: null };
    expect(namesOf('slack', params)).toEqual(['authMethod?', 'channel']);
    expect(namesOf('slack', { ...params, messageFormat: 'blocks' })).toContain('blocks');
    const toPerson = { ...params, authMethod: 'oauth', destinationType: 'dm' };
    expect(namesOf('slack', toPerson)).toEqual(['dmUserId']);
  });

  it('is asked for once of twins, as plain text where both are there', () => {
    const params = { operation: 'notion_create_page', parentSelector: null, parentId: null };
    expect(gapsOf(of('notion_v2', params))).toMatchObject({
      slots: [{ name: 'parentId', label: 'Parent id', type: 'string' }],
      picked: ['parentId'],
    });
    expect(namesOf('notion_v2', { ...params, parentSelector: 'p1' })).toEqual([]);
    expect(namesOf('notion_v2', { ...params, parentId: 'p1' })).toEqual([]);
    expect(namesOf('notion_v2', { operation: 'notion_create_page' })).toEqual(['parentSelector']);
  });

  it('is asked for in its type, with its choices', () => {
    const { slots } = gapsOf(of('reddit', { operation: 'get_posts', subreddit: 'x', sort: null }));
    expect(slots).toMatchObject([
      {
        name: 'sort',
        label: 'Sort',
        type: 'string',
        required: true,
        default: null,
        options: [{ value: 'hot', label: 'Hot' }, { value: 'new' }, {}, {}, {}],
      },
    ]);
    const { slots: pages } = gapsOf(
      of('notion', { operation: 'notion_append_blocks', blockId: 1 }),
    );
    expect(pages).toMatchObject([{ name: 'children', type: 'array' }]);
    const { slots: rows } = gapsOf(
      of('google_docs', { operation: 'insert_table', documentId: 'd' }),
    );
    expect(rows).toMatchObject([{ type: 'number' }, { name: 'columns', type: 'number' }]);
  });

  it('keeps ids of choices as they are where they are no words', () => {
    const { slots } = gapsOf(of('onedrive', { operation: 'create_file', fileName: 'a' }));
    expect(slots[0]?.options?.[0]).toEqual({ value: 'text/plain', label: 'text/plain' });
  });

  it('has a format where its name tells one', () => {
    expect(gapsOf(of('api', { url: '' })).slots).toMatchObject([
      { name: 'url', format: 'url', required: true },
      { name: 'method', default: 'GET', required: false },
    ]);
  });

  it('is offered, not asked, where the editor has a default', () => {
    const { slots } = gapsOf(of('smtp', { smtpPort: null, smtpSecure: '' }));
    expect(slots).toContainEqual(
      expect.objectContaining({ name: 'smtpPort', default: 587, required: false }),
    );
    expect(slots.find(({ name }) => name === 'smtpSecure')).toMatchObject({ default: 'TLS' });
  });

  it('waits for a value that only the run tells', () => {
    expect(namesOf('gmail_v2', { operation: '<start.operation>' })).toEqual([]);
    expect(namesOf('airtable', { operation: '{{OPERATION}}' })).toEqual([]);
    expect(namesOf('onedrive', { operation: null })).toEqual(['operation']);
  });

  it('takes references, secrets and filled tables for values', () => {
    expect(namesOf('telegram', { chatId: '<start.chat>', text: '{{TEXT}}' })).toEqual([
      'operation?',
    ]);
    const row = (Key: string) => [{ id: '1', cells: { Key, Value: '' } }];
    expect(namesOf('api', { url: row('a'), method: 'GET' })).toEqual([]);
    expect(namesOf('api', { url: row(' '), method: 'GET' })).toEqual(['url']);
  });

  it.each([{}, [], '{}', ' [] ', ' ', null])('counts %j as nothing', (value) => {
    expect(namesOf('api', { url: value, method: 'GET' })).toEqual(['url']);
  });

  it('is nothing for starts', () => {
    expect(gapsOf(of('schedule', { scheduleType: null })).slots).toEqual([]);
    expect(gapsOf(of('rss', { feedUrl: null })).slots).toEqual([]);
    expect(gapsOf(of('slack', {}, { triggerMode: true })).slots).toEqual([]);
    expect(gapsOf(of('slack', {}), { start: true }).slots).toEqual([]);
  });

  it.each([
    ['function', { code: '  ' }, ['code']],
    ['agent', { messages: [], model: null }, ['messages']],
    ['agent', { messages: '[]', systemPrompt: 'Be kind' }, []],
    ['router_v2', { context: 'x', routes: '[ ]' }, []],
    ['router_v2', {}, ['context', 'routes']],
    ['router', { context: 'x' }, []],
    ['workflow', { workflowId: null }, ['workflowId']],
    ['workflow_input', { workflow: 'w1' }, []],
    ['guardrails', {}, ['input', 'validationType']],
    ['mcp', { server: null, tool: null }, ['server', 'tool']],
    [
      'postgresql',
      { operation: 'query', query: null, host: 'h', database: 'd', username: 'u', port: 1 },
      ['query'],
    ],
    ['table', { operation: 'get_schema', tableId: null }, ['tableId']],
  ])('is the author’s matter: %s with %j', (type, params, expected) => {
    const gaps = gapsOf(of(type, params));
    expect(gaps.authors).toEqual(expected);
    expect(gaps.slots.filter(({ required }) => required)).toEqual([]);
  });
});

describe('secrets', () => {
  const secretsOf = (type: string, params: JsonObject, kinds = {}) =>
    gapsOf(of(type, params, { kinds })).secrets;

  it('are named, never asked for', () => {
    const params = { apiKey: null, query: null, type: 'search' };
    expect(gapsOf(of('serper', params))).toMatchObject({
      slots: [{ name: 'query' }],
      secrets: ['apiKey'],
    });
    expect(secretsOf('neo4j', { host: '', password: null, port: 1 })).toEqual(['host', 'password']);
  });

  it('are those that the chosen way of signing in takes', () => {
    const params = { botToken: '', credential: null, signingSecret: null };
    expect(secretsOf('slack', params)).toEqual(['credential']);
    expect(secretsOf('slack', { ...params, authMethod: 'bot_token' })).toEqual(['botToken']);
    expect(secretsOf('slack', { ...params, credential: 'c1' })).toEqual([]);
  });

  it('are not missed where the block has no field for them', () => {
    expect(secretsOf('serper', { query: 'x' })).toEqual([]);
    expect(secretsOf('agent', { prompt: 'x', azureSecretKey: null })).toEqual([]);
    expect(secretsOf('agent', { prompt: 'x', apiKey: null })).toEqual(['apiKey']);
  });

  it('are told by name and kind in types that are not known', () => {
    const params = { apiKey: null, account: null, webhookSecret: null, token: '{{T}}', text: null };
    const kinds = { account: 'oauth-input', apiKey: 'short-input', text: 'long-input' };
    const gaps = gapsOf(of('acme_crm', params, { kinds }));
    expect(gaps.secrets).toEqual(['apiKey', 'account']);
    expect(gaps.slots.map(({ name }) => name)).toEqual(['text']);
  });
});

describe('what a block of an unknown type lacks', () => {
  it('is offered where a person fills it in, never asked', () => {
    const kinds = {
      ...{ title: 'short-input', dueDate: 'date-input', at: 'time-input', urgent: 'switch' },
      ...{ share: 'slider', rows: 'table', customerEmail: 'short-input', done: 'short-input' },
      ...{ board: 'project-selector', tools: 'tool-input', triggerInstructions: 'text' },
      ...{ samplePayload_acme: 'code', webhookUrlDisplay: 'short-input' },
    };
    const params = { ...Object.fromEntries(Object.keys(kinds).map((key) => [key, null])), done: 1 };
    const { slots, authors } = gapsOf(of('acme_crm', params, { kinds }));
    expect(slots.map(({ name, type, format }) => [name, type, format])).toEqual([
      ['title', 'string', null],
      ['dueDate', 'string', 'date'],
      ['at', 'string', 'time'],
      ['urgent', 'boolean', null],
      ['share', 'number', null],
      ['rows', 'array', null],
      ['customerEmail', 'string', 'email'],
    ]);
    expect(slots.some(({ required }) => required)).toBe(false);
    expect(authors).toEqual([]);
  });

  it('is nothing where the document does not say what the editor showed', () => {
    expect(gapsOf(of('acme_crm', { title: null, text: '' })).slots).toEqual([]);
  });

  it('is bounded, however many blanks there are', () => {
    const keys = Array.from({ length: 5000 }, (_, index) => `k${index}`);
    const params = Object.fromEntries(keys.map((key) => [key, null]));
    const kinds = Object.fromEntries(keys.map((key) => [key, 'short-input']));
    expect(gapsOf(of('acme_crm', params, { kinds })).slots).toHaveLength(20);
  });
});

describe('filling gaps', () => {
  it('puts each answer at its key, as it is', () => {
    const params = { operation: 'create', records: null, tableId: null };
    const answers = { records: [{ fields: { Name: 'A' } }], tableId: 't1', other: null };
    expect(fillGaps(params, answers)).toEqual({
      ...params,
      records: answers.records,
      tableId: 't1',
    });
    expect(params.records).toBeNull();
  });

  it('leaves a block that lacks nothing', () => {
    const params = { operation: 'create', baseId: null, baseSelector: null, tableId: null };
    const gaps = gapsOf(of('airtable', params));
    expect(gaps.slots.map(({ name }) => name)).toEqual(['baseId', 'tableId', 'records']);
    const filled = fillGaps(params, { baseId: 'b', tableId: 't', records: [{}] });
    expect(gapsOf(of('airtable', filled)).slots).toEqual([]);
  });

  it('keeps odd keys as keys', () => {
    const answers = JSON.parse('{"__proto__": "x", "constructor": "y"}') as JsonObject;
    expect(Object.entries(fillGaps({ a: 1 }, answers))).toEqual([
      ['a', 1],
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

describe('the issues of gaps', () => {
  const issuesOf = (type: string, params: JsonObject) =>
    mapped([block('start', 'start_trigger'), block('b', type, params)], [edge('start', 'b')])
      .issues;
  const linesOf = (type: string, params: JsonObject) =>
    issuesOf(type, params).map(({ code, message }) => `${code}: ${message}`);

  it.each([
    ['api', { url: null }, ['gap_asked: The conversation asks for what "B" lacks: "Url".']],
    ['function', {}, ['param_missing: "B" has no "Code".']],
    [
      'router_v2',
      {},
      ['param_missing: "B" has no "Context".', 'param_missing: "B" has no "Routes".'],
    ],
    [
      'workflow',
      { workflowId: null },
      ['child_workflow_missing: "B" does not say which workflow it calls.'],
    ],
    [
      'agent',
      { prompt: 'x', apiKey: null, azureSecretKey: null },
      ['secret_missing: "B" has no value for "apiKey".'],
    ],
    [
      'slack',
      { credential: null, text: null },
      [
        'gap_asked: The conversation asks for what "B" lacks: "Channel", "Text".',
        'secret_missing: "B" has no value for "credential".',
      ],
    ],
    ['slack', { credential: 'c', channel: 'x', text: 'Hi', authMethod: 'oauth' }, []],
  ])('of %s with %j', (type, params, expected) => {
    expect(linesOf(type, params as JsonObject)).toEqual(expected);
  });

  it('point to the secrets page, never to the chat', () => {
    const issue = issuesOf('serper', { query: 'x', apiKey: null })[0];
    expect(issue).toMatchObject({ code: 'secret_missing', blockId: 'b', severity: 'warning' });
    expect(issue?.hint).toMatch(/secrets page.*PUT \/api\/v1\/secrets.*\{\{NAME\}\}/);
  });

  it('name the parameter that an author has to fill in', () => {
    expect(issuesOf('function', { code: null })[0]).toMatchObject({ path: 'params.code' });
  });
});
