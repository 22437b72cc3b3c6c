import { describe, expect, it } from 'vitest';
import type { JourneyState, LoopState } from '../journey/types.js';
import { journey, loop, parallel, start, tool, within } from '../testing/journeys.js';
import { found } from './testing/found.js';

/** A container with a block and a nested loop inside, in which a variable is set, after another block. */
const around = (container: JourneyState) =>
  journey(
    [
      start(),
      tool('before'),
      container,
      within(container.label, tool('work')),
      within(container.label, loop('inner', { iterations: 1 })),
      within(
        'inner',
        tool('set', { blockType: 'variables', params: { variables: [{ variableName: 'Left' }] } }),
      ),
    ],
    [
      'start -> before',
      `before -> ${container.label}`,
      `${container.label} -enter-> work`,
      'work -> inner',
      'inner -enter-> set',
    ],
    { left: 3, fixed: 1 },
  );

const loopCodes = (container: JourneyState) =>
  found(around(container)).filter((text) => text.startsWith('loop_'));

describe('a container', () => {
  type How = Partial<Pick<LoopState, 'loopType' | 'iterations' | 'items' | 'condition'>>;

  it.each<How>([
    { loopType: 'for' },
    { loopType: 'forEach' },
    { loopType: 'forEach', items: '' },
    { loopType: 'while' },
    { loopType: 'doWhile' },
  ])('$loopType that does not say how often', (how) => {
    expect(loopCodes(loop('l', how))).toEqual([
      'loop_without_bound: "l" does not say how often it repeats.',
    ]);
  });

  it.each([{ parallelType: 'count' }, { parallelType: 'collection' }] as const)(
    '$parallelType of branches that does not say how many',
    (how) => {
      expect(loopCodes(parallel('l', how))).toEqual([
        'loop_without_bound: "l" does not say how often it repeats.',
      ]);
    },
  );

  it.each([
    loop('l', { iterations: 1000 }),
    loop('l', { iterations: 0 }),
    loop('l', { loopType: 'forEach', items: '<before.list>' }),
    loop('l', { loopType: 'forEach', items: [] }),
    loop('l', { loopType: 'doWhile', iterations: 3 }),
    parallel('l', { count: 3 }),
    parallel('l', { parallelType: 'collection', items: { a: 1 } }),
  ])('that says so is bounded (%#)', (container) => {
    expect(loopCodes(container)).toEqual([]);
  });

  it.each([
    loop('l', { iterations: 1001 }),
    loop('l', { loopType: 'doWhile', iterations: 1001 }),
    parallel('l', { count: 1001 }),
  ])('that says too much fails (%#)', (container) => {
    expect(loopCodes(container)).toEqual([
      'loop_over_limit: "l" is to repeat 1001 times; 1000 is the most.',
    ]);
  });
});

describe('the condition of a loop', () => {
  const asking = (condition: string) => loopCodes(loop('l', { loopType: 'doWhile', condition }));

  it.each(['<loop.index> < 3', '<l.index> < 3 && <work.result>', '<loop.iteration> < 9'])(
    '%s counts',
    (condition) => {
      expect(asking(condition)).toEqual([]);
    },
  );

  it.each([
    '<work.result>.more',
    '<set> || true',
    '<variable.left> > 0',
    '<variable.Left> > <before.result>',
    'Date.now() < 5',
    'Math.random() < 0.5',
  ])('%s may change', (condition) => {
    expect(asking(condition)).toEqual([
      `loop_bounded_by_limit: The condition of "l", "${condition}", may stay true until 1000 iterations are over.`,
    ]);
  });

  it.each([
    'true',
    '1 < 2',
    '<before.result> > 1',
    '<variable.fixed> > 0',
    '<nobody.here>',
    '<loop.items>',
  ])('%s does not', (condition) => {
    expect(asking(condition)).toEqual([
      `loop_condition_constant: The condition of "l", "${condition}", reads nothing that an iteration changes.`,
    ]);
  });

  it('inside another loop counts its own rounds', () => {
    const states = [
      start(),
      loop('outer', { iterations: 2 }),
      within('outer', loop('l', { loopType: 'while', condition: '<outer.index> < 3' })),
      within('l', tool('work')),
    ];
    const ways = ['start -> outer', 'outer -enter-> l', 'l -enter-> work'];
    expect(found(journey(states, ways))).toEqual([
      'loop_condition_constant: The condition of "l", "<outer.index> < 3", reads nothing that an iteration changes.',
    ]);
  });

  it('is of any length and kind', () => {
    const hostile = ['\uD800', '__proto__', '<'.repeat(9_000), '<variable>'];
    for (const condition of hostile) expect(asking(condition)).toHaveLength(1);
  });
});
