import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json.js';
import { parseWorkflow } from './parse-workflow.js';
import { block, codes, edge, parsed, uiExport } from './testing/exports.js';

describe('the description', () => {
  it.each([
    ['Pays money back.', 'Pays money back.'],
    // What the editor writes by itself tells a person nothing.
    ['New workflow', null],
  ])('%s is kept as %s', (written, kept) => {
    const document = {
      version: '1.0',
      state: { blocks: {}, edges: [], metadata: { name: 'Refund', description: written } },
    };
    expect(parseWorkflow(document).workflow?.description).toBe(kept);
  });
});

describe('blocks', () => {
  it('keep their flags, outputs and values, whatever the sub-block type says', () => {
    const outputs = { data: { type: 'json' } };
    const messages = [{ role: 'user', content: 'hi' }];
    const raw = block(
      'a',
      'agent',
      { messages, temperature: 0.3, model: null },
      {
        enabled: false,
        triggerMode: true,
        errorEnabled: true,
        outputs,
      },
    );
    expect(parsed(uiExport([raw])).workflow.blocks).toEqual([
      {
        id: 'a',
        type: 'agent',
        name: 'A',
        enabled: false,
        params: { messages, temperature: 0.3, model: null },
        kinds: { messages: 'short-input', temperature: 'short-input', model: 'short-input' },
        outputs,
        triggerMode: true,
        errorEnabled: true,
        retry: null,
        parentId: null,
      },
    ]);
  });

  it('keep the kinds of their sub-blocks, of twins that of the live one', () => {
    const subBlocks = {
      folder: { id: 'folder', type: 'folder-selector', value: null },
      manualFolder: { id: 'manualFolder', type: 'short-input', value: 'typed' },
      label: { id: 'label', type: 'dropdown', value: null },
      manualLabel: { id: 'manualLabel', type: 'short-input', value: null },
      bare: 1,
      ['__proto__']: { type: 'code', value: 1 },
    };
    const document = uiExport([block('a', 'gmail', {}, { subBlocks })]);
    const [read] = parsed(JSON.parse(JSON.stringify(document))).workflow.blocks;
    expect(Object.entries(read?.kinds ?? {})).toEqual([
      ['folder', 'short-input'],
      ['label', 'dropdown'],
      ['__proto__', 'code'],
    ]);
    expect(parsed({ blocks: [{ id: 'x', type: 'api' }] }).workflow.blocks[0]?.kinds).toEqual({});
  });

  it('tolerate sub-blocks that are bare values or have none', () => {
    const subBlocks = { code: 'return 1', list: [1], nothing: { id: 'nothing' } };
    const { workflow } = parsed(uiExport([block('a', 'function', {}, { subBlocks })]));
    expect(workflow.blocks[0]?.params).toEqual({ code: 'return 1', list: [1], nothing: null });
    expect(workflow.blocks[0]?.kinds).toEqual({});
  });

  it('keep the kinds of sub-blocks where they are texts', () => {
    const subBlocks = {
      url: { id: 'url', type: 'short-input', value: 'x' },
      rows: { id: 'rows', type: 7, value: null },
      odd: { id: 'odd', type: ['table'], value: null },
      'a\0b': { id: 'broken', type: 'switch', value: null },
      ['__proto__']: { id: 'proto', type: 'table', value: null },
    };
    const { workflow } = parsed(uiExport([block('a', 'api', {}, { subBlocks })]));
    const kinds = workflow.blocks[0]?.kinds ?? {};
    expect(Object.entries(kinds)).toEqual([
      ['url', 'short-input'],
      ['rows', '7'],
      ['a\uFFFDb', 'switch'],
      ['__proto__', 'table'],
    ]);
  });

  it.each([
    ['basic', { canonicalModes: { folder: 'basic' } }, 'inbox'],
    ['advanced', { canonicalModes: { folder: 'advanced' } }, 'typed'],
    ['the one that is filled in', {}, 'inbox'],
  ])('keep of basic and advanced twins %s', (_, data, folder) => {
    const params = { folder: 'inbox', manualFolder: 'typed', manualOnly: 1 };
    const { workflow } = parsed(uiExport([block('a', 'gmail_v2', params, { data })]));
    expect(workflow.blocks[0]?.params).toEqual({ folder, manualOnly: 1 });
  });

  it('take the advanced twin where the basic one is empty or the block is set to it', () => {
    const empty = block('a', 'workflow', { workflowId: null, manualWorkflowId: 'w2' });
    const set = block(
      'b',
      'workflow',
      { workflowId: 'w1', manualWorkflowId: 'w2' },
      {
        advancedMode: true,
      },
    );
    const account = block(
      'c',
      'slack',
      { credential: null, manualCredential: '{{ACC}}' },
      {
        data: { canonicalModes: { oauthCredential: 'advanced' } },
      },
    );
    const { workflow } = parsed(uiExport([empty, set, account]));
    expect(workflow.blocks.map(({ params }) => params)).toEqual([
      { workflowId: 'w2' },
      { workflowId: 'w2' },
      { credential: '{{ACC}}' },
    ]);
  });

  it('are called by their type where they have no name, and are of no known type where none is said', () => {
    const nameless = block('a', 'function', {}, { name: '  ' });
    const numbered = block('b', 'api', {}, { name: 12 });
    const typeless = block('c', 'x', {}, { type: {} });
    const { workflow, issues } = parsed(uiExport([nameless, numbered, typeless]));
    expect(workflow.blocks.map(({ name, type }) => [name, type])).toEqual([
      ['function', 'function'],
      ['12', 'api'],
      ['C', 'unknown'],
    ]);
    expect(codes(issues)).toEqual(['block_name_missing', 'block_type_missing']);
  });

  it('in a list need ids of their own', () => {
    const blocks = [
      { type: 'starter', name: 'One' },
      { id: 'block-1', type: 'api', name: 'Two' },
      { id: 'block-1', type: 'api', name: 'Three' },
      { id: 7, type: 'api', name: 'Four' },
    ];
    const { workflow, issues } = parsed({ name: 'L', blocks, edges: [] });
    expect(workflow.blocks.map(({ id, name }) => [id, name])).toEqual([
      ['block-1~2', 'One'],
      ['block-1', 'Two'],
      ['7', 'Four'],
    ]);
    expect(codes(issues)).toEqual(['block_id_missing', 'duplicate_block_id']);
    expect(issues[1]).toMatchObject({ blockId: 'block-1', path: 'blocks[2]' });
  });

  it('stand under the id that counts', () => {
    const { workflow, issues } = parsed({ name: 'K', blocks: { key: block('own', 'api') } });
    expect(workflow.blocks[0]?.id).toBe('key');
    expect(codes(issues)).toEqual(['block_id_mismatch']);
  });

  it('retry within limits', () => {
    const retry = { enabled: true, maxTries: 99, waitBetweenTriesMs: -5 };
    const off = { enabled: false, maxTries: 3 };
    const { workflow, issues } = parsed(
      uiExport([block('a', 'api', {}, { retry }), block('b', 'api', {}, { retry: off })]),
    );
    expect(workflow.blocks.map((read) => read.retry)).toEqual([
      { maxTries: 5, waitBetweenTriesMs: 0 },
      null,
    ]);
    expect(codes(issues)).toEqual(['retry_out_of_range']);
  });
});

describe('edges', () => {
  const blocks = [block('a', 'start_trigger'), block('b', 'condition'), block('r', 'router_v2')];
  const handlesOf = (source: string, sourceHandle: JsonValue) =>
    parsed(uiExport(blocks, [{ id: 'e', source, target: 'a', sourceHandle }])).workflow.edges[0]
      ?.sourceHandle;

  it.each([
    ['a', null, 'source'],
    ['a', '', 'source'],
    ['a', 'source-right', 'source'],
    ['a', 'error', 'error'],
    ['b', 'true', 'condition-true'],
    ['b', 'if', 'condition-if'],
    ['b', 'condition-b-if', 'condition-b-if'],
    ['b', 'source', 'source'],
    ['r', 'sales', 'router-sales'],
    ['r', 'router-sales', 'router-sales'],
    ['a', 'custom', 'custom'],
  ])('of %s leave by %j as %s', (source, handle, expected) => {
    expect(handlesOf(source, handle)).toBe(expected);
  });

  it('are dropped where they connect nothing known', () => {
    const { workflow, issues } = parsed(
      uiExport(blocks, [
        edge('a', 'gone'),
        edge('lost', 'gone'),
        { id: 'x', source: 'a' },
        'b' as never,
      ]),
    );
    expect(workflow.edges).toEqual([]);
    expect(codes(issues)).toEqual([
      'edge_unknown_block',
      'edge_unknown_block',
      'edge_invalid',
      'edge_invalid',
    ]);
    expect(issues[0]).toMatchObject({ edgeId: 'a-gone', path: 'state.edges[0]' });
    expect(issues[1]?.message).toContain('"lost" and "gone"');
  });

  it('with one id are one edge, or get another id', () => {
    const { workflow, issues } = parsed(
      uiExport(blocks, [
        { id: 'e', source: 'a', target: 'b' },
        { id: 'e', source: 'a', target: 'b', sourceHandle: 'source' },
        { id: 'e', source: 'a', target: 'r' },
        { source: 'b', target: 'r', sourceHandle: 'error' },
        { id: 'edge-3', source: 'b', target: 'r' },
      ]),
    );
    expect(workflow.edges.map(({ id, target }) => [id, target])).toEqual([
      ['e', 'b'],
      ['e~2', 'r'],
      ['edge-3~2', 'r'],
      ['edge-3', 'r'],
    ]);
    expect(codes(issues)).toEqual(['duplicate_edge_id', 'duplicate_edge_id']);
  });

  it('may be spelt as in the database, or stand in a record', () => {
    const database = [{ id: 'e', sourceBlockId: 'a', targetBlockId: 'b', sourceHandle: null }];
    expect(parsed(uiExport(blocks, database)).workflow.edges).toMatchObject([{ id: 'e' }]);
    const record = parsed(uiExport(blocks, [], { edges: { e: edge('a', 'b') } }));
    expect(record.workflow.edges).toMatchObject([{ id: 'a-b' }]);
    const number = parsed(uiExport(blocks, [], { edges: 5 }));
    expect(codes(number.issues)).toEqual(['section_invalid']);
  });
});

describe('variables', () => {
  it.each([
    ['a record', { v1: { id: 'v1', name: 'limit', type: 'number', value: 5 } }],
    ['a list', [{ id: 'v1', name: 'limit', type: 'number', value: 5 }]],
  ])('in %s', (_, variables) => {
    expect(parsed(uiExport([], [], { variables })).workflow.variables).toEqual([
      { id: 'v1', name: 'limit', type: 'number', value: 5 },
    ]);
  });

  it('as plain values', () => {
    const variables = { limit: 5, names: ['a'], nothing: null };
    expect(parsed(uiExport([], [], { variables })).workflow.variables).toEqual([
      { id: 'limit', name: 'limit', type: 'number', value: 5 },
      { id: 'names', name: 'names', type: 'array', value: ['a'] },
      { id: 'nothing', name: 'nothing', type: 'string', value: null },
    ]);
  });

  it('that are unreadable or doubled are reported', () => {
    const variables = [{ value: 1 }, { name: 'a', value: 1 }, { name: 'a', value: 2 }, 3];
    const { workflow, issues } = parsed(uiExport([], [], { variables }));
    expect(workflow.variables).toMatchObject([{ name: 'a', value: 1 }]);
    expect(codes(issues)).toEqual(['variable_invalid', 'variable_invalid', 'variable_invalid']);
    expect(codes(parsed(uiExport([], [], { variables: 'x' })).issues)).toEqual(['section_invalid']);
  });
});

describe('hostile documents', () => {
  it('with foreign prototypes and inherited names', () => {
    const text =
      '{"blocks":{"__proto__":{"id":"__proto__","type":"api","name":"constructor","subBlocks":' +
      '{"__proto__":{"value":{"__proto__":{"polluted":true}}}}},"toString":{"type":"function"}},' +
      '"edges":[{"source":"__proto__","target":"toString"}],"variables":{"__proto__":{"name":"__proto__","value":1}}}';
    const { workflow } = parsed(JSON.parse(text));
    expect(workflow.blocks.map(({ id }) => id)).toEqual(['__proto__', 'toString']);
    expect(workflow.edges).toHaveLength(1);
    expect(Object.keys(workflow.blocks[0]?.params ?? {})).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('nested without end', () => {
    let deep: JsonValue = 'bottom';
    for (let level = 0; level < 5000; level += 1) deep = level % 2 ? [deep] : { deep };
    const { workflow, issues } = parsed(uiExport([block('a', 'api', { deep }, { outputs: deep })]));
    expect(codes(issues)).toEqual(['too_deep', 'too_deep']);
    expect(JSON.stringify(workflow)).not.toContain('bottom');
    const shallow = parsed(uiExport([block('a', 'api', { deep: [[[['kept']]]] })]));
    expect(shallow.issues).toEqual([]);
  });

  it('with half characters and NUL, which are replaced everywhere alike', () => {
    const { workflow, issues } = parsed({
      name: 'N\0',
      blocks: { 'a\uD800': block('a\uD800', 'api', { 'k\uDC00': 'v\0' }), b: block('b', 'api') },
      edges: [{ id: 'e\uD800', source: 'a\uD800', target: 'b' }],
    });
    expect(JSON.stringify(workflow)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    expect(workflow.edges).toMatchObject([{ source: 'a\uFFFD', target: 'b' }]);
    expect(codes(issues)).toEqual(['text_repaired']);
    expect(codes(parsed(uiExport([block('ok', 'api', { text: '😀' })])).issues)).toEqual([]);
  });

  it('with names and ids without end', () => {
    const long = 'x'.repeat(1_000_000);
    const { workflow, issues } = parsed({
      name: long,
      blocks: { [long]: block('a', long), b: block('b', long, {}, { name: long, parentId: long }) },
      edges: Array.from({ length: 500 }, () => ({ id: long, source: long, target: 'b' })),
    });
    expect(workflow.blocks.map(({ id }) => id)).toEqual(['b']);
    expect(JSON.stringify(issues).length).toBeLessThan(200_000);
    expect(codes(issues)).toContain('block_invalid');
  });

  it('with 100,000 edges between two blocks', () => {
    const blocks = [block('a', 'api'), block('b', 'api')];
    const same = Array.from({ length: 100_000 }, () => ({ id: 'e', source: 'a', target: 'b' }));
    const { workflow, issues } = parsed(uiExport(blocks, same));
    expect(workflow.edges).toHaveLength(1);
    expect(issues).toHaveLength(201);
    expect(issues.at(-1)).toMatchObject({
      code: 'issues_omitted',
      message: '99799 further issues of duplicate_edge_id are not listed.',
    });
    const nameless = same.map(({ source, target }) => ({ source, target }));
    expect(parsed(uiExport(blocks, nameless)).workflow.edges).toHaveLength(100_000);
    const crossed = same.map((item, index) => ({ ...item, target: index % 2 ? 'a' : 'b' }));
    expect(parsed(uiExport(blocks, crossed)).workflow.edges.length).toBeGreaterThan(1);
  });

  it('that are no JSON at all', () => {
    const odd = [Symbol('s'), 10n, () => 1, new Date(0), new Map([['blocks', 1]])];
    for (const input of odd) expect(parseWorkflow(input).workflow).toBeNull();
    const params = { a: Symbol('s'), b: 10n, c: undefined, d: Number.NaN };
    const { workflow } = parsed(uiExport([block('a', 'api', params)]));
    expect(workflow.blocks[0]?.params).toEqual({ a: null, b: null, c: null, d: null });
  });
});
