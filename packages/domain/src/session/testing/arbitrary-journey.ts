import fc from 'fast-check';
import type { Journey, JourneyState } from '../../journey/types.js';
import { form, fork, journey, response, slot, start, timer, tool } from '../../testing/journeys.js';

/** How one state of a random journey comes out: what it is, and which ways lead to it. */
interface Plan {
  readonly kind: 'tool' | 'read' | 'write' | 'form' | 'notice' | 'fork' | 'timer' | 'response';
  /** Which of the ways out of earlier states lead here, each taken modulo how many there are. */
  readonly from: readonly number[];
  readonly tries: number;
  readonly errorPath: boolean;
}

const SLOTS = [
  slot('a'),
  slot('n', { type: 'number' }),
  slot('note', { required: false }),
  slot('size', {
    options: [
      { value: 's', label: 'Small' },
      { value: 'l', label: 'Large' },
    ],
  }),
  slot('__proto__', { required: false, type: 'number' }),
  slot('10', { type: 'boolean' }),
];

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom('tool', 'read', 'write', 'form', 'notice', 'fork', 'timer', 'response'),
  from: fc.array(fc.nat(50), { minLength: 1, maxLength: 3 }),
  tries: fc.integer({ min: 1, max: 3 }),
  errorPath: fc.boolean(),
});

/** Acyclic journeys in which every state can be reached, of up to `maxStates` states after the start. */
export function arbitraryJourney(maxStates = 8): fc.Arbitrary<Journey> {
  const asked = fc.subarray([...SLOTS], { maxLength: 3 });
  return fc
    .tuple(
      asked,
      fc.array(fc.tuple(plan, asked), {
        minLength: 1,
        maxLength: maxStates,
        size: 'max',
      }),
    )
    .map(([slots, plans]) => {
      const states: JourneyState[] = [start(...slots)];
      const ways: string[] = [];
      const exits = ['start -'];
      plans.forEach(([{ from, ...how }, its], index) => {
        const name = `${how.kind}${index}`;
        const chosen = new Set(from.map((pick) => exits[pick % exits.length] ?? 'start -'));
        ways.push(...[...chosen].map((exit) => `${exit}> ${name}`));
        states.push(stateOf(name, how, its));
        exits.push(...exitsOf(name, how));
      });
      return journey(states, ways, { total: 0 });
    });
}

type How = Omit<Plan, 'from'>;

function stateOf(name: string, { kind, tries }: How, slots: ReturnType<typeof slot>[]) {
  const retry = tries > 1 ? { maxTries: tries, waitBetweenTriesMs: 10 } : null;
  switch (kind) {
    case 'form':
      return form(name, slots.length > 0 ? slots : [slot('a')]);
    case 'notice':
      return form(name, [], [{ kind: 'text', text: 'Look at this.' }]);
    case 'fork':
      return fork(
        name,
        { id: 'if', title: 'if', expression: '<start.n> > 1' },
        { id: 'else', title: 'else', expression: null },
      );
    case 'timer':
      return timer(name, 5_000);
    case 'response':
      return response(name);
    case 'tool':
      return tool(name, { ...(retry && { retry }) });
    default:
      return tool(name, { sideEffect: kind, ...(retry && { retry }) });
  }
}

function exitsOf(name: string, { kind, errorPath }: How): string[] {
  if (kind === 'response') return [];
  if (kind === 'fork') return [`${name} -branch:if-`, `${name} -branch:else-`];
  const mayFail = kind === 'tool' || kind === 'read' || kind === 'write';
  return [`${name} -`, ...(mayFail && errorPath ? [`${name} -error-`] : [])];
}
