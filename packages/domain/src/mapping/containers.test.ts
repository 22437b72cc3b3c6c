import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import { block, codes, edge } from '../workflow/testing/exports.js';
import { mapped } from './testing/mapped.js';
import type { MappedWorkflow } from './types.js';

const start = block('start', 'start_trigger');
const work = (id: string, extra: JsonObject = {}) =>
  block(id, 'function', { code: 'return 1' }, extra);
const idsOf = ({ journey }: MappedWorkflow) => journey.states.map(({ blockId }) => blockId);
const pathsOf = ({ journey }: MappedWorkflow) =>
  journey.transitions.map(({ from, to, kind }) => `${from.slice(3)} ${kind} ${to.slice(3)}`);
const leftOutOf = ({ provenance }: MappedWorkflow) =>
  Object.fromEntries(provenance.leftOut.map(({ kind, id, reason }) => [`${kind} ${id}`, reason]));

describe('containers', () => {
  const loop = block(
    'loop',
    'loop',
    {},
    { data: { loopType: 'forEach', collection: '<start.input>' } },
  );
  const child = (id: string) => work(id, { data: { parentId: 'loop' } });

  it('are entered by their start handle and left by their end', () => {
    const result = mapped(
      [start, loop, child('a'), child('b'), work('after')],
      [
        edge('start', 'loop'),
        edge('loop', 'a', 'loop-start-source'),
        edge('a', 'b'),
        edge('b', 'loop'),
        edge('loop', 'after', 'loop-end-source'),
      ],
    );
    expect(pathsOf(result)).toEqual([
      'start next loop',
      'loop enter a',
      'loop next after',
      'a next b',
    ]);
    expect(result.journey.states).toMatchObject([
      { id: 'st_start' },
      { kind: 'loop', loopType: 'forEach', items: '<start.input>', iterations: null },
      { id: 'st_a', parent: 'st_loop' },
      { id: 'st_after' },
      { id: 'st_b', parent: 'st_loop' },
    ]);
    expect(leftOutOf(result)).toEqual({ 'edge b-loop': 'edge_back_to_container' });
    expect(result.provenance.coverage).toBe(1);
  });

  it('begin at what nothing leads to where no edge leads in', () => {
    const result = mapped(
      [start, loop, child('a'), child('b'), child('c')],
      [edge('start', 'loop'), edge('a', 'b')],
    );
    expect(pathsOf(result)).toEqual([
      'start next loop',
      'loop enter a',
      'loop enter c',
      'a next b',
    ]);
    expect(codes(result.issues)).toContain('container_start_missing');
    expect(result.provenance.coverage).toBe(1);
  });

  it('stand in one another', () => {
    const inner = block(
      'inner',
      'parallel',
      {},
      {
        data: { parentId: 'loop', parallelType: 'count', count: 3, batchSize: 50 },
      },
    );
    const leaf = work('leaf', { data: { parentId: 'inner' } });
    const result = mapped(
      [start, loop, inner, leaf],
      [
        edge('start', 'loop'),
        edge('loop', 'inner', 'loop-start-source'),
        edge('inner', 'leaf', 'parallel-start-source'),
      ],
    );
    expect(result.journey.states.slice(2)).toMatchObject([
      { kind: 'parallel', parallelType: 'count', count: 3, batchSize: 20, parent: 'st_loop' },
      { id: 'st_leaf', parent: 'st_inner' },
    ]);
  });

  it('that stand too deep are left out', () => {
    const ids = Array.from({ length: 13 }, (_, index) => `l${index}`);
    const nested = ids.map((id, index) =>
      block(id, 'loop', {}, { data: index === 0 ? {} : { parentId: `l${index - 1}` } }),
    );
    const edges = ids.slice(1).map((id, index) => edge(`l${index}`, id, 'loop-start-source'));
    const result = mapped([start, ...nested], [edge('start', 'l0'), ...edges]);
    expect(leftOutOf(result)).toMatchObject({
      'block l11': 'container_too_deep',
      'block l12': 'container_too_deep',
    });
    expect(idsOf(result)).toContain('l10');
    expect(result.provenance.coverage).toBe(1);
  });

  it('that are left out take their insides with them', () => {
    const off = { ...loop, enabled: false };
    const inner = block('inner', 'loop', {}, { data: { parentId: 'loop' } });
    const innermost = work('x', { data: { parentId: 'inner' } });
    const result = mapped([start, off, child('a'), inner, innermost], [edge('a', 'inner')]);
    expect(leftOutOf(result)).toEqual({
      'block loop': 'block_disabled',
      'block a': 'block_disabled',
      'block inner': 'block_disabled',
      'block x': 'block_disabled',
      'edge a-inner': 'block_disabled',
    });
    expect(codes(result.issues)).toEqual(['block_disabled']);
    expect(leftOutOf(mapped([start, loop, child('a')]))).toMatchObject({
      'block a': 'block_unreachable',
    });
  });

  it('are left and entered by their own handles alone', () => {
    const result = mapped(
      [start, loop, child('a'), work('out')],
      [
        edge('start', 'loop'),
        edge('start', 'a'),
        edge('a', 'out'),
        edge('loop', 'out', 'loop-start-source'),
        edge('loop', 'out'),
      ],
    );
    const crossing = result.issues.filter(({ code }) => code === 'edge_crosses_container');
    expect(crossing.map(({ edgeId }) => edgeId)).toEqual([
      'start-a',
      'a-out',
      'loop-out-loop-start-source',
    ]);
    expect(pathsOf(result)).toEqual(['start next loop', 'loop enter a', 'loop next out']);
  });
});
