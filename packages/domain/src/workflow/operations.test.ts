import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import { parseWorkflow } from './parse-workflow.js';
import { block, codes, edge, parsed, stateOf } from './testing/exports.js';

const op = (operation_type: string, block_id: string, params?: JsonValue): JsonObject => ({
  operation_type,
  block_id,
  ...(params !== undefined && { params }),
});
const add = (id: string, type: string, rest: JsonObject = {}) =>
  op('add', id, { type, name: id.toUpperCase(), ...rest });

const ways = (input: unknown) =>
  parsed(input).workflow.edges.map(
    ({ source, sourceHandle, target }) => `${source} ${sourceHandle} ${target}`,
  );
const ids = (input: unknown) => parsed(input).workflow.blocks.map(({ id }) => id);

const base = stateOf(
  [
    block('start', 'start_trigger'),
    block('a', 'function', { code: 'return 1', timeout: 5 }),
    block('b', 'function'),
    block('l', 'loop', {}, { data: { loopType: 'doWhile', doWhileCondition: 'x' } }),
    block('child', 'api', {}, { data: { parentId: 'l' } }),
  ],
  [edge('start', 'a'), edge('a', 'b'), edge('b', 'l'), edge('l', 'child', 'loop-start-source')],
);
const on = (...operations: JsonObject[]) => ({ state: base, operations });

describe('editing operations', () => {
  it('make a workflow of nothing', () => {
    const operations = [
      add('start', 'start_trigger', { connections: { success: 'check' }, triggerMode: true }),
      add('check', 'condition', {
        inputs: { conditions: [{ title: 'if', value: '<start.n> > 1' }, { title: 'else' }] },
        connections: { if: 'work', else: [{ block: 'stop', handle: 'target' }], error: 'stop' },
      }),
      add('work', 'function', { inputs: { code: 'return 1' }, enabled: false, errorEnabled: true }),
      { operation: 'add', block_id: 'stop', params: { type: 'response', name: 'STOP' } },
    ];
    for (const input of [operations, { operations }, { data: { operations } }]) {
      const { workflow, issues } = parsed(input);
      expect(workflow.envelope).toBe('operations');
      expect(codes(issues)).toEqual(['workflow_name_missing']);
      expect(workflow.blocks).toMatchObject([
        { id: 'start', type: 'start_trigger', triggerMode: true },
        { id: 'check', name: 'CHECK' },
        { id: 'work', enabled: false, errorEnabled: true, params: { code: 'return 1' } },
        { id: 'stop', type: 'response' },
      ]);
      expect(ways(input)).toEqual([
        'start source check',
        'check condition-check-if work',
        'check condition-check-else stop',
        'check error stop',
      ]);
    }
  });

  it('nest blocks in containers, containers among them', () => {
    const input = [
      add('l', 'loop', {
        inputs: { loopType: 'for', iterations: 3 },
        connections: { 'loop-start-source': 'p', 'loop-end-source': 'z' },
        nestedNodes: {
          p: {
            type: 'parallel',
            name: 'P',
            inputs: { collection: '<x.y>' },
            nestedNodes: { q: { type: 'api', name: 'Q', inputs: { url: '/' } } },
            connections: { 'parallel-start-source': 'q' },
          },
          broken: 7,
        },
      }),
      add('z', 'api'),
    ];
    const { workflow, issues } = parsed(input);
    expect(workflow.blocks.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['l', null],
      ['p', 'l'],
      ['q', 'p'],
      ['z', null],
    ]);
    expect(workflow.containers).toMatchObject([
      { iterations: 3 },
      { parallelType: 'collection', items: '<x.y>' },
    ]);
    expect(ways(input)).toEqual([
      'l loop-start-source p',
      'l loop-end-source z',
      'p parallel-start-source q',
    ]);
    expect(codes(issues)).toEqual(['operation_invalid', 'workflow_name_missing']);
  });

  it('change a workflow that stands beside them', () => {
    const edit = op('edit', 'a', { name: 'New', inputs: { code: 'return 2' } });
    const { workflow, issues } = parsed(on(edit));
    expect(codes(issues)).toEqual([]);
    expect(workflow.name).toBe('Orders');
    expect(workflow.blocks[1]).toMatchObject({
      name: 'New',
      params: { code: 'return 2', timeout: 5 },
      kinds: { code: 'short-input' },
    });
    expect(ways(on(edit))).toEqual(ways({ state: base }));
    const wrapped = { workflow: { name: 'W', state: base }, operations: [edit] };
    expect(parsed(wrapped).workflow.name).toBe('W');
    expect(ids(wrapped)).toEqual(ids(on(edit)));
    const yaml = {
      workflow: { blocks: { y: { type: 'api', inputs: {}, connections: { success: 'y' } } } },
    };
    expect(ways({ ...yaml, operations: [op('edit', 'y', {})] })).toEqual(['y source y']);
  });

  it('delete blocks with what stands in them and their edges', () => {
    const input = on(op('delete', 'l'), op('delete', 'a'));
    expect(ids(input)).toEqual(['start', 'b']);
    expect(ways(input)).toEqual([]);
    // A new block of the same id does not inherit the edges.
    expect(ways(on(op('delete', 'a'), add('a', 'api')))).not.toContain('start source a');
  });

  it('lead elsewhere: connections replace, edges are removed one by one', () => {
    expect(ways(on(op('edit', 'a', { connections: { success: 'l', error: 'b' } })))).toEqual([
      'start source a',
      'a source l',
      'a error b',
      'b source l',
      'l loop-start-source child',
    ]);
    const removeEdges = [{ targetBlockId: 'b' }, { targetBlockId: 'l', sourceHandle: 'error' }];
    expect(ways(on(op('edit', 'a', { removeEdges })))).not.toContain('a source b');
    expect(ways(on(op('edit', 'a', { triggerMode: true })))).not.toContain('start source a');
  });

  it('move blocks into containers and out of them', () => {
    const params = { subflowId: 'l', type: 'api', name: 'N', connections: { success: 'child' } };
    const input = on(
      op('insert_into_subflow', 'n', params),
      op('insert_into_subflow', 'b', { subflowId: 'l' }),
      op('extract_from_subflow', 'child', { subflowId: 'l' }),
    );
    const { workflow, issues } = parsed(input);
    expect(codes(issues)).toEqual([]);
    expect(workflow.blocks.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['start', null],
      ['a', null],
      ['b', 'l'],
      ['l', null],
      ['child', null],
      ['n', 'l'],
    ]);
    expect(ways(input)).toContain('n source child');
  });

  it('merge nested blocks by name and drop the rest', () => {
    const nestedNodes = {
      other: { name: 'child', inputs: { url: '/x' } },
      fresh: { type: 'api', name: 'F' },
    };
    const { workflow } = parsed(
      on(
        op('insert_into_subflow', 'gone', { subflowId: 'l', type: 'api', name: 'Gone' }),
        op('edit', 'l', { inputs: { condition: 'y' }, nestedNodes }),
      ),
    );
    expect(workflow.blocks.map(({ id, parentId }) => [id, parentId]).slice(3)).toEqual([
      ['l', null],
      ['child', 'l'],
      ['fresh', 'l'],
    ]);
    expect(workflow.blocks[4]?.params).toEqual({ url: '/x' });
    expect(workflow.containers).toMatchObject([{ loopType: 'doWhile', condition: 'y' }]);
  });

  it('that cannot be applied are told and left out', () => {
    const { workflow, issues } = parsed([
      add('a', 'api'),
      op('edit', 'nobody', {}),
      op('delete', 'nobody'),
      op('extract_from_subflow', 'nobody'),
      op('insert_into_subflow', 'x', { subflowId: 'a', type: 'api', name: 'X' }),
      op('paint', 'a'),
      { operation_type: 'edit' },
      7,
      add('a', 'function'),
      add('b', 'loop', { nestedNodes: { a: { type: 'api', name: 'Again' } } }),
    ]);
    expect(workflow.blocks.map(({ id, type }) => [id, type])).toEqual([
      ['a', 'function'],
      ['b', 'loop'],
    ]);
    expect(issues.filter(({ code }) => code === 'operation_invalid')).toHaveLength(9);
    expect(issues[0]?.message).toBe(
      'The operation at operations[1] for "nobody" is to "edit" a block that is not there.',
    );
  });

  it('that put containers into one another end', () => {
    const { issues } = parsed([
      add('a', 'loop'),
      add('b', 'loop'),
      op('insert_into_subflow', 'a', { subflowId: 'b' }),
      op('insert_into_subflow', 'b', { subflowId: 'a' }),
      op('insert_into_subflow', 'b', { subflowId: 'b' }),
    ]);
    expect(codes(issues)).toEqual(['operation_invalid', 'workflow_name_missing', 'parent_cycle']);
    const round = on(
      op('insert_into_subflow', 'l2', { subflowId: 'l', type: 'loop', name: 'L2' }),
      op('insert_into_subflow', 'l', { subflowId: 'l2' }),
      op('delete', 'l'),
    );
    expect(ids(round)).toEqual(['start', 'a', 'b']);
  });

  it('nest as deep as they like', () => {
    let nested: JsonObject = { type: 'api', name: 'x' };
    for (let depth = 0; depth < 5000; depth += 1) {
      nested = { type: 'loop', name: `l${depth}`, nestedNodes: { [`n${depth}`]: nested } };
    }
    expect(codes(parsed([op('add', 'top', nested)]).issues)).toContain('container_too_deep');
  });

  it('are linear: many edits of one block with many edges', () => {
    const count = 5_000;
    const many = Array.from({ length: count }, () => op('edit', 'a', { inputs: { n: 1 } }));
    const edges = Array.from({ length: count }, (_, n) => ({
      id: `e${n}`,
      source: 'a',
      target: 'b',
    }));
    const state = { ...base, edges };
    expect(parsed({ state, operations: many }).workflow.edges).toHaveLength(count);
    const deletions = Array.from({ length: count }, (_, n) => [
      add(`x${n}`, 'api'),
      op('delete', `x${n}`),
    ]);
    expect(ids({ state, operations: deletions.flat() })).toEqual(ids({ state: base }));
  });

  it('never throw', { timeout: 60_000 }, () => {
    const name = fc.constantFrom('a', 'b', 'l', 'start', 'child', '__proto__', '', 'constructor');
    const leaf = fc.dictionary(name, fc.oneof(fc.jsonValue(), fc.constant({ type: 'api' })));
    const loops = leaf.map((nestedNodes) => ({ type: 'loop', name: 'a', nestedNodes }));
    const nested = fc.oneof(leaf, fc.dictionary(name, loops));
    const targets = fc.oneof(name, fc.array(name), fc.record({ block: name }), fc.jsonValue());
    const params = fc.record(
      {
        type: fc.constantFrom('loop', 'parallel', 'api', 'condition', 'router_v2'),
        name,
        subflowId: name,
        inputs: fc.oneof(
          fc.record({ conditions: fc.jsonValue(), routes: fc.jsonValue() }),
          fc.jsonValue(),
        ),
        connections: fc.oneof(
          fc.dictionary(
            fc.constantFrom('if', 'else-if', 'else-if-1', 'loop', 'conditions', 'routes'),
            targets,
          ),
          fc.jsonValue(),
        ),
        nestedNodes: nested,
        removeEdges: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const kinds = ['add', 'edit', 'delete', 'insert_into_subflow', 'extract_from_subflow', 'x'];
    const operation = fc.record({
      operation_type: fc.constantFrom(...kinds),
      block_id: name,
      params: fc.oneof(params, fc.jsonValue()),
    });
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1 }), fc.boolean(), (operations, alone) => {
        const { workflow, issues } = parseWorkflow(
          alone ? operations : { state: base, operations },
        );
        const known = new Set(workflow?.blocks.map(({ id }) => id));
        expect(workflow?.edges.every((e) => known.has(e.source) && known.has(e.target))).toBe(true);
        expect(issues.every(({ message }) => message.endsWith('.'))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
