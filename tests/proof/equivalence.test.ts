import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryCase } from './arbitrary-workflows.js';
import { differencesOf } from './equivalence.js';
import { branches, documentOf, functions, runOf } from './hand-written.js';
import { JOURNEY_OUTPUTS, play, type Schedule } from './journey-player.js';
import { interpret } from './reference-interpreter.js';

const CASES = 150;

/** The first to begin is done first, the last, or one in between. */
const schedules: fc.Arbitrary<Schedule> = fc
  .nat({ max: 9 })
  .map((step) => (open) => (step === 9 ? open - 1 : (step * 7) % open));

describe('a journey and the reference', () => {
  it('leave the same outputs, block by block', { timeout: 120_000 }, () => {
    let compared = 0;
    fc.assert(
      fc.property(arbitraryCase(), schedules, (given, schedule) => {
        const run = interpret(given, { outputs: JOURNEY_OUTPUTS });
        fc.pre(run.ambiguities.length === 0);
        compared += 1;
        expect(differencesOf(run, play(given, schedule))).toEqual([]);
      }),
      { numRuns: CASES },
    );
    expect(compared).toBeGreaterThanOrEqual(CASES);
  });

  it('are told apart by an output, a block, an order and an end', () => {
    const blocks = {
      ...functions({ a: 'return 1', b: 'return 2', x: '' }),
      c: { type: 'condition', params: branches('c', 'true', null) },
    };
    const document = documentOf(blocks, ['start>a>b>c', 'c:condition-c-1>x']);
    const given = {
      document,
      children: {},
      oracle: { start: {}, env: {}, routes: {}, picks: {}, forms: {} },
    };
    const played = play(given, () => 0);
    expect(differencesOf(runOf(document), played)).toEqual([]);
    const other = (code: string, chain: string) =>
      differencesOf(runOf(documentOf({ ...blocks, ...functions({ a: code }) }, [chain])), played);
    expect(other('return 3', 'start>a>b>c')).toEqual([
      'a has {"result":1,"stdout":""} instead of {"result":3,"stdout":""}',
      'x is passed over in the journey alone',
    ]);
    expect(other('return 1', 'start>b>a>c')).toContain('a is done before b');
    expect(other('return 1', 'start>a>b')).toContain('c has an output in the journey alone');
    expect(other('boom()', 'start>a>b>c')).toContain('it is completed instead of failed');
  });
});
