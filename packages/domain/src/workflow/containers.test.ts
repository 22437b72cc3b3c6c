import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { block, codes, parsed, uiExport } from './testing/exports.js';

const inside = (id: string, parentId: unknown): JsonObject =>
  block(id, 'api', {}, { data: { parentId, extent: 'parent' } });
const loop = (id: string, data: JsonObject = {}, params: JsonObject = {}): JsonObject =>
  block(id, 'loop', params, { data });
const containersOf = (raw: JsonObject, extra: JsonObject = {}) =>
  parsed(uiExport([raw], [], extra)).workflow.containers;

describe('loops', () => {
  it.each([
    ['five times unless said', {}, { loopType: 'for', iterations: 5, items: null }],
    ['so many times', { loopType: 'for', count: '3' }, { iterations: 3 }],
    [
      'over a collection',
      { loopType: 'forEach', collection: '<start.rows>', count: 9 },
      { loopType: 'forEach', items: '<start.rows>', iterations: null },
    ],
    [
      'while something holds',
      { loopType: 'while', whileCondition: '<a.n> < 3', doWhileCondition: '' },
      { loopType: 'while', condition: '<a.n> < 3' },
    ],
    [
      'once and then while',
      { loopType: 'doWhile', whileCondition: 'x', doWhileCondition: '<a.n> < 4' },
      { loopType: 'doWhile', condition: '<a.n> < 4' },
    ],
    [
      'once and then while, as older exports say it',
      { loopType: 'doWhile', whileCondition: 'x' },
      { loopType: 'doWhile', condition: 'x' },
    ],
    [
      'over the entries of an object',
      { loopType: 'forEach', collection: { a: 1 } },
      { loopType: 'forEach', items: { a: 1 } },
    ],
  ])('run %s', (_, data, expected) => {
    expect(containersOf(loop('l', data))).toMatchObject([
      { kind: 'loop', blockId: 'l', ...expected },
    ]);
  });

  it('are told from the parameters or the map where the data say nothing', () => {
    expect(containersOf(loop('l', {}, { loopType: 'forEach', collection: [1, 2] }))).toMatchObject([
      { loopType: 'forEach', items: [1, 2] },
    ]);
    const loops = { l: { id: 'l', nodes: [], iterations: 7, loopType: 'for' } };
    expect(containersOf(loop('l'), { loops })).toMatchObject([{ iterations: 7 }]);
  });

  it('with a kind or count that cannot be read are reported', () => {
    const { workflow, issues } = parsed(
      uiExport([loop('l', { loopType: 'forever', count: 'many' })]),
    );
    expect(workflow.containers).toMatchObject([{ loopType: 'for', iterations: null }]);
    expect(codes(issues)).toEqual(['container_setting_invalid', 'container_setting_invalid']);
  });
});

describe('the maps', () => {
  const found = (raw: JsonObject, extra: JsonObject) =>
    parsed(uiExport([raw], [], extra)).issues.map(({ code, message }) => [code, message]);

  it('count less than the blocks, and where they differ it is said', () => {
    const raw = loop('l', { loopType: 'forEach', collection: '["a"]' });
    const map = { id: 'l', nodes: [], loopType: 'for', iterations: 5, forEachItems: ['b'] };
    expect(found(raw, { loops: { l: map } })).toEqual([
      [
        'container_map_mismatch',
        'The collection of "L" is ""[\\"a\\"]"", but is listed as "["b"]".',
      ],
      ['container_map_mismatch', 'The kind of "L" is ""forEach"", but is listed as ""for"".'],
    ]);
    const parallel = block('p', 'parallel', {}, { data: { parallelType: 'count', count: 2 } });
    const parallels = { p: { id: 'p', nodes: [], count: 3, batchSize: 4, parallelType: 'count' } };
    expect(found(parallel, { parallels })).toEqual([
      ['container_map_mismatch', 'The count of "P" is "2", but is listed as "3".'],
    ]);
  });

  it('agree where they say the same in another way, or nothing', () => {
    const raw = loop('l', { loopType: 'forEach', collection: '[1, 2]' });
    expect(
      found(raw, { loops: { l: { nodes: [], iterations: 5, forEachItems: [1, 2] } } }),
    ).toEqual([]);
    const counted = loop('l', { loopType: 'for', count: '7' });
    expect(
      found(counted, { loops: { l: { nodes: [], iterations: 7, forEachItems: '' } } }),
    ).toEqual([]);
    const doWhile = loop('l', { loopType: 'doWhile', doWhileCondition: 'a ' });
    expect(
      found(doWhile, { loops: { l: { doWhileCondition: 'a', whileCondition: 'b' } } }),
    ).toEqual([]);
  });
});

describe('parallels', () => {
  it.each([
    [
      { parallelType: 'count', count: 4 },
      { parallelType: 'count', count: 4, items: null },
    ],
    [
      { parallelType: 'collection', collection: ['a'] },
      { parallelType: 'collection', items: ['a'] },
    ],
    [
      { collection: '<x.y>', batchSize: '2' },
      { parallelType: 'collection', batchSize: 2 },
    ],
    [{}, { parallelType: 'count', count: 5 }],
    [{ collection: '{}' }, { parallelType: 'count', count: 5 }],
    [{ collection: {} }, { parallelType: 'count', count: 5 }],
    [{ collection: { a: 1 } }, { parallelType: 'collection', items: { a: 1 } }],
    [
      { distribution: '<x.y>', batchSize: 20 },
      { parallelType: 'collection', items: '<x.y>', batchSize: 20 },
    ],
  ])('%j', (data, expected) => {
    expect(containersOf(block('p', 'parallel', {}, { data }))).toMatchObject([
      { kind: 'parallel', blockId: 'p', ...expected },
    ]);
  });

  it('of an unknown kind are reported', () => {
    const raw = block('p', 'parallel', {}, { data: { parallelType: 'some' } });
    expect(codes(parsed(uiExport([raw])).issues)).toEqual(['container_setting_invalid']);
  });
});

describe('what stands in a container', () => {
  const parentsOf = (blocks: JsonObject[], extra: JsonObject = {}) => {
    const { workflow, issues } = parsed(uiExport(blocks, [], extra));
    return { parents: workflow.blocks.map(({ parentId }) => parentId), issues };
  };

  it('is what the blocks say, the maps or not', () => {
    const loops = { l: { id: 'l', nodes: ['b'] } };
    const { parents, issues } = parentsOf([loop('l'), inside('a', 'l'), block('b', 'api')], {
      loops,
    });
    expect(parents).toEqual([null, 'l', null]);
    expect(issues.map(({ code, message }) => [code, message])).toEqual([
      ['container_map_mismatch', '"A" stands in "L", but is listed nowhere.'],
      ['container_map_mismatch', '"B" stands outside, but is listed in "L".'],
    ]);
  });

  it('agrees with maps that are missing', () => {
    expect(parentsOf([loop('l'), inside('a', 'l')], { loops: {} }).issues).toEqual([]);
  });

  it('is told from the maps in the executor form', () => {
    const of = (id: string, type: string) => ({ id, metadata: { id: type, name: id } });
    const { workflow, issues } = parsed({
      name: 'E',
      blocks: [of('p', 'parallel'), of('a', 'agent')],
      connections: [],
      parallels: { p: { id: 'p', nodes: ['a'], distribution: ['x', 'y'] } },
    });
    expect(workflow.blocks.map(({ parentId }) => parentId)).toEqual([null, 'p']);
    expect(workflow.containers).toMatchObject([{ parallelType: 'collection', items: ['x', 'y'] }]);
    expect(issues).toEqual([]);
  });

  it('is outside where the parent is none', () => {
    const { parents, issues } = parentsOf([
      block('f', 'function'),
      inside('a', 'f'),
      inside('b', 'gone'),
    ]);
    expect(parents).toEqual([null, null, null]);
    expect(codes(issues)).toEqual(['parent_not_container', 'parent_unknown']);
  });

  it('does not go round', () => {
    const nested = (id: string, parentId: string) => loop(id, { parentId });
    const { parents, issues } = parentsOf([
      nested('a', 'b'),
      nested('b', 'c'),
      nested('c', 'a'),
      inside('x', 'a'),
    ]);
    expect(parents).toEqual(['b', 'c', null, 'a']);
    expect(codes(issues)).toEqual(['parent_cycle']);
    expect(codes(parentsOf([nested('a', 'a')]).issues)).toEqual(['parent_cycle']);
  });

  it('may be ten deep', () => {
    const chain = Array.from({ length: 5000 }, (_, i) =>
      loop(`c${i}`, i === 0 ? {} : { parentId: `c${i - 1}` }),
    );
    expect(codes(parentsOf(chain.slice(0, 11)).issues)).toEqual([]);
    expect(codes(parentsOf(chain.reverse()).issues)).toEqual(['container_too_deep']);
  });

  it('is listed in maps without blocks', () => {
    const loops = { ghost: { id: 'ghost', nodes: ['a'] } };
    const { issues } = parentsOf([block('a', 'api')], { loops, parallels: { a: {} } });
    expect(issues.map(({ message }) => message)).toEqual([
      'loops describes "ghost", but no loop block has that id.',
      'parallels describes "a", but no parallel block has that id.',
    ]);
  });
});
