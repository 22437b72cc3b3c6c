import { describe, expect, it } from 'vitest';
import {
  condition,
  documentOf,
  FAILING,
  fn,
  ranIn,
  resultOf,
  functions,
  runOf,
  START,
  type HandBlock,
} from './hand-written.js';
import { answerAt } from './reference-interpreter.js';

describe('the ways through a workflow', () => {
  it('begins at the start with what it is given, and defaults for the rest', () => {
    const inputFormat = [
      { name: 'a', type: 'string' },
      { name: 'b', type: 'number', value: 5 },
    ];
    const start = { ...START, params: { inputFormat } };
    const run = runOf(documentOf({ start }, []), { start: { a: 'x' } });
    expect(run.outputs.get('start')).toEqual({ a: 'x', b: 5 });
    expect(run.result).toEqual({ a: 'x', b: 5 });
  });

  it('takes start_trigger before chat_trigger before starter, and runs no other start', () => {
    const rest = {
      old: { type: 'starter' },
      chat: { type: 'chat_trigger' },
      new: { type: 'start_trigger' },
      a: fn(''),
      b: fn(''),
    };
    expect(ranIn(runOf(documentOf(rest, ['old>a', 'new>b'])))).toEqual(['b', 'new']);
    const older = { old: rest.old, chat: rest.chat, a: rest.a, b: rest.b };
    expect(ranIn(runOf(documentOf(older, ['old>a', 'chat>b'])))).toEqual(['b', 'chat']);
  });

  it('runs nothing without a start', () => {
    const run = runOf(documentOf({ a: fn('return 1') }, []));
    expect(run).toMatchObject({ status: 'completed', result: null });
    expect(run.ran.size).toBe(0);
  });

  it('runs only what the start leads to, and no notes', () => {
    const blocks = { ...functions({ a: '', b: '', c: '' }), n: { type: 'note' } };
    expect(ranIn(runOf(documentOf(blocks, ['start>a', 'b>c'])))).toEqual(['a', 'start']);
  });

  it('cuts the path at a disabled block', () => {
    const blocks = { ...functions({ a: '', c: '' }), b: fn('', { off: true }) };
    const run = runOf(documentOf(blocks, ['start>a>b>c']));
    expect(ranIn(run)).toEqual(['a', 'start']);
    expect(run.result).toEqual({ result: null, stdout: '' });
  });

  it('does not wait at a join for a path that is cut', () => {
    const blocks = { ...functions({ a: '', j: '' }), b: fn('', { off: true }) };
    expect(ranIn(runOf(documentOf(blocks, ['start>a>j', 'start>b>j'])))).toEqual([
      'a',
      'j',
      'start',
    ]);
  });

  it('waits at a join for every way that is not deactivated', () => {
    const run = runOf(
      documentOf(
        functions({ a: 'return 1', b: 'return 2', j: 'return [<a.result>, <b.result>]' }),
        ['start>a>j', 'start>b>j'],
      ),
    );
    expect(resultOf(run, 'j')).toEqual([1, 2]);
    expect(run.constraints).toContainEqual(['a', 'j']);
    expect(run.constraints).toContainEqual(['b', 'j']);
    expect(run.ambiguities).toEqual([]);
  });

  it('deactivates on and on, unless another live edge feeds the target', () => {
    const blocks = {
      ...functions({ yes: '', no: '', after: '', beside: '', join: '' }),
      c: condition('c', 'true', null),
    };
    const run = runOf(
      documentOf(blocks, [
        'start>c',
        'c:condition-c-0>yes>join',
        'c:condition-c-1>no>after>join',
        'after>beside',
      ]),
    );
    expect(ranIn(run)).toEqual(['c', 'join', 'start', 'yes']);
    expect([...run.skipped].sort()).toEqual(['after', 'beside', 'no']);
  });

  it.each([['source-right'], ['source']])('takes %s for the plain handle', (handle) => {
    const run = runOf(documentOf(functions({ a: '' }), [`start:${handle}>a`]));
    expect(ranIn(run)).toEqual(['a', 'start']);
  });
});

describe('conditions', () => {
  const fork = (expressions: (string | null)[]) =>
    runOf(
      documentOf({ ...functions({ a: '', b: '', x: '' }), c: condition('c', ...expressions) }, [
        'start>c',
        'c:condition-c-0>a',
        'c:condition-c-1>b',
        'c:condition-c-2>x',
      ]),
    );

  it('takes the first branch that is true, in order', () => {
    expect(ranIn(fork(['false', '1 < 2', 'true']))).toEqual(['b', 'c', 'start']);
    expect(fork(['true', 'true']).outputs.get('c')).toMatchObject({ selectedOption: 'c-0' });
  });

  it('takes else where none is, and prunes everything where there is no else', () => {
    expect(ranIn(fork(['false', '0', null]))).toEqual(['c', 'start', 'x']);
    const none = fork(['false', 'null']);
    expect(ranIn(none)).toEqual(['c', 'start']);
    expect(none.status).toBe('completed');
  });

  it('fails where one throws, unless another was taken before', () => {
    expect(fork(['boom()', null])).toMatchObject({
      status: 'failed',
      ends: [{ path: 'c', failure: { code: 'condition_failed', message: 'Error: boom' } }],
    });
    expect(fork(['true', 'boom()']).status).toBe('completed');
  });

  it('goes on by its error edge', () => {
    const blocks = { ...functions({ a: '', h: 'return <c.error>' }), c: condition('c', 'boom()') };
    const run = runOf(documentOf(blocks, ['start>c', 'c:condition-c-0>a', 'c!h']));
    expect(resultOf(run, 'h')).toBe('Error: boom');
    expect(run.ran.has('a')).toBe(false);
  });
});

describe('failures', () => {
  it('fail the run without an error edge', () => {
    const run = runOf(documentOf({ start: START, a: FAILING, b: fn('') }, ['start>a>b']));
    expect(run).toMatchObject({ status: 'failed', result: null });
    expect(ranIn(run)).toEqual(['a', 'start']);
    expect(run.outputs.has('a')).toBe(false);
  });

  it('go on by the error edge with {error}, and the other ways are dead', () => {
    const blocks = { start: START, a: FAILING, b: fn(''), h: fn('return <a.error>') };
    const run = runOf(documentOf(blocks, ['start>a>b', 'a!h']));
    expect(run.outputs.get('a')).toEqual({ error: 'function fails 9 times' });
    expect(resultOf(run, 'h')).toBe('function fails 9 times');
    expect(ranIn(run)).toEqual(['a', 'h', 'start']);
  });

  it('leave the error edge dead where there is none', () => {
    const blocks = functions({ a: '', b: '', h: '' });
    expect(ranIn(runOf(documentOf(blocks, ['start>a>b', 'a!h'])))).toEqual(['a', 'b', 'start']);
  });

  it('count for nothing where the error edge leads to a disabled block', () => {
    const blocks = { start: START, a: FAILING, h: fn('', { off: true }) };
    expect(runOf(documentOf(blocks, ['start>a', 'a!h'])).status).toBe('failed');
  });

  it.each([
    ['again where they are retryable', 2, true, 3, 'completed', 3],
    ['no more often than is said', 3, true, 3, 'failed', 3],
    ['not where they are not retryable', 1, false, 3, 'failed', 1],
    ['not where retry is not opted for', 1, true, undefined, 'failed', 1],
  ])('are tried %s', (_, failTimes, retryable, tries, status, attempts) => {
    const a = { params: { code: 'return 1', failTimes, retryable }, ...(tries && { tries }) };
    const run = runOf(documentOf({ start: START, a }, ['start>a']));
    expect(run.status).toBe(status);
    expect(run.attempts.get('a')).toBe(attempts);
  });

  it('say which blocks beside them may have run', () => {
    const blocks = { ...functions({ before: '', beside: '', next: '' }), a: FAILING };
    const run = runOf(documentOf(blocks, ['start>before>a', 'start>beside>next']));
    expect([...run.maybe].sort()).toEqual(['beside', 'next']);
    expect(run.ran.has('beside')).toBe(true);
  });
});

describe('response', () => {
  const respond = (data: string): HandBlock => ({
    type: 'response',
    params: { dataMode: 'json', data },
  });

  it('ends the run with its result, and nothing after it runs', () => {
    const blocks = {
      ...functions({ a: 'return 3', b: '' }),
      r: respond('{"n": <a.result>, "t": "<a.result>!"}'),
    };
    const run = runOf(documentOf(blocks, ['start>a>r>b']));
    expect(run.result).toMatchObject({ data: { data: { n: 3, t: '3!' } }, status: 200 });
    expect(ranIn(run)).toEqual(['a', 'r', 'start']);
  });

  it('wins where it is first, and any may be', () => {
    const blocks = { start: START, r: respond('{"r": 1}'), s: respond('{"s": 2}') };
    const run = runOf(documentOf(blocks, ['start>r', 'start>s']));
    expect(run.ends.map(({ path }) => path).sort()).toEqual(['r', 's']);
    expect(run.possibleResults).toHaveLength(2);
    expect([...run.maybe].sort()).toEqual(['r', 's']);
  });

  it('ends the run from inside a loop, whose next iteration never begins', () => {
    const blocks: Record<string, HandBlock> = {
      ...functions({ after: '' }),
      l: { type: 'loop', data: { loopType: 'for', count: 3 } },
      r: { ...respond('{"i": <loop.index>}'), in: 'l' },
    };
    const run = runOf(
      documentOf(blocks, ['start>l', 'l:loop-start-source>r', 'l:loop-end-source>after']),
    );
    expect(ranIn(run)).toEqual(['l[0]/r', 'start']);
    expect(run.result).toMatchObject({ data: { data: { i: 0 } } });
  });
});

describe('people and models', () => {
  it('pick a route, and fail where none matches', () => {
    const router = {
      type: 'router_v2',
      params: { context: 'x', routes: [{ id: 'one' }, { id: 'two' }] },
    };
    const document = documentOf({ ...functions({ a: '', b: '', h: '' }), r: router }, [
      'start>r',
      'r:router-one>a',
      'r:router-two>b',
      'r!h',
    ]);
    expect(ranIn(runOf(document, { routes: { r: ['two'] } }))).toEqual(['b', 'r', 'start']);
    expect(ranIn(runOf(document, { routes: { r: [null] } }))).toEqual(['h', 'r', 'start']);
  });

  it('pick a target of the older router', () => {
    const blocks = {
      ...functions({ a: '', b: '' }),
      r: { type: 'router', params: { prompt: 'x' } },
    };
    const run = runOf(documentOf(blocks, ['start>r', 'r>a', 'r>b']), { routes: { r: ['b'] } });
    expect(ranIn(run)).toEqual(['b', 'r', 'start']);
    expect(runOf(documentOf(blocks, ['start>r', 'r>a'])).status).toBe('failed');
  });

  it('answer a form, and its fields stand at three places', () => {
    const form = {
      type: 'human_in_the_loop',
      params: { inputFormat: [{ name: 'yes', type: 'string' }] },
    };
    const read = 'return [<f.yes>, <f.response.yes>, <f.submission.yes>]';
    const run = runOf(documentOf({ start: START, f: form, a: fn(read) }, ['start>f>a']), {
      forms: { f: [{ yes: 'ok' }] },
    });
    expect(resultOf(run, 'a')).toEqual(['ok', 'ok', 'ok']);
  });

  it('answer by the iteration', () => {
    expect(answerAt(['a', 'b', 'c'], 'l[1]/p[1]/x')).toBe('c');
    expect(answerAt(['a', 'b'], 'x')).toBe('a');
    expect(answerAt<string>([], 'x')).toBeUndefined();
  });
});

describe('called workflows', () => {
  const inputFormat = [{ name: 'n', type: 'string' }];
  const call: HandBlock = {
    type: 'workflow_input',
    params: { workflowId: 'child', inputMapping: { n: '<a.result>' } },
  };
  const parent = documentOf(
    { ...functions({ a: 'return 7', after: 'return <c.result>', h: 'return <c.error>' }), c: call },
    ['start>a>c>after', 'c!h'],
    { v: 'outer' },
  );
  const with_ = (child: Parameters<typeof documentOf>) =>
    runOf(parent, {}, { children: { child: documentOf(...child) } });
  const start = { ...START, params: { inputFormat } };

  it('take their input, run in a scope of their own and give their result', () => {
    const run = with_([{ start, x: fn('return [<start.n>, "<a.result>"]') }, ['start>x']]);
    expect(run.outputs.get('c/x')).toEqual({ result: [7, '<a.result>'], stdout: '' });
    expect(run.outputs.get('c')).toMatchObject({
      success: true,
      childWorkflowName: 'By hand',
      result: { result: [7, '<a.result>'] },
    });
    expect(run.constraints).toContainEqual(['c/x', 'c']);
  });

  it('give their response, which ends them alone', () => {
    const r = { type: 'response', params: { dataMode: 'json', data: '{"d": 1}' } };
    const run = with_([{ start, r }, ['start>r']]);
    expect(run.ran.has('after')).toBe(true);
    expect(resultOf(run, 'c')).toMatchObject({ status: 200 });
  });

  it('throw their failure in the block that called', () => {
    const run = with_([{ start, x: FAILING }, ['start>x']]);
    expect(resultOf(run, 'h')).toBe('function fails 9 times');
    expect(run.ran.has('after')).toBe(false);
  });

  it('see none of the variables of the caller', () => {
    const run = with_([{ start, x: fn('return "<variable.v>"') }, ['start>x']]);
    expect(resultOf(run, 'c/x')).toBe('<variable.v>');
  });

  it('fail the block where they are missing', () => {
    expect(runOf(parent).outputs.get('c')).toEqual({ error: 'The called workflow is missing' });
  });
});
