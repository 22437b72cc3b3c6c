import { describe, expect, it } from 'vitest';
import { ACTIONS, INTENTS } from '../conversation/types.js';
import { render } from '../conversation/voice/render.js';
import type { JsonObject } from '../json.js';
import type { Journey, JourneyState, StateKind } from '../journey/types.js';
import {
  call,
  child,
  form,
  fork,
  inChild,
  inputs,
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
} from '../testing/journeys.js';
import { hasEnded } from './commands.js';
import type { Input } from './decide.js';
import { Improvisation, type Beat } from './testing/improvisation.js';

const after = (state: JourneyState, inside: JourneyState[] = [], ways: string[] = []) =>
  journey([start(), state, ...inside], [`start -> ${state.label}`, ...ways]);
const body = (container: JourneyState, ...inside: JourneyState[]) =>
  after(
    container,
    inside.map((state) => within(container.label, state)),
    inside.map(({ label }) => `${container.label} -enter-> ${label}`),
  );

/** A journey that comes to a state of each kind at once. */
const JOURNEYS: Readonly<Record<StateKind, readonly Journey[]>> = {
  start: [journey([start(slot('a'), slot('n', { required: false, type: 'number' }))], [])],
  form: [
    after(form('x', [slot('a', { required: false })])),
    after(form('x', [], [{ kind: 'text', text: 'Look.' }])),
  ],
  inputs: [after(inputs('x', [slot('a')]))],
  fork: [after(fork('x', { id: 'if', title: 'if', expression: '1' }))],
  router: [after(router('x', 'left', 'right'))],
  timer: [after(timer('x', 5_000))],
  tool: [after(tool('x')), after(tool('x', { sideEffect: 'write' }))],
  loop: [
    body(loop('x', { iterations: 2 }), tool('inner')),
    body(loop('x', { iterations: 2 }), form('inner', [slot('a')])),
    body(loop('x', { loopType: 'forEach', items: '<start.items>' }), tool('inner')),
    body(loop('x', { loopType: 'while', condition: '<loop.index> < 2' }), tool('inner')),
  ],
  parallel: [
    body(parallel('x', { count: 2 }), tool('inner')),
    body(parallel('x', { count: 2 }), tool('inner', { sideEffect: 'write' }), timer('wait', 1_000)),
  ],
  subjourney: [
    after(call('x', null)),
    journey(
      [start(), call('x', 'kid'), inChild('kid', { ...start(slot('a')), id: 'st_begin' })],
      ['start -> x'],
      {},
      [child('kid', 'begin')],
    ),
  ],
  response: [after(response('x'))],
};

const act = (action: (typeof ACTIONS)[number], parameters: JsonObject = {}): Input => ({
  type: 'act',
  action,
  parameters,
});
const say = (intent: (typeof INTENTS)[number]): Input => ({
  type: 'say',
  text: 'so to speak',
  understanding: { intent, confidence: 0.9, entities: [], alternatives: [], provider: 'internal' },
});

/** What may have become of the state by the time that the command comes. */
const SITUATIONS: Readonly<Record<string, (session: Improvisation) => void>> = {
  'not begun': () => undefined,
  'under way': (session) => void session.turn(act('start')),
  'half done': (session) => {
    session.turn(act('start'));
    session.happen({ kind: 'outcome', pick: 0, ok: true, big: true });
  },
  failed: (session) => {
    session.turn(act('start'));
    session.happen({ kind: 'outcome', pick: 0, ok: false, big: false });
  },
  denied: (session) => {
    session.turn(act('start'));
    session.turn(act('confirm', { confirmed: false }));
  },
  paused: (session) => {
    session.turn(act('start'));
    session.turn(act('pause'));
  },
  'about to be cancelled': (session) => {
    session.turn(act('start'));
    session.turn(act('cancel'));
  },
  ended: (session) => {
    session.turn(act('start'));
    session.turn(act('cancel', { confirmed: true }));
  },
};

const COMMANDS: readonly Input[] = [
  ...ACTIONS.map((action) => act(action)),
  act('answer', { value: 'nonsense' }),
  act('answer', { option: 'retry' }),
  act('answer', { values: { a: 'x', __proto__: 1 } }),
  act('answer', { slot: 'a', value: 7 }),
  act('confirm', { confirmed: 'perhaps' }),
  act('confirm', { confirmed: false }),
  act('cancel', { confirmed: true }),
  act('restart', { confirmed: true }),
  act('switch-mode', { mode: 'visual' }),
  ...INTENTS.map(say),
];

function textOf({ events }: Beat): string {
  return events
    .flatMap((event) => (event.type === 'agent-said' ? event.messages : []))
    .map((message) => render(message))
    .join('\n');
}

const nameOf = (input: Input) =>
  input.type === 'act'
    ? `${input.action} ${JSON.stringify(input.parameters)}`
    : input.type === 'say'
      ? `"${input.understanding.intent}"`
      : input.type;

describe.each(Object.entries(JOURNEYS))('at a state of kind %s', (_, journeys) => {
  it.each(Object.entries(SITUATIONS))('%s, every command is answered', (_situation, arrange) => {
    for (const sketch of journeys) {
      for (const command of COMMANDS) {
        const session = new Improvisation(sketch, { askForConfirmation: true }, {});
        arrange(session);
        const text = textOf(session.turn(command));
        expect(text, nameOf(command)).not.toMatch(/^\s*$|undefined|NaN|\[object/);
        const { status, questions, runs, timers } = session.state;
        const goesOn = questions.length + Object.keys({ ...runs, ...timers }).length > 0;
        // A session that runs is never left with nothing to wait for.
        if (status === 'running') expect(goesOn, nameOf(command)).toBe(true);
        if (hasEnded(session.state)) expect(goesOn, nameOf(command)).toBe(false);
      }
    }
  });
});
