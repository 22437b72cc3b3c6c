import fc from 'fast-check';
import type { Happening } from './improvisation.js';

/**
 * What blocks, timers and answers do to a session, each weighing about as much as it has in a real
 * conversation. A block fails where `luck` gives false.
 */
export const courseOfEvents = (
  luck: fc.Arbitrary<boolean>,
): { weight: number; arbitrary: fc.Arbitrary<Happening> }[] => [
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('outcome' as const),
      pick: fc.nat(9),
      ok: luck,
      big: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('lost' as const),
      pick: fc.nat(9),
      safe: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('timer' as const), pick: fc.nat(9) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('answer' as const), pick: fc.nat(9) }) },
];
