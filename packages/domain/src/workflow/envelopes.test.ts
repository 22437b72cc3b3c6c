import { utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { parseWorkflow } from './parse-workflow.js';
import { block, codes, edge, parsed, stateOf, uiExport } from './testing/exports.js';

const blocks = [block('start', 'start_trigger'), block('price', 'function', { code: 'return 1' })];
const edges = [edge('start', 'price')];
const state = stateOf(blocks, edges);
const workflow = { id: 'w1', name: 'Named outside', description: 'Outside', workspaceId: 's1' };

const executor = {
  version: '2.0',
  blocks: [
    {
      id: 'a',
      metadata: { id: 'starter', name: 'Begin' },
      config: { tool: 'starter', params: {} },
    },
    {
      id: 'b',
      metadata: { id: 'function', name: 'Work' },
      config: { tool: 'function', params: { code: 'return 2' } },
      enabled: false,
      retry: { enabled: true, maxTries: 4, waitBetweenTriesMs: 10 },
    },
  ],
  connections: [{ source: 'a', target: 'b' }],
  loops: {},
};

describe('forms of a workflow that are opened', () => {
  it.each([
    ['ui-export', uiExport(blocks, edges), 'Orders'],
    ['rest-export', { version: '1.0', workflow, state }, 'Named outside'],
    ['rest-export', { data: { version: '1.0', workflow, state } }, 'Named outside'],
    ['rest-export', { data: { data: { workflow, state } } }, 'Named outside'],
    [
      'rest-export',
      { data: { workflow, state }, limits: { usage: 1 }, success: true },
      'Named outside',
    ],
    ['ui-export', { data: { id: 'w1', name: 'In data', state }, limits: {} }, 'Orders'],
    ['ui-export', { workflow: { name: 'In workflow', state } }, 'Orders'],
    ['legacy', { workflow: { name: 'Bare', blocks, edges } }, 'Bare'],
    ['legacy', { ...state, name: 'At the root' }, 'Orders'],
    ['legacy', { id: 'p', name: 'Preview', blocks, edges }, 'Preview'],
    ['legacy', { metadata: { name: 'Template' }, state: { blocks, edges } }, 'Template'],
  ])('%s (%#)', (kind, input, name) => {
    const { workflow: read, issues } = parsed(input);
    expect(read.envelope).toBe(kind);
    expect(read.name).toBe(name);
    expect(read.blocks.map(({ id }) => id)).toEqual(['start', 'price']);
    expect(read.blocks[1]?.params).toEqual({ code: 'return 1' });
    expect(read.edges).toMatchObject([
      { source: 'start', target: 'price', sourceHandle: 'source' },
    ]);
    expect(issues).toEqual([]);
  });

  it('the executor form with its edges under the name of the editor', () => {
    const { connections, ...rest } = executor;
    const { workflow: read } = parsed({ ...rest, edges: connections });
    expect(read.edges).toEqual(parsed(executor).workflow.edges);
  });

  it('the executor form', () => {
    const { workflow: read, issues } = parsed(executor);
    expect(read.envelope).toBe('executor');
    expect(read.blocks).toMatchObject([
      { id: 'a', type: 'starter', name: 'Begin', enabled: true, retry: null },
      {
        id: 'b',
        type: 'function',
        name: 'Work',
        enabled: false,
        params: { code: 'return 2' },
        retry: { maxTries: 4, waitBetweenTriesMs: 10 },
      },
    ]);
    expect(read.edges).toEqual([
      { id: 'edge-1', source: 'a', target: 'b', sourceHandle: 'source' },
    ]);
    expect(codes(issues)).toEqual(['workflow_name_missing']);
  });

  it('the admin export, which keeps passwords, and says so', () => {
    const secret = block('mail', 'smtp', { password: 'hunter2', apiKey: '{{KEY}}' });
    const { workflow: read, issues } = parsed({ workflow, state: stateOf([secret]) });
    expect(read.envelope).toBe('admin-export');
    expect(issues).toMatchObject([
      {
        code: 'secret_in_plain_text',
        blockId: 'mail',
        path: 'state.blocks.mail.subBlocks.password',
      },
    ]);
    expect(JSON.stringify(issues)).not.toContain('hunter2');
  });

  it('the admin export, which keeps accounts', () => {
    const mail = block('mail', 'gmail_v2', { credential: 'acc_1' });
    expect(parsed({ workflow, state: stateOf([mail]) }).workflow.envelope).toBe('admin-export');
  });

  it('display rows and branches of documentation previews', () => {
    const rows = [
      { title: 'Amount', value: '2' },
      { title: 'Unit', value: 'Days' },
      { title: 'URL', value: '/x' },
      { title: 'System Prompt', value: 'Be kind' },
    ];
    const branches = [
      { id: 'condition-if', label: 'If', value: '<start.n> > 1' },
      { id: 'condition-else', label: 'else' },
    ];
    const routes = [{ id: 'router-sales', label: 'Sales' }];
    const { workflow: read } = parsed({
      name: 'Preview',
      blocks: [
        { id: 'a', type: 'wait', name: 'A', rows },
        { id: 'b', type: 'condition', name: 'B', rows: [], branches },
        { id: 'c', type: 'router', name: 'C', rows: 5, branches: routes },
      ],
      edges: [],
    });
    expect(read.blocks.map(({ params }) => params)).toEqual([
      { timeValue: '2', timeUnit: 'Days', url: '/x', systemPrompt: 'Be kind' },
      {
        conditions: [
          { id: 'if', title: 'If', value: '<start.n> > 1' },
          { id: 'else', title: 'else', value: '' },
        ],
      },
      { routes: [{ id: 'sales', title: 'Sales', value: 'Sales' }] },
    ]);
  });
});

describe('documents that are refused', () => {
  it.each([
    [null, 'nothing'],
    [undefined, 'nothing'],
    [42, 'a number'],
    ['hello', 'a string'],
    [true, 'true or false'],
    [[], 'an empty list'],
    [[1], 'a list'],
    [{}, 'nothing in it'],
    [{ nodes: [], links: [] }, '"nodes", "links"'],
    [{ blocks: 7 }, 'a number under blocks'],
    [{ state: { blocks: 'none' } }, 'a string under state.blocks'],
    [{ data: { data: { data: { state } } } }, 'only the keys "data"'],
  ])('%j', (input, found) => {
    const { workflow: read, issues } = parseWorkflow(input);
    expect(read).toBeNull();
    expect(issues).toMatchObject([{ code: 'not_a_workflow', severity: 'error' }]);
    expect(issues[0]?.message).toContain(found);
    expect(issues[0]?.message).toContain('{version, state}');
  });

  it.each([
    ['text of a ZIP archive', 'PK\u0003\u0004…', 'a string'],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0]), 'neither UTF-8 text nor a ZIP'],
    ['text that is neither JSON nor YAML', utf8ToBytes('<html>'), 'a string'],
    ['YAML of something else', 'kind: Deployment\nmetadata: {name: x}', '"kind", "metadata"'],
    ['JSON text', '\uFEFF{"nodes": []}', '"nodes"'],
  ])('%s', (_name, input, found) => {
    const { workflow: read, issues } = parseWorkflow(input);
    expect(read).toBeNull();
    expect(codes(issues)).toEqual(['not_a_workflow']);
    expect(issues[0]?.message).toContain(found);
  });

  it('YAML that is broken, with the place', () => {
    const { workflow: read, issues } = parseWorkflow('version: 1\nblocks:\n  a: {{NAME}}\n');
    expect(read).toBeNull();
    expect(issues).toMatchObject([{ code: 'yaml_invalid', severity: 'error' }]);
    expect(issues[0]?.message).toContain('line 3');
  });

  it('but not an empty canvas, nor one whose entries are no blocks', () => {
    expect(parsed({ blocks: {} }).workflow.blocks).toEqual([]);
    const { workflow: read, issues } = parsed({ blocks: { a: 1, b: null, c: [] }, name: 'X' });
    expect(read.blocks).toEqual([]);
    expect(codes(issues)).toEqual(['block_invalid', 'block_invalid', 'block_invalid']);
    expect(issues[0]?.path).toBe('blocks.a');
  });
});

it('leaves the document as it is', () => {
  const input = uiExport(blocks, edges);
  const before = JSON.stringify(input);
  parsed(input);
  expect(JSON.stringify(input)).toBe(before);
});
