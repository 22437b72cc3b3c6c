import { utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import { mapWorkflow } from '../mapping/map-workflow.js';
import { codes, parsed } from './testing/exports.js';

const TEXT = `# What the copilot wrote.
version: '1.0'
name: Refunds
blocks:
  start:
    type: starter
    name: Start
    inputs:
      startWorkflow: manual
    connections:
      success: check
  check:
    type: condition
    name: Check
    inputs:
      conditions:
        if: <start.amount> > 100
        else-if: <start.amount> > 50
        else-if-2: <start.amount> > 10
    connections:
      conditions:
        if: big
        else-if: [middle, note]
        else-if-2: small
        else: tiny
      error: failed
  big: {type: function, name: Big, inputs: {code: return 1}}
  middle: {type: function, name: Middle, inputs: {code: return 2}}
  note: {type: function, name: Note, inputs: {code: return 3}}
  small: {type: function, name: Small, inputs: {code: return 4}}
  tiny: {type: function, name: Tiny, inputs: {code: return 5}}
  failed: {type: function, name: Failed, inputs: {code: return 6}, enabled: false}
`;

const ways = (input: unknown) =>
  parsed(input).workflow.edges.map(
    ({ source, sourceHandle, target }) => `${source} ${sourceHandle} ${target}`,
  );

const form = (blocks: JsonObject): JsonObject => ({ version: '1.0', name: 'F', blocks });
const bare = (...ids: string[]): JsonObject =>
  Object.fromEntries(ids.map((id) => [id, { type: 'function', name: id, inputs: { code: 'x' } }]));
const condition = (conditions: JsonValue, connections: JsonValue, ...targets: string[]) =>
  form({
    c: { type: 'condition', name: 'C', inputs: { conditions }, connections },
    ...bare(...targets),
  });

describe('the YAML form', () => {
  it('is read as text, with all its connections', () => {
    const { workflow, issues } = parsed(TEXT);
    expect(workflow).toMatchObject({ name: 'Refunds', envelope: 'yaml', description: null });
    expect(codes(issues)).toEqual([]);
    expect(workflow.blocks.map(({ id, type, name, enabled }) => [id, type, name, enabled])).toEqual(
      [
        ['start', 'starter', 'Start', true],
        ['check', 'condition', 'Check', true],
        ['big', 'function', 'Big', true],
        ['middle', 'function', 'Middle', true],
        ['note', 'function', 'Note', true],
        ['small', 'function', 'Small', true],
        ['tiny', 'function', 'Tiny', true],
        ['failed', 'function', 'Failed', false],
      ],
    );
    expect(ways(TEXT)).toEqual([
      'start source check',
      'check condition-check-if big',
      'check condition-check-else-if-0 middle',
      'check condition-check-else-if-0 note',
      'check condition-check-else-if-1 small',
      'check condition-check-else tiny',
      'check error failed',
    ]);
    expect(workflow.blocks[1]?.params).toEqual({
      conditions: [
        { id: 'check-if', title: 'if', value: '<start.amount> > 100' },
        { id: 'check-else-if-0', title: 'else if', value: '<start.amount> > 50' },
        { id: 'check-else-if-1', title: 'else if', value: '<start.amount> > 10' },
        { id: 'check-else', title: 'else', value: '' },
      ],
    });
    expect(workflow.blocks[2]?.params).toEqual({ code: 'return 1' });
    expect(workflow.blocks[2]?.kinds).toEqual({});
  });

  it('is the same as JSON and as the bytes of either', () => {
    const { workflow } = parsed(TEXT);
    const bytes = utf8ToBytes(`\uFEFF${TEXT}`);
    expect(parsed(bytes).workflow).toEqual(workflow);
  });

  it('becomes a journey with every branch', () => {
    const { journey, issues } = mapWorkflow(parsed(TEXT).workflow);
    const branches = journey.transitions.flatMap(({ branchId }) => branchId ?? []);
    expect(new Set(branches)).toEqual(
      new Set(['check-if', 'check-else-if-0', 'check-else-if-1', 'check-else']),
    );
    expect(codes(issues)).not.toContain('branch_unknown');
  });

  it.each<[string, JsonValue, JsonValue, string[]]>([
    [
      'a list of expressions, a list of targets for each',
      { if: 'a', 'else-if': ['b', 'c'] },
      { conditions: { if: 'x', 'else-if': ['y', ['x', 'z']], else: 'z' } },
      ['c-if x', 'c-else-if-0 y', 'c-else-if-1 x', 'c-else-if-1 z', 'c-else z'],
    ],
    [
      'a map by id',
      { if: 'a', 'else-if': { k1: 'b', k2: 'c' }, else: '' },
      { conditions: { if: 'x', 'else-if': { k2: ['y', 'z'], k1: 'x' } } },
      ['c-if x', 'k2 y', 'k2 z', 'k1 x'],
    ],
    [
      'the list of the editor',
      [
        { id: 'i', title: 'if', value: 'a' },
        { id: 'e', title: 'else', value: '' },
      ],
      { conditions: { if: ['x'], else: { block: 'y' } } },
      ['i x', 'e y'],
    ],
    [
      'its JSON text',
      '[{"id":"i","title":"if","value":"a"},{"id":"e","title":"else","value":""}]',
      { conditions: { 'condition-i': 'x', e: 'y' } },
      ['i x', 'e y'],
    ],
    ['one expression', 'a > 1', { if: 'x', else: 'y' }, ['c-if x', 'c-else y']],
    [
      'semantic handles',
      ['a', 'b', 'c', ''],
      { if: 'x', 'else-if-0': 'y', 'else-if-1': 'z', else: 'x' },
      ['c-if x', 'c-else-if-0 y', 'c-else-if-1 z', 'c-else x'],
    ],
    ['lost expressions', null, { conditions: { if: 'x', else: 'y' } }, ['if x', 'else y']],
  ])('leads the branches of a condition: %s', (_name, conditions, connections, expected) => {
    const document = condition(conditions, connections, 'x', 'y', 'z');
    expect(ways(document)).toEqual(expected.map((way) => `c condition-${way}`));
  });

  it('leads routers by id, by position and by list', () => {
    const routes = [{ id: 'r1', title: 'Sales' }, { title: 'Support' }];
    const router = (connections: JsonValue) =>
      form({
        r: { type: 'router_v2', name: 'R', inputs: { routes }, connections },
        ...bare('a', 'b'),
      });
    expect(ways(router({ 'route-0': 'a', 'route-1': ['b'] }))).toEqual([
      'r router-r1 a',
      'r router-r-route2 b',
    ]);
    expect(ways(router({ routes: { Sales: 'a', 'r-route2': 'b' } }))).toEqual([
      'r router-r1 a',
      'r router-r-route2 b',
    ]);
    expect(ways(router({ routes: ['a', ['a', 'b']] }))).toEqual([
      'r router-r1 a',
      'r router-r-route2 a',
      'r router-r-route2 b',
    ]);
  });

  it('reads loops and parallels with what stands in them', () => {
    const document = form({
      l: {
        type: 'loop',
        name: 'L',
        inputs: { loopType: 'forEach', collection: '<start.rows>', iterations: 9 },
        connections: { loop: { start: 'a', end: ['p'] } },
      },
      a: { type: 'function', name: 'A', inputs: {}, parentId: 'l' },
      p: {
        type: 'parallel',
        name: 'P',
        inputs: { count: 3, maxConcurrency: 2 },
        connections: { parallel: { start: ['b', 'c'] }, success: 'z' },
      },
      b: { type: 'function', name: 'B', inputs: {}, data: { parentId: 'p' } },
      c: { type: 'function', name: 'C', inputs: {}, parentId: 'p' },
      w: { type: 'loop', name: 'W', inputs: { loopType: 'doWhile', condition: 'x < 3' } },
      n: { type: 'loop', name: 'N', inputs: { iterations: 4 } },
      e: { type: 'loop', name: 'E', inputs: { collection: [1] } },
      ...bare('z'),
    });
    const { workflow, issues } = parsed(document);
    expect(codes(issues)).toEqual([]);
    expect(workflow.blocks.map(({ parentId }) => parentId)).toEqual([
      null,
      'l',
      null,
      'p',
      'p',
      null,
      null,
      null,
      null,
    ]);
    expect(workflow.containers).toMatchObject([
      { blockId: 'l', loopType: 'forEach', items: '<start.rows>', iterations: null },
      { blockId: 'p', parallelType: 'count', count: 3, batchSize: 2 },
      { blockId: 'w', loopType: 'doWhile', condition: 'x < 3' },
      { blockId: 'n', loopType: 'for', iterations: 4 },
      { blockId: 'e', loopType: 'forEach', items: [1] },
    ]);
    expect(ways(document)).toEqual([
      'l loop-start-source a',
      'l loop-end-source p',
      'p parallel-start-source b',
      'p parallel-start-source c',
      'p parallel-end-source z',
    ]);
  });

  it('tells of connections that lead nowhere', () => {
    const { workflow, issues } = parsed(
      form({
        a: { type: 'api', name: 'A', inputs: {}, connections: { success: ['gone', 7, {}, null] } },
        b: { type: 'api', name: 'B', inputs: {}, connections: 'c' },
        c: 5,
        d: { type: 'loop', name: 'D', inputs: {}, connections: { loop: 'gone', error: null } },
      }),
    );
    expect(workflow.edges.map(({ target }) => target)).toEqual([]);
    expect(codes(issues)).toEqual([
      'edge_invalid',
      'edge_invalid',
      'edge_invalid',
      'block_invalid',
      ...['edge_unknown_block', 'edge_unknown_block', 'edge_unknown_block'],
    ]);
  });

  it('keeps secrets out of plain text', () => {
    const { issues } = parsed(form({ a: { type: 'api', name: 'A', inputs: { apiKey: 'sk-1' } } }));
    expect(codes(issues)).toEqual(['secret_in_plain_text']);
  });

  it('is linear in branches and connections', () => {
    const count = 5_000;
    const conditions = Array.from({ length: count }, (_, n) => `<a.n> == ${n}`);
    const targets = conditions.map((_, n) => [`else-if-${n}`, 'x'] as const);
    const document = condition(conditions, Object.fromEntries(targets), 'x');
    expect(parsed(document).workflow.edges).toHaveLength(count);
  });
});

describe('semantic handles on ordinary edges', () => {
  it('mean what they say', () => {
    const routes = [
      { id: 'r1', title: 'A' },
      { id: 'route-0', title: 'B' },
    ];
    const document = {
      name: 'H',
      blocks: [
        { id: 'c', type: 'condition', name: 'C' },
        { id: 'r', type: 'router_v2', name: 'R', subBlocks: { routes: { value: routes } } },
        { id: 'v', type: 'router_v2', name: 'V', subBlocks: { routes: { value: '[{"id":"q"}]' } } },
        { id: 'x', type: 'function', name: 'X' },
      ],
      edges: [
        { source: 'c', target: 'x', sourceHandle: 'if' },
        { source: 'c', target: 'x', sourceHandle: 'else-if-0' },
        { source: 'r', target: 'x', sourceHandle: 'route-0' },
        { source: 'r', target: 'x', sourceHandle: 'route-1' },
        { source: 'v', target: 'x', sourceHandle: 'route-0' },
        { source: 'v', target: 'x', sourceHandle: 'route-9' },
        { source: 'x', target: 'x', sourceHandle: 'success' },
      ],
    };
    expect(ways(document)).toEqual([
      'c condition-if x',
      'c condition-else-if-0 x',
      'r router-route-0 x',
      'r router-route-0 x',
      'v router-q x',
      'v router-route-9 x',
      'x source x',
    ]);
  });
});
