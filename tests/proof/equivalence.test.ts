import { describe, expect, it } from 'vitest';
import { differencesOf } from './equivalence.js';
import { condition, documentOf, FAILING, functions, runOf, START } from './hand-written.js';
import { JOURNEY_OUTPUTS, play } from './journey-player.js';
import type { JsonRecord } from './json.js';
import type { Oracle } from './reference-interpreter.js';
import type { Run } from './run-summary.js';

const NOTHING: Oracle = { start: {}, env: {}, routes: {}, picks: {}, forms: {} };

const played = (document: JsonRecord, oracle: Partial<Oracle> = {}, pick = 0) =>
  play({ document, children: {}, oracle: { ...NOTHING, ...oracle } }, (open) => pick % open);

const run = (document: JsonRecord, oracle: Partial<Oracle> = {}): Run =>
  runOf(document, oracle, { options: { outputs: JOURNEY_OUTPUTS } });

describe('a journey and the reference', () => {
  const blocks = {
    ...functions({ a: 'return 1', b: 'return 2', x: '' }),
    c: condition('c', 'true', null),
  };
  const document = documentOf(blocks, ['start>a>b>c', 'c:condition-c-1>x']);
  const other = (code: string, ...chains: string[]) =>
    differencesOf(
      run(documentOf({ ...blocks, ...functions({ a: code }) }, chains)),
      played(document),
    );

  it('are one where nothing differs', () => {
    expect(differencesOf(run(document), played(document))).toEqual([]);
  });

  it('are told apart by an output', () => {
    expect(other('return 3', 'start>a>b>c', 'c:condition-c-1>x')).toEqual([
      'a has {"result":1,"stdout":""} instead of {"result":3,"stdout":""}',
    ]);
  });

  it('are told apart by a block', () => {
    expect(other('return 1', 'start>a>b')).toContain('c has an output in the journey alone');
    expect(other('return 1', 'start>a>b>c')).toContain('x is passed over in the journey alone');
  });

  it('are told apart by an order', () => {
    expect(other('return 1', 'start>b>a>c')).toContain('a is done before b');
  });

  it('are told apart by an end', () => {
    expect(other('boom()', 'start>a>b>c')).toContain('it is completed instead of failed');
  });

  it('are told apart by a block that is passed over, and by one that is not', () => {
    const late = documentOf(blocks, ['start>a>b>c', 'c:condition-c-0>x']);
    expect(differencesOf(run(document), played(late))).toContain(
      'x is not passed over in the journey',
    );
  });

  it('are told apart by an attempt', () => {
    const flaky = (tries: number) => ({
      start: START,
      a: { params: { code: 'return 1', failTimes: 1, retryable: true }, tries },
    });
    const twice = documentOf(flaky(2), ['start>a']);
    expect(differencesOf(run(twice), played(twice))).toEqual([]);
    const once = { ...flaky(2), a: { params: { code: 'return 1' } } };
    expect(differencesOf(run(documentOf(once, ['start>a'])), played(twice))).toEqual([
      'a is tried 2 times instead of 1',
    ]);
  });
});

describe('a played journey', () => {
  it('tells where blocks ran, iteration by iteration, whatever they are called', () => {
    const document = documentOf(
      {
        start: START,
        'l/1': { type: 'loop', data: { loopType: 'for', count: 2 } },
        p: { type: 'parallel', in: 'l/1', data: { parallelType: 'count', count: 2 } },
        a: { in: 'p', params: { code: 'return [<loop.index>, <parallel.index>]' } },
      },
      ['start>l/1', 'l/1:loop-start-source>p', 'p:parallel-start-source>a'],
    );
    const { outputs, order, outcome } = played(document, {}, 1);
    expect(outcome).toBe('completed');
    expect(outputs.get('l%2F1[1]/p[0]/a')).toEqual({ result: [1, 0], stdout: '' });
    expect([...order].sort()).toEqual([
      'l%2F1',
      'l%2F1[0]/p',
      'l%2F1[0]/p[0]/a',
      'l%2F1[0]/p[1]/a',
      'l%2F1[1]/p',
      'l%2F1[1]/p[0]/a',
      'l%2F1[1]/p[1]/a',
      'start',
    ]);
  });

  it('fails where a block does and nothing takes the failure', () => {
    const document = documentOf({ start: START, a: FAILING }, ['start>a']);
    expect(played(document).outcome).toBe('failed');
    expect(run(document).status).toBe('failed');
  });

  it('goes the way that the person picks where no route matches, and the error edge where there is one', () => {
    const router = {
      start: START,
      r: { type: 'router_v2', params: { context: 'Which?', routes: [{ id: 'x', title: 'X' }] } },
      a: { params: { code: 'return 1' } },
      b: { params: { code: 'return <r.error>' } },
    };
    const oracle = { routes: { r: [null] }, picks: { r: 'x' } };
    const asked = documentOf(router, ['start>r', 'r:router-x>a']);
    expect(differencesOf(run(asked, oracle), played(asked, oracle))).toEqual([]);
    expect(played(asked, oracle).outputs.has('a')).toBe(true);
    const drawn = documentOf(router, ['start>r', 'r:router-x>a', 'r!b']);
    expect(differencesOf(run(drawn, oracle), played(drawn, oracle))).toEqual([]);
    expect(played(drawn, oracle).outputs.get('b')).toMatchObject({ result: 'No route matches' });
  });

  it('is stuck where a form is asked for that nobody fills in', () => {
    const form = { inputFormat: [{ id: 'n', name: 'n', type: 'string' }] };
    const blocks = { start: START, f: { type: 'human_in_the_loop', params: form } };
    const document = documentOf(blocks, ['start>f']);
    expect(played(document).outcome).toBe('stuck');
    expect(played(document, { forms: { f: [{ n: 'x' }] } }).outcome).toBe('completed');
  });
});
