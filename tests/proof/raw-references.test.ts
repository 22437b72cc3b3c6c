import { describe, expect, it } from 'vitest';
import { documentOf, functions, runOf, START, type HandBlock } from './hand-written.js';
import { own, type Json } from './json.js';
import type { Run } from './run-summary.js';

const result = (run: Run, path: string): Json | undefined => own(run.outputs.get(path), 'result');

/** A block that gives back what a piece of code reads. */
const fn = (code: string, more: HandBlock = {}): HandBlock => ({ params: { code }, ...more });

describe('references', () => {
  const read = (code: string, more: { name?: string; first?: string } = {}) => {
    const a = fn(more.first ?? 'return [[1, [2, 3]], "x"]', {
      name: more.name ?? 'AWS. Alert-1_b',
    });
    const never = fn('', { name: 'Never', off: true });
    const document = documentOf(
      { start: START, a, b: fn(code), never, later: fn('', { name: 'Later' }) },
      ['start>a>b>later'],
      { 'My Var': { k: ['v'] } },
    );
    const run = runOf(document, { env: { KEY: 'secret' } });
    return run.status === 'failed' ? run.ends[0]?.failure?.code : result(run, 'b');
  };

  it.each<[string, Json]>([
    ['<awsalert-1_b.result.0.1.0>', 2],
    ['<awsalert-1_b.result[0][1]>', [2, 3]],
    ['<AwsAlert-1_B.result[1]>', 'x'],
    ['<awsalert-1_b.result[9]>', null],
    ['<variable.myvar.k.0>', 'v'],
    ['{{KEY}}', 'secret'],
    ['{{ KEY }}', 'secret'],
    ['<never.result>', null],
    ['<later.result>', null],
  ])('find %s', (reference, value) => {
    expect(read(`return ${reference}`)).toEqual(value);
  });

  it.each([
    ['"[<awsalert-1_b.result>]"', '[[[1,[2,3]],"x"]]'],
    ['"[<never.result>]"', '[]'],
    ['`[<awsalert-1_b.result.1>]`', '[x]'],
    [
      '"<nobody.x> {{NONE}} <variable.none> <loop.index>"',
      '<nobody.x> {{NONE}} <variable.none> <loop.index>',
    ],
    ['"a < b> <div class=x> </b>"', 'a < b> <div class=x> </b>'],
  ])('read in a text %s', (text, value) => {
    expect(read(`return ${text}`)).toBe(value);
  });

  it('are errors of the block where the declared schema lacks the field', () => {
    expect(read('return <awsalert-1_b.nothing>')).toBe('unknown_field');
    expect(read('return <later.nothing>')).toBe('unknown_field');
  });

  it('are empty where their block is left out, whatever field they name', () => {
    expect(read('return <never.nothing>')).toBe(null);
  });

  it('fail as code where they name nothing known', () => {
    expect(read('return <nobody.x>')).toBe('code_failed');
  });

  it('may name any field of a block that declares none', () => {
    const blocks = { ...functions({ b: 'return <i.nothing>' }), i: { type: 'gmail' } };
    expect(result(runOf(documentOf(blocks, ['start>i>b'])), 'b')).toBeNull();
  });

  it('are never read twice', () => {
    expect(read('return "<x.result>"', { name: 'x', first: 'return "{{KEY}}" + "<"' })).toBe(
      'secret<',
    );
    expect(read('return "<x.result>"', { name: 'x', first: 'return "<" + "never.result>"' })).toBe(
      '<never.result>',
    );
  });

  it('find a block by the odd names of records', () => {
    const blocks = {
      start: START,
      ['__proto__']: fn('return 1'),
      constructor: fn('return <__proto__.result>'),
    };
    const run = runOf(
      documentOf(Object.fromEntries(Object.entries(blocks)), ['start>__proto__>constructor']),
    );
    expect(result(run, 'constructor')).toBe(1);
  });

  it('tell where what they read depends on the order', () => {
    const blocks = functions({ a: 'return 1', b: 'return <a.result>' });
    const run = runOf(documentOf(blocks, ['start>a', 'start>b']));
    expect(run.ambiguities).toContainEqual({ kind: 'unordered-read', path: 'b' });
  });
});

describe('variables', () => {
  const set = (value: Json): HandBlock => ({
    type: 'variables',
    params: { variables: [{ variableName: 'v', type: 'plain', value }] },
  });

  it('are set for the run, with the types of single references', () => {
    const blocks = {
      ...functions({ a: 'return [1]', b: 'return <variable.v>' }),
      s: set('<a.result>'),
    };
    const run = runOf(documentOf(blocks, ['start>a>s>b'], { v: 'before' }));
    expect(result(run, 'b')).toEqual([1]);
  });

  it('tell where their value depends on the order', () => {
    const blocks = { ...functions({ b: 'return <variable.v>' }), s: set(1) };
    const run = runOf(documentOf(blocks, ['start>s', 'start>b'], { v: 0 }));
    expect(run.ambiguities).toContainEqual({ kind: 'unordered-variable', path: 'b' });
  });
});
