import { describe, expect, it } from 'vitest';
import {
  condition,
  documentOf,
  FAILING,
  fn,
  ranIn,
  resultOf,
  runOf,
  START,
  type HandBlock,
} from './hand-written.js';
import { own, type Json } from './json.js';
import { pathOf } from './run-record.js';
import { EndlessLoop } from './run-containers.js';
import type { Run } from './run-summary.js';

describe('loops', () => {
  const loop = (
    data: Record<string, Json>,
    body: Record<string, HandBlock>,
    extra: string[] = [],
  ) => {
    const blocks = { start: START, l: { type: 'loop', name: 'My Loop', data }, ...body };
    const firsts = Object.keys(body).filter(
      (id) => body[id]?.in === 'l' && !extra.some((e) => e.split('>').slice(1).includes(id)),
    );
    const starts = firsts.map((id) => `l:loop-start-source>${id}`);
    return runOf(documentOf(blocks, ['start>l', ...starts, ...extra]));
  };
  const resultsOf = (run: Run): Json | undefined => own(run.outputs.get('l'), 'results');

  it('count, five times where nothing is said', () => {
    const body = { a: fn('return <loop.index>', { in: 'l' }) };
    const run = loop({ loopType: 'for', count: 2 }, body);
    expect(resultsOf(run)).toEqual([[{ result: 0, stdout: '' }], [{ result: 1, stdout: '' }]]);
    expect(run.constraints).toContainEqual(['l[0]/a', 'l[1]/a']);
    expect(resultsOf(loop({}, body))).toHaveLength(5);
  });

  it('go over a list and over the entries of a record', () => {
    const body = { a: fn('return [<loop.currentItem>, <loop.items>]', { in: 'l' }) };
    const list = loop({ loopType: 'forEach', collection: '["x", 2]' }, body);
    expect(resultOf(list, 'l[1]/a')).toEqual([2, ['x', 2]]);
    const record = loop({ loopType: 'forEach', collection: { k: 1, m: 2 } }, body);
    expect(resultOf(record, 'l[1]/a')).toEqual([
      ['m', 2],
      [
        ['k', 1],
        ['m', 2],
      ],
    ]);
  });

  it.each([['[]'], ['{}'], [null]])('are skipped over %j, with no results', (collection) => {
    const run = loop({ loopType: 'forEach', collection }, { a: fn('', { in: 'l' }) });
    expect(resultsOf(run)).toEqual([]);
    expect(run.ran.has('l')).toBe(true);
  });

  it('fail over what is no collection', () => {
    const run = loop({ loopType: 'forEach', collection: 'text' }, { a: fn('', { in: 'l' }) });
    expect(run.ends).toMatchObject([{ path: 'l', failure: { code: 'invalid_collection' } }]);
  });

  it('check while first, and doWhile after the first time', () => {
    const body = { a: fn('return <loop.index>', { in: 'l' }) };
    expect(resultsOf(loop({ loopType: 'while', whileCondition: 'false' }, body))).toEqual([]);
    expect(resultsOf(loop({ loopType: 'doWhile', doWhileCondition: 'false' }, body))).toHaveLength(
      1,
    );
    const counted = { loopType: 'while', whileCondition: '<loop.index> < 3' };
    expect(resultsOf(loop(counted, body))).toHaveLength(3);
  });

  it('read in their condition what the latest iteration left', () => {
    const body = { a: fn('return <loop.index>', { in: 'l' }) };
    const run = loop({ loopType: 'while', whileCondition: '<a.result> != 2' }, body);
    expect(resultsOf(run)).toHaveLength(3);
    expect(run.ambiguities).toEqual([]);
  });

  it('fail where their condition throws', () => {
    const run = loop({ loopType: 'while', whileCondition: 'boom()' }, { a: fn('', { in: 'l' }) });
    expect(run.ends).toMatchObject([{ path: 'l', failure: { code: 'condition_failed' } }]);
  });

  it('that do not end are a fault of the test', () => {
    const data = { loopType: 'while', whileCondition: 'true' };
    expect(() => loop(data, { a: fn('', { in: 'l' }) })).toThrow(EndlessLoop);
  });

  it('give the outputs of what ran in topological order, then as the blocks stand', () => {
    const body = {
      late: fn('return 3', { in: 'l' }),
      second: fn('return 2', { in: 'l' }),
      first: fn('return 1', { in: 'l' }),
      never: fn('return 9', { in: 'l' }),
      c: { ...condition('c', '<loop.index> === 1'), in: 'l' },
    };
    const run = loop({ count: 2 }, body, ['first>second>late', 'c:condition-c-0>never']);
    const short = (resultsOf(run) as Json[][]).map((outputs) =>
      outputs.map((output) => own(output, 'result') ?? 'c'),
    );
    expect(short).toEqual([
      [1, 'c', 2, 3],
      [1, 'c', 2, 9, 3],
    ]);
  });

  it('are read from outside by their last iteration that ran the block', () => {
    const body = {
      a: fn('return <loop.index>', { in: 'l' }),
      c: { ...condition('c', '<loop.index> < 2'), in: 'l' },
      after: fn('return <a.result>'),
    };
    const run = loop({ count: 4 }, body, ['c:condition-c-0>a', 'l:loop-end-source>after']);
    expect(resultOf(run, 'after')).toBe(1);
  });

  it('read in an iteration what the one before left, where the block has not run again', () => {
    const body = {
      a: fn('return <loop.index>', { in: 'l' }),
      c: { ...condition('c', '<loop.index> === 0', null), in: 'l' },
      b: fn('return <a.result>', { in: 'l' }),
    };
    const run = loop({ count: 2 }, body, ['c:condition-c-0>a>b', 'c:condition-c-1>b']);
    expect([resultOf(run, 'l[0]/b'), resultOf(run, 'l[1]/b')]).toEqual([0, 0]);
  });

  it.each([['l:loop-end-source>after'], ['l>after'], ['l:source-right>after']])(
    'are left by %s',
    (exit) => {
      const run = loop({ count: 1 }, { a: fn('', { in: 'l' }), after: fn('') }, [exit]);
      expect(run.ran.has('after')).toBe(true);
    },
  );

  it('fail with a block that fails, by their error edge if they have one', () => {
    const body = { a: { ...FAILING, in: 'l' }, after: fn(''), h: fn('return <myloop.error>') };
    expect(loop({ count: 2 }, body, ['l>after']).status).toBe('failed');
    const run = loop({ count: 2 }, body, ['l>after', 'l!h']);
    expect(resultOf(run, 'h')).toBe('function fails 9 times');
    expect(ranIn(run)).toEqual(['h', 'l', 'l[0]/a', 'start']);
  });

  it('nest, and know the index of the nearest', () => {
    const body: Record<string, HandBlock> = {
      in: { type: 'loop', in: 'l', data: { count: 2 } },
      a: fn('return <loop.index>', { in: 'in' }),
      b: fn('return [<loop.index>, <a.result>]', { in: 'l' }),
    };
    const run = loop({ count: 2 }, body, ['in:loop-start-source>a', 'in:loop-end-source>b']);
    expect(resultOf(run, 'l[1]/in[0]/a')).toBe(0);
    expect(resultOf(run, 'l[1]/b')).toEqual([1, 1]);
  });
});

describe('parallels', () => {
  it('have branches that read nothing of one another', () => {
    const blocks = {
      start: START,
      p: { type: 'parallel', data: { parallelType: 'count', count: 2 } },
      c: { ...condition('c', '<parallel.index> === 0', null), in: 'p' },
      a: fn('return <parallel.index>', { in: 'p' }),
      b: fn('return <a.result>', { in: 'p' }),
    };
    const chains = ['start>p', 'p:parallel-start-source>c', 'c:condition-c-0>a>b'];
    const run = runOf(documentOf(blocks, [...chains, 'c:condition-c-1>b']));
    expect([resultOf(run, 'p[0]/b'), resultOf(run, 'p[1]/b')]).toEqual([0, null]);
  });

  const parallel = (data: Record<string, Json>, a: HandBlock, more: string[] = []) =>
    runOf(
      documentOf(
        {
          start: START,
          p: { type: 'parallel', data },
          a: { ...a, in: 'p' },
          after: fn('return <a.result>'),
          h: fn('return <p.error>'),
        },
        ['start>p', 'p:parallel-start-source>a', 'p:parallel-end-source>after', ...more],
      ),
    );

  it('run a count of condition, or one for each item', () => {
    const counted = parallel({ parallelType: 'count', count: 2 }, fn('return <parallel.index>'));
    expect([resultOf(counted, 'p[0]/a'), resultOf(counted, 'p[1]/a')]).toEqual([0, 1]);
    const data = { parallelType: 'collection', collection: '["x","y"]' };
    const each = parallel(data, fn('return <parallel.currentItem>'));
    expect(own(each.outputs.get('p'), 'results')).toEqual([
      [{ result: 'x', stdout: '' }],
      [{ result: 'y', stdout: '' }],
    ]);
    expect(resultOf(each, 'after')).toBe('y');
  });

  it('run their branches in any order', () => {
    const run = parallel({ parallelType: 'count', count: 2 }, fn(''));
    expect(run.constraints).not.toContainEqual(['p[0]/a', 'p[1]/a']);
    expect(run.constraints).toContainEqual(['p[0]/a', 'p']);
    expect(run.constraints).toContainEqual(['start', 'p[1]/a']);
  });

  it('fail with one of their branches', () => {
    const data = { parallelType: 'count', count: 2 };
    const some = fn('return <parallel.index> === 0 && boom()');
    expect(parallel(data, some)).toMatchObject({ status: 'failed' });
    const run = parallel(data, some, ['p!h']);
    expect(run.status).toBe('completed');
    expect(resultOf(run, 'h')).toBe('Error: boom');
    expect(run.ran.has('after')).toBe(false);
    expect([...run.maybe]).toEqual(['p[1]/a']);
  });

  it('tell when several errors could be the one', () => {
    const data = { parallelType: 'count', count: 2 };
    const run = parallel(data, fn('return <parallel.index> === 0 && boom() || other()'), ['p!h']);
    expect(run.ambiguities).toContainEqual({ kind: 'several-failures', path: 'p' });
  });
});

describe('paths', () => {
  it('escape what they are made of', () => {
    expect(pathOf('l[0]', 'a/b[1]%')).toBe('l[0]/a%2Fb%5B1%5D%25');
  });
});
