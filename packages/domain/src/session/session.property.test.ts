import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS, INTENTS } from '../conversation/types.js';
import type { Journey } from '../journey/types.js';
import type { JsonObject, JsonValue } from '../json.js';
import { hasEnded } from './commands.js';
import type { Input } from './decide.js';
import { replay } from './evolve.js';
import { arbitraryJourney } from './testing/arbitrary-journey.js';
import { courseOfEvents } from './testing/happenings.js';
import { Improvisation, type Happening } from './testing/improvisation.js';
import { Witness } from './testing/invariants.js';
import { asStored } from './testing/stored.js';
import { EXECUTION_MODES, type ExecutionMode, type TimerId } from './types.js';

const anyValue = fc.constantFrom<JsonValue>(
  'x',
  7,
  '12',
  true,
  'no',
  null,
  '',
  ' ',
  '{"a":1}',
  [],
  ['s', 3],
  {},
  { a: null },
  '__proto__',
);

const parameters: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant({}),
  anyValue.map((value) => ({ value })),
  fc.boolean().map((confirmed) => ({ confirmed })),
  anyValue.map((confirmed) => ({ confirmed })),
  fc
    .constantFrom('retry', 'skip', 'stop', 'change-input', 'nonsense')
    .map((option) => ({ option })),
  fc
    .record({ slot: fc.constantFrom('a', 'n', '__proto__', 'nonsense'), value: anyValue })
    .map((given) => given),
  fc
    .dictionary(fc.constantFrom('a', 'n', 'note', 'size', '10', '__proto__', 'other'), anyValue)
    .map((values) => ({ values: asStored(values) })),
  fc.constantFrom('visual', 'nonsense').map((mode) => ({ mode })),
  fc.constantFrom('cancel', 'finish').map((running) => ({ running })),
  fc.constantFrom('start', 'tool0', 'form0', 'nonsense').map((to) => ({ to })),
);

/** Each weighs about as much as it has in a real conversation; time that is over is rare. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .nat(9)
      .map((pick): Happening => (pick === 0 ? { kind: 'expire' } : { kind: 'timer', pick })),
  },
  ...courseOfEvents(fc.constantFrom(true, true, false)),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      // Going back is where most can go wrong.
      action: fc.constantFrom(...ACTIONS, 'back', 'back'),
      parameters,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      intent: fc.constantFrom(...INTENTS),
      pick: fc.nat(20),
      value: anyValue,
    }),
  },
);

const opening = fc.record({
  askForConfirmation: fc.boolean(),
  verbosityLevel: fc.constantFrom('minimal', 'normal', 'verbose'),
});
interface Pace {
  readonly executionMode: ExecutionMode;
  readonly timed: boolean;
  /** Every so many states there is a pause point; none with 0. */
  readonly every: number;
}

const pace: fc.Arbitrary<Pace> = fc.record({
  executionMode: fc.constantFrom(...EXECUTION_MODES),
  timed: fc.boolean(),
  every: fc.constantFrom(0, 0, 2, 3),
});

function executionOf({ executionMode, timed, every }: Pace, { states }: Journey) {
  const held = states.filter((_, index) => index % every === 0);
  return {
    executionMode,
    ...(timed && { timeoutMs: 60_000 }),
    pausePoints: held.map(({ blockId }) => blockId),
  };
}

const initialInput = fc
  .dictionary(fc.constantFrom('a', 'n', 'note', 'size', '10', 'unknown', '__proto__'), anyValue, {
    maxKeys: 4,
  })
  .map(asStored);

/** A person who wants to get to the end, and blocks that fail once in a while. */
function driveToTheEnd(session: Improvisation, luck: readonly boolean[]): void {
  const longest = 40 * (session.journey.states.length + 2);
  let outcomes = 0;
  for (let step = 0; step < longest && !hasEnded(session.state); step += 1) {
    if (Object.keys(session.state.runs).length === 0) {
      session.turn(wish(session, step));
    } else {
      const ok = luck[outcomes % luck.length] ?? true;
      outcomes += 1;
      session.happen({ kind: 'outcome', pick: step, ok, big: ok });
    }
  }
  expect(session.state.status).toMatch(/^(?:completed|cancelled|failed|expired)$/);
}

/** What leads on from where a session stands. */
function wish(session: Improvisation, step: number): Input {
  const { status, questions, timers } = session.state;
  const [question] = questions;
  if (status === 'paused') return { type: 'act', action: 'resume', parameters: {} };
  if (status === 'not-started') return { type: 'act', action: 'start', parameters: {} };
  if (question?.kind === 'repair') {
    const option = step % 2 === 0 || !question.options.includes('skip') ? 'retry' : 'skip';
    return { type: 'act', action: 'answer', parameters: { option } };
  }
  if (question?.kind === 'confirmation') {
    const confirmed = ['side-effect', 'step', 'acknowledge'].includes(question.purpose.type);
    return { type: 'act', action: 'confirm', parameters: { confirmed } };
  }
  const answer = session.answer(step);
  if (answer) return answer;
  const [timerId] = Object.keys(timers);
  expect(timerId, 'something goes on').toBeDefined();
  return { type: 'timer-fired', timerId: timerId as TimerId };
}

const RUNS = 150;

describe('any session, whatever happens', () => {
  it('keeps its invariants', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        arbitraryJourney(),
        opening,
        initialInput,
        pace,
        fc.array(happening, { maxLength: 60, size: 'max' }),
        (journey, config, input, paced, happenings) => {
          const session = new Improvisation(journey, config, input, executionOf(paced, journey));
          const witness = new Witness(session);
          for (const each of happenings) {
            const beat = session.happen(each);
            if (beat) witness.check(beat);
          }
          expect(replay(session.events)).toStrictEqual(session.state);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('comes to an end when the person wants it to', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        arbitraryJourney(12),
        opening,
        initialInput,
        pace,
        fc.array(happening, { maxLength: 20, size: 'max' }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }).map((luck) => [true, ...luck]),
        (journey, config, input, paced, happenings, luck) => {
          const session = new Improvisation(journey, config, input, executionOf(paced, journey));
          for (const each of happenings) session.happen(each);
          driveToTheEnd(session, luck);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
