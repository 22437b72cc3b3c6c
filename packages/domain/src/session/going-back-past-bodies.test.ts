import { describe, expect, it } from 'vitest';
import {
  fork,
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

describe('side effects in a body', () => {
  it('that were gone back past for another branch still warn', () => {
    let branchId = 'x';
    const session = new Rehearsal(
      journey(
        [
          start(slot('who')),
          loop('each', { loopType: 'for', iterations: 1 }),
          within('each', form('ask', [slot('a')])),
          within(
            'each',
            fork(
              'which',
              { id: 'x', title: 'x', expression: 'x' },
              { id: 'y', title: 'y', expression: null },
            ),
          ),
          within('each', tool('send', { sideEffect: 'write' })),
          within('each', form('check', [slot('b')])),
          within('each', tool('leave')),
          form('late', [slot('c')]),
        ],
        [
          'start -> each',
          'each -enter-> ask',
          'ask -> which',
          'which -branch:x-> send',
          'which -branch:y-> leave',
          'send -> check',
          'each -> late',
        ],
      ),
      { which: () => ({ output: {}, branchId }) },
      { config: { askForConfirmation: false } },
    );
    session.give({ who: 'Ada' });
    session.give({ a: '1' });
    expect(session.act('back')).toContain('doing this again: send');
    session.act('confirm');
    branchId = 'y';
    session.give({ a: '2' });
    expect(session.act('back')).toContain('doing this again: each');
    session.act('confirm');
    session.give({ who: 'Bo' });
    branchId = 'x';
    expect(session.give({ a: '1' })).toContain('was started once already');
  });
});

describe('variables that were set in a body', () => {
  it('stay when an iteration fails and one goes back behind it', () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          loop('each', { loopType: 'for', iterations: 1 }),
          within('each', tool('set')),
          within('each', loop('inner', { loopType: 'for', iterations: 2 })),
          within('inner', tool('count')),
          within('inner', tool('break')),
          form('late', [slot('c')]),
          form('later', [slot('d')]),
        ],
        [
          'start -> each',
          'each -enter-> set',
          'set -> inner',
          'inner -enter-> count',
          'count -> break',
          'each -error-> late',
          'late -> later',
        ],
        { n: 0, count: 0 },
      ),
      {
        set: () => ({ output: {}, variables: { n: 1 } }),
        count: () => ({ output: {}, variables: { count: 1 } }),
        break: () => ({ error: 'Out of order.' }),
      },
    );
    session.act('start');
    session.give({ c: '1' });
    session.act('back');
    expect(session.decider.state.variables).toEqual({ n: 1, count: 1 });
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('are not set a second time when it ends', () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          parallel('all', { count: 2 }),
          within('all', tool('set')),
          within('all', timer('nap', 1000)),
          form('late', [slot('c')]),
        ],
        ['start -> all', 'all -enter-> set', 'set -> nap', 'all -> late'],
        { n: '' },
      ),
      { set: ({ id }) => ({ output: {}, variables: { n: id } }) },
    );
    session.act('start');
    const { n } = session.decider.state.variables;
    const timers = Object.keys(session.decider.state.timers) as `tmr_${string}`[];
    // The branch that set it first ends last.
    for (const timerId of timers.reverse()) session.turn({ type: 'timer-fired', timerId });
    expect(session.decider.state.questions).toMatchObject([{ stateId: 'st_late' }]);
    expect(session.decider.state.variables).toEqual({ n });
  });
});

describe('outputs of a body', () => {
  const session = () => {
    const rehearsal = new Rehearsal(
      journey(
        [
          start(slot('who')),
          loop('early', { loopType: 'for', iterations: 1 }),
          within('early', tool('a')),
          form('ask', [slot('x')]),
          loop('each', { loopType: 'for', iterations: 2 }),
          within('each', loop('inner', { loopType: 'for', iterations: 1 })),
          within('inner', inputs('b~inputs', [slot('channel')])),
          within('inner', tool('b')),
          form('late', [slot('c')]),
        ],
        [
          'start -> early',
          'early -enter-> a',
          'early -> ask',
          'ask -> each',
          'each -enter-> inner',
          'inner -enter-> b~inputs',
          'b~inputs -> b',
          'each -> late',
        ],
      ),
    );
    rehearsal.give({ who: 'Ada' });
    rehearsal.give({ x: '1' });
    rehearsal.give({ channel: '#sales' });
    return rehearsal;
  };
  const echoes = ({ decider }: Rehearsal) => Object.keys(decider.state.scopes.root?.echoes ?? {});

  it('are forgotten once it is gone back past, and those before it are not', () => {
    const rehearsal = session();
    expect(echoes(rehearsal)).toEqual(['st_a', 'st_b~inputs', 'st_b', 'st_inner']);
    rehearsal.act('back');
    rehearsal.act('confirm', { confirmed: true });
    expect(echoes(rehearsal)).toEqual(['st_a']);
    expect(rehearsal.replayed()).toEqual(rehearsal.decider.state);
  });

  it('are asked for again then: a wrong answer in it can be mended', () => {
    const rehearsal = session();
    rehearsal.act('back');
    rehearsal.act('confirm', { confirmed: true });
    expect(rehearsal.give({ x: '2' })).toContain('What is the channel');
  });
});
