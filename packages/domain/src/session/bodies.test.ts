import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json.js';
import {
  form,
  inputs,
  journey,
  loop,
  parallel,
  response,
  slot,
  start,
  timer,
  tool,
  within,
} from '../testing/journeys.js';
import { Rehearsal, type Player } from '../testing/rehearsal.js';

const each =
  (items: JsonValue[]): Player =>
  () => ({ output: { items } });
/** A loop over items with a body of two states, and one after it. */
const looping = (players: Record<string, Player>, how = {}) => {
  const session = new Rehearsal(
    journey(
      [
        start(),
        loop('each', { loopType: 'forEach', items: '<start.items>', ...how }),
        within('each', tool('a')),
        within('each', tool('b')),
        tool('after'),
      ],
      ['start -> each', 'each -enter-> a', 'a -> b', 'each -> after'],
    ),
    players,
  );
  session.act('start');
  return session;
};

describe('a loop', () => {
  it('runs its body once an item, one after another', () => {
    const session = looping({ each: each(['x', 'y']) });
    expect(session.ran).toEqual(['each', 'a', 'b', 'a', 'b', 'after']);
    expect(session.status).toBe('completed');
  });

  it('gives the outputs of each iteration', () => {
    const { decider } = looping({ each: each(['x', 'y']) });
    expect(decider.state.scopes['root']?.outputs.st_each).toEqual({
      results: [
        [{ ran: 'a' }, { ran: 'b' }],
        [{ ran: 'a' }, { ran: 'b' }],
      ],
    });
  });

  it('over nothing is passed', () => {
    const session = looping({ each: each([]) });
    expect(session.ran).toEqual(['each', 'after']);
    expect(session.decider.state.scopes['root']?.outputs.st_each).toEqual({ results: [] });
  });

  it('counts without asking anything', () => {
    const session = looping({}, { loopType: 'for', iterations: 3, items: null });
    expect(session.ran).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'after']);
  });

  it('checks a while before each iteration, a doWhile before each but the first', () => {
    let left = 2;
    const counted: Player = () => ({ output: { goesOn: (left -= 1) >= 0 } });
    expect(looping({ each: counted }, { loopType: 'while', condition: 'x' }).ran).toEqual([
      'each',
      'a',
      'b',
      'each',
      'a',
      'b',
      'each',
      'after',
    ]);
    const never: Player = () => ({ output: { goesOn: false } });
    expect(looping({ each: never }, { loopType: 'doWhile', condition: 'x' }).ran).toEqual([
      'a',
      'b',
      'each',
      'after',
    ]);
  });

  it('that never ends becomes a question', () => {
    const always: Player = () => ({ output: { goesOn: true } });
    const session = looping({ each: always }, { loopType: 'while', condition: 'true' });
    expect(session.ran).toHaveLength(3 * 1000 + 0);
    expect(session.status).toBe('waiting-for-input');
    expect(session.decider.state.questions).toMatchObject([
      { kind: 'repair', stateId: 'st_each', error: { code: 'iteration_limit' } },
    ]);
    expect(session.act('skip')).toContain('skipped');
    expect(session.status).toBe('completed');
  });

  it('of too many items is refused before the first', () => {
    const session = looping({ each: each(Array<JsonValue>(1001).fill(1)) });
    expect(session.ran).toEqual(['each']);
    expect(session.decider.state.questions).toMatchObject([{ error: { code: 'iteration_limit' } }]);
  });

  it('drops the scopes of iterations that are done, and keeps what they put out last', () => {
    let ran = 0;
    const b: Player = () => ({ output: { ran: (ran += 1) } });
    const { scopes } = looping({ each: each([1, 2, 3]), b }).decider.state;
    expect(Object.keys(scopes)).toEqual(['root']);
    expect(scopes['root']?.echoes).toMatchObject({ st_b: { ran: 3 } });
  });

  it('that fails inside goes on by its own error path', () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          loop('each', { loopType: 'for', iterations: 2 }),
          within('each', tool('a')),
          tool('rescue'),
          tool('after'),
        ],
        ['start -> each', 'each -enter-> a', 'each -error-> rescue', 'each -> after'],
      ),
      { a: () => ({ error: 'Out of order.', code: 'broken' }) },
    );
    session.act('start');
    expect(session.ran).toEqual(['a', 'rescue']);
    expect(session.decider.state.scopes['root']?.outputs.st_each).toEqual({
      error: 'Out of order.',
      errorCode: 'broken',
    });
  });

  it('that fails leaves what its blocks had put out to those after it', () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          loop('outer', { loopType: 'for', iterations: 1 }),
          within('outer', loop('each', { loopType: 'for', iterations: 2 })),
          within('each', tool('a')),
          within('each', tool('b')),
          within('outer', tool('rescue')),
          tool('after'),
        ],
        [
          'start -> outer',
          'outer -enter-> each',
          'each -enter-> a',
          'a -> b',
          'each -error-> rescue',
          'outer -> after',
        ],
      ),
      { b: () => ({ error: 'Out of order.' }) },
    );
    session.act('start');
    expect(session.ran).toEqual(['a', 'b', 'rescue', 'after']);
    expect(session.decider.state.scopes['root']?.echoes).toMatchObject({ st_a: { ran: 'a' } });
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('leaves nothing to read once one has gone back before it', () => {
    const session = new Rehearsal(
      journey(
        [
          start(slot('x')),
          loop('each', { loopType: 'for', iterations: 2 }),
          within('each', tool('a')),
          form('late', [slot('y')]),
        ],
        ['start -> each', 'each -enter-> a', 'each -> late'],
      ),
    );
    session.give({ x: '1' });
    expect(session.decider.state.scopes['root']?.echoes).toEqual({ st_a: { ran: 'a' } });
    session.act('back');
    expect(session.decider.state.scopes['root']?.echoes).toEqual({});
  });

  it('that fails inside without one asks about the block', () => {
    let broken = true;
    const session = looping({
      each: each([1, 2]),
      a: () => (broken ? { error: 'Out of order.' } : { output: 1 }),
    });
    expect(session.decider.state.questions).toMatchObject([{ kind: 'repair', stateId: 'st_a' }]);
    broken = false;
    session.act('retry');
    expect(session.status).toBe('completed');
  });

  it('rests in a pause and goes on after it', () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          loop('each', { loopType: 'for', iterations: 3 }),
          within('each', timer('nap', 5000)),
        ],
        ['start -> each', 'each -enter-> nap'],
      ),
    );
    session.act('start');
    const timers = () => Object.keys(session.decider.state.timers) as `tmr_${string}`[];
    session.turn({ type: 'timer-fired', timerId: timers()[0] ?? 'tmr_' });
    session.act('pause');
    session.turn({ type: 'timer-fired', timerId: timers()[0] ?? 'tmr_' });
    expect(timers()).toEqual([]);
    session.act('resume');
    expect(timers()).toHaveLength(1);
    session.act('skip');
    expect(session.status).toBe('completed');
  });

  it('keeps the variables that were set in it when one goes back behind it', () => {
    let set = 0;
    const session = new Rehearsal(
      journey(
        [
          start(),
          loop('each', { loopType: 'for', iterations: 2 }),
          within('each', tool('set')),
          form('late', [slot('a')]),
          form('later', [slot('b')]),
        ],
        ['start -> each', 'each -enter-> set', 'each -> late', 'late -> later'],
        { n: 0 },
      ),
      { set: () => ({ output: {}, variables: { n: (set += 1) } }) },
    );
    session.act('start');
    session.give({ a: '1' });
    session.act('back');
    expect(session.decider.state.variables).toEqual({ n: set });
    expect(session.replayed()).toEqual(session.decider.state);
  });
});

describe('questions in a loop', () => {
  const asking = () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          loop('Guests', { loopType: 'forEach' }),
          within('Guests', form('meal', [slot('dish')])),
          within('Guests', tool('order', { sideEffect: 'write' })),
        ],
        ['start -> Guests', 'Guests -enter-> meal', 'meal -> order'],
      ),
      { Guests: each(['Ada', 'Bo']) },
    );
    return { session, first: session.act('start') };
  };

  it('name the item that they are about', () => {
    const { session, first } = asking();
    expect(first).toBe('"Guests", 1 of 2: Ada.\nWhat is the dish?');
    session.give({ dish: 'soup' });
    expect(session.act('confirm')).toContain('"Guests", 2 of 2: Bo.');
  });

  it('can be gone back to within an iteration', () => {
    const { session } = asking();
    session.give({ dish: 'soup' });
    expect(session.act('back')).toContain('What is the dish?');
    session.give({ dish: 'stew' });
    session.act('confirm');
    session.give({ dish: 'pie' });
    session.act('confirm');
    expect(session.status).toBe('completed');
    expect(session.decider.state.scopes['root']?.outputs.st_Guests).toMatchObject({
      results: [
        [{ dish: 'stew' }, {}],
        [{ dish: 'pie' }, {}],
      ],
    });
  });

  it('that were answered in earlier iterations are not lost without a yes', () => {
    const session = new Rehearsal(
      journey(
        [
          start(slot('who')),
          loop('Guests', { loopType: 'for', iterations: 2 }),
          within('Guests', form('meal', [slot('dish')])),
        ],
        ['start -> Guests', 'Guests -enter-> meal'],
      ),
    );
    session.give({ who: 'x' });
    expect(session.act('back')).not.toContain('Shall I?');
    session.give({ who: 'x' });
    session.give({ dish: 'soup' });
    expect(session.act('status')).toContain('"Guests", 2 of 2.');
    expect(session.act('back')).toBe('Going back means doing this again: Guests. Shall I?');
    expect(session.act('confirm', { confirmed: false })).toContain('I left it as it was.');
    session.act('back');
    expect(session.act('confirm')).toBe('What is the who?');
  });

  it('that did something outside in an earlier iteration warn before the loop is gone back behind', () => {
    const eager = new Rehearsal(orders(), {}, { config: { askForConfirmation: false } });
    eager.give({ who: 'x' });
    expect(eager.ran).toEqual(['order', 'order']);
    const session = new Rehearsal(orders());
    session.give({ who: 'x' });
    session.act('confirm');
    expect(session.act('back')).toContain('Going back means doing this again: Guests');
    session.act('confirm');
    expect(session.give({ who: 'y' })).toContain('was started once already');
  });

  const orders = () =>
    journey(
      [
        start(slot('who')),
        loop('Guests', { loopType: 'for', iterations: 2 }),
        within('Guests', tool('order', { sideEffect: 'write' })),
      ],
      ['start -> Guests', 'Guests -enter-> order'],
    );

  it('for what a block lacks are asked once, not once an item', () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          loop('each', { loopType: 'for', iterations: 3 }),
          within('each', inputs('send~inputs', [slot('channel')])),
          within('each', { ...tool('send'), inputs: 'st_send~inputs' } as ReturnType<typeof tool>),
        ],
        ['start -> each', 'each -enter-> send~inputs', 'send~inputs -> send'],
      ),
    );
    session.act('start');
    session.give({ channel: '#sales' });
    expect(session.ran).toEqual(['send', 'send', 'send']);
    expect(session.decider.state.scopes['root']?.outputs.st_each).toEqual({
      results: [[{ ran: 'send' }], [{ ran: 'send' }], [{ ran: 'send' }]],
    });
  });
});

describe('a parallel', () => {
  it('runs a batch at a time, and keeps the results in order', () => {
    const session = new Rehearsal(
      journey(
        [start(), parallel('all', { count: 5, batchSize: 2 }), within('all', timer('nap', 1000))],
        ['start -> all', 'all -enter-> nap'],
      ),
    );
    session.act('start');
    const timers = () => Object.keys(session.decider.state.timers) as `tmr_${string}`[];
    expect(timers()).toHaveLength(2);
    // The second branch of the first batch ends first.
    session.turn({ type: 'timer-fired', timerId: timers()[1] ?? 'tmr_' });
    expect(timers()).toHaveLength(1);
    session.turn({ type: 'timer-fired', timerId: timers()[0] ?? 'tmr_' });
    expect(timers()).toHaveLength(2);
    for (const timerId of timers()) session.turn({ type: 'timer-fired', timerId });
    expect(timers()).toHaveLength(1);
    session.act('skip');
    expect(session.status).toBe('completed');
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('asks the questions of its branches one after another', () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          parallel('all', { parallelType: 'collection' }),
          within('all', form('ask', [slot('age')])),
        ],
        ['start -> all', 'all -enter-> ask'],
      ),
      { all: each(['Ada', 'Bo']) },
    );
    expect(session.act('start')).toBe('About "all", 1 of 2 (Ada):\nWhat is the age?');
    expect(session.give({ age: '3' })).toBe('About "all", 2 of 2 (Bo):\nWhat is the age?');
    session.give({ age: '4' });
    expect(session.decider.state.scopes['root']?.outputs.st_all).toMatchObject({
      results: [[{ age: '3' }], [{ age: '4' }]],
    });
  });

  it('ends the whole run with a response of one branch', () => {
    const session = new Rehearsal(
      journey(
        [start(), parallel('all', { count: 3 }), within('all', response('done')), tool('after')],
        ['start -> all', 'all -enter-> done', 'all -> after'],
      ),
    );
    session.act('start');
    expect(session.status).toBe('completed');
    expect(session.output).toEqual({ ran: 'done' });
    expect(session.ran).not.toContain('after');
  });
});
