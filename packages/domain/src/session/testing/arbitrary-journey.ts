import fc from 'fast-check';
import type { Journey, JourneyState } from '../../journey/types.js';
import {
  call,
  child,
  form,
  fork,
  inChild,
  journey,
  loop,
  parallel,
  response,
  router,
  slot,
  start,
  timer,
  tool,
  within,
} from '../../testing/journeys.js';

const KINDS = [
  'tool',
  'read',
  'write',
  'form',
  'notice',
  'fork',
  'router',
  'timer',
  'response',
  'loop',
  'while',
  'parallel',
  'call',
] as const;

/** How one state of a random journey comes out: what it is, and which ways lead to it. */
interface Plan {
  readonly kind: (typeof KINDS)[number];
  /** Which of the bodies that were begun before it stands in, modulo how many there are. */
  readonly body: number;
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
  kind: fc.constantFrom(...KINDS),
  body: fc.nat(5),
  from: fc.array(fc.nat(50), { minLength: 1, maxLength: 3 }),
  tries: fc.integer({ min: 1, max: 3 }),
  errorPath: fc.boolean(),
});

/** Acyclic journeys in which every state can be reached, of up to `maxStates` states after the start. */
export function arbitraryJourney(maxStates = 10): fc.Arbitrary<Journey> {
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
      const bodies: Body[] = [
        { place: (state) => state, exits: ['start -'] },
        { place: (state) => inChild('kid', state), exits: ['begin -'] },
      ];
      states.push(inChild('kid', renamed('begin', start(slot('kidname')))));
      plans.forEach(([{ from, body: pick, ...given }, its], index) => {
        const body = bodies[pick % bodies.length] ?? { place: (state) => state, exits: [] };
        const { place, exits } = body;
        // A child that calls itself twice would be called a thousand times before the depth is reached.
        const isInChild = place(start()).child !== undefined;
        const how: How = given.kind === 'call' && isInChild ? { ...given, kind: 'tool' } : given;
        const name = `${how.kind}${index}`;
        const chosen = new Set(from.map((at) => exits[at % exits.length] ?? ''));
        ways.push(...[...chosen].map((exit) => `${exit}> ${name}`));
        states.push(place(stateOf(name, how, its)));
        exits.push(...exitsOf(name, how));
        if (how.kind === 'loop' || how.kind === 'while' || how.kind === 'parallel') {
          const inside = (state: JourneyState) => within(name, place(state));
          // The first exit is the way into the body, so that the states in it can all be reached.
          bodies.push({ place: inside, exits: [`${name} -enter-`] });
        }
      });
      return journey(states, ways, { total: 0 }, [child('kid', 'begin', { total: 1 })]);
    });
}

/** Where states are put: at the top, in a body, in the child workflow. */
interface Body {
  readonly place: (state: JourneyState) => JourneyState;
  /** The ways out that states of it have so far. */
  readonly exits: string[];
}

function renamed(name: string, state: JourneyState): JourneyState {
  return { ...state, id: `st_${name}`, blockId: name, label: name, refName: name };
}

type How = Omit<Plan, 'from' | 'body'>;

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
    case 'loop':
      return loop(name, { loopType: 'forEach', items: '<start.items>' });
    case 'while':
      return loop(name, { loopType: 'while', condition: '<loop.index> < 2' });
    case 'parallel':
      return parallel(name, { count: 3, batchSize: 2 });
    case 'call':
      return call(name, 'kid');
    case 'router':
      return router(name, 'left', 'right');
    case 'tool':
      return tool(name, { ...(retry && { retry }) });
    default:
      return tool(name, { sideEffect: kind, ...(retry && { retry }) });
  }
}

function exitsOf(name: string, { kind, errorPath }: How): string[] {
  if (kind === 'response') return [];
  if (kind === 'fork') return [`${name} -branch:if-`, `${name} -branch:else-`];
  if (kind === 'router') return [`${name} -branch:left-`, `${name} -branch:right-`];
  const mayFail = !['form', 'notice', 'timer'].includes(kind);
  return [`${name} -`, ...(mayFail && errorPath ? [`${name} -error-`] : [])];
}
