import { describe, expect, it } from 'vitest';
import {
  form,
  inputs,
  journey,
  loop,
  parallel,
  slot,
  start,
  timer,
  tool,
  within,
} from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';
import { viewSession } from './view.js';

describe('a question about the session', () => {
  const resting = (then: ReturnType<typeof tool>[]) =>
    journey(
      [
        start(),
        loop('each', { loopType: 'for', iterations: 2 }),
        within('each', form('ask', [slot('a')])),
        within('each', tool('send', { sideEffect: 'write' })),
        within('each', timer('nap', 5000)),
        ...then.map((state) => within('each', state)),
        form('rescue', [slot('b')]),
      ],
      [
        'start -> each',
        'each -enter-> ask',
        'ask -> send',
        'send -> nap',
        ...(then.length > 0 ? ['nap -> break', 'each -error-> rescue'] : ['each -> rescue']),
      ],
    );
  const asked = (action: 'back' | 'cancel', then: ReturnType<typeof tool>[] = []) => {
    const plan = resting(then);
    const session = new Rehearsal(
      plan,
      { break: () => ({ error: 'Out of order.' }) },
      { config: { askForConfirmation: false } },
    );
    session.act('start');
    session.give({ a: '1' });
    session.act(action);
    const [timerId = 'tmr_'] = Object.keys(session.decider.state.timers) as `tmr_${string}`[];
    session.turn({ type: 'timer-fired', timerId });
    expect(session.replayed()).toEqual(session.decider.state);
    return { session, awaiting: viewSession(plan, session.decider.state).awaiting };
  };

  it('whether to go back in an iteration ends with the iteration', () => {
    const { session, awaiting } = asked('back');
    expect(awaiting).toMatchObject({ kind: 'slots', prompt: 'What is the a?' });
    session.give({ a: '2' });
    expect(session.ran).toEqual(['send', 'send']);
  });

  it.each([
    ['ends', []],
    ['fails', [tool('break')]],
  ])('whether to cancel stays where the iteration in which it was asked %s', (_, then) => {
    const { session, awaiting } = asked('cancel', then);
    expect(awaiting).toMatchObject({ kind: 'confirmation' });
    session.act('confirm');
    expect(session.status).toBe('cancelled');
  });
});

describe('questions for what a block lacks', () => {
  it('are asked once for all items, those that an answer brings up too', () => {
    const send = { ...tool('send', { blockType: 'gmail_v2' }), inputs: 'st_send~inputs' };
    const session = new Rehearsal(
      journey(
        [
          start(),
          loop('each', { loopType: 'for', iterations: 3 }),
          within('each', inputs('send~inputs', [slot('operation')])),
          within('each', send as ReturnType<typeof tool>),
        ],
        ['start -> each', 'each -enter-> send~inputs', 'send~inputs -> send'],
      ),
    );
    session.act('start');
    session.give({ operation: 'search_gmail' });
    expect(session.decider.state.questions).toMatchObject([{ focus: 'query' }]);
    session.give({ query: 'from:ada' });
    expect(session.ran).toEqual(['send', 'send', 'send']);
  });
});

describe('going back in a branch', () => {
  it('asks that branch first, not the one whose question was pending', () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          parallel('all', { count: 2 }),
          within('all', form('ask', [slot('age')])),
          within('all', timer('nap', 1000)),
        ],
        ['start -> all', 'all -enter-> ask', 'ask -> nap'],
      ),
    );
    expect(session.act('start')).toContain('1 of 2');
    expect(session.give({ age: '3' })).toContain('2 of 2');
    expect(session.act('back')).toContain('1 of 2');
    expect(session.give({ age: '4' })).toContain('2 of 2');
    session.give({ age: '5' });
    session.act('skip');
    session.act('skip');
    expect(session.decider.state.scopes.root?.outputs.st_all).toMatchObject({
      results: [
        [{ age: '4' }, {}],
        [{ age: '5' }, {}],
      ],
    });
    expect(session.replayed()).toEqual(session.decider.state);
  });
});
