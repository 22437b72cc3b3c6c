import { describe, expect, it } from 'vitest';
import { form, journey, slot, start, tool } from '../testing/journeys.js';
import { Rehearsal, type Player } from '../testing/rehearsal.js';

const pending: Player = () => 'pending';
const pay = tool('pay', { sideEffect: 'write' });

/** Two blocks under way at once: one looks, one pays. */
function underWay() {
  const session = new Rehearsal(
    journey(
      [start(slot('a')), tool('look'), pay, form('f', [slot('b')])],
      ['start -> look', 'start -> pay', 'look -> f'],
    ),
    { look: pending, pay: pending },
    { config: { askForConfirmation: false } },
  );
  session.give({ a: '1' });
  expect(Object.keys(session.decider.state.runs)).toHaveLength(2);
  return session;
}

describe('a pause while blocks run', () => {
  it('says that they are finished first', () => {
    const session = underWay();
    expect(session.act('pause')).toBe(
      'Paused. look and pay are still at work and will be finished; nothing new begins before you say "resume".',
    );
    session.finish('look', 1);
    session.finish('pay', 1);
    expect(session.status).toBe('paused');
    expect(session.act('resume')).toContain('What is the b?');
    expect(session.ran).toEqual(['look', 'pay']);
  });

  it('calls them off where that is asked for, and begins them again after a yes where they act', () => {
    const session = underWay();
    expect(session.act('pause', { running: 'cancel' })).toBe('Paused. Say "resume" to go on.');
    expect(session.effects.filter(({ type }) => type === 'cancel-run')).toHaveLength(2);
    expect(session.decider.state.runs).toEqual({});
    expect(session.act('resume')).toContain('"pay" was started once already. Shall I do it again?');
    expect(session.ran).toEqual(['look', 'pay', 'look']);
    const keyOf = () => session.decider.state.scopes['root']?.nodes['st_pay']?.idempotencyKey;
    const key = keyOf();
    session.say('yes', 'confirm');
    expect(session.ran.at(-1)).toBe('pay');
    expect(keyOf()).toBe(key);
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('can be made one that does not wait for them', () => {
    const session = underWay();
    session.act('pause');
    session.act('pause', { running: 'cancel' });
    expect(session.decider.state.runs).toEqual({});
    expect(session.act('pause', { running: 'cancel' })).toBe(
      'We are paused. Say "resume" to go on.',
    );
  });

  it('takes no outcome of what was called off', () => {
    const session = underWay();
    const [runId] = Object.keys(session.decider.state.runs);
    session.act('pause', { running: 'cancel' });
    session.turn({
      type: 'block-succeeded',
      runId: runId as `run_${string}`,
      output: 1,
      branchId: null,
      variables: null,
      durationMs: 1,
    });
    expect(session.decider.state.scopes['root']?.order).toEqual(['st_start']);
  });
});

describe('while a block runs', () => {
  it('skip leaves it out, and its side effect may have happened', () => {
    const session = new Rehearsal(
      journey([start(slot('a')), pay, form('f', [slot('b')])], ['start -> pay', 'pay -> f']),
      { pay: pending },
      { config: { askForConfirmation: false } },
    );
    session.give({ a: '1' });
    expect(session.act('skip')).toContain('I skipped "pay".');
    expect(session.effects.at(-1)).toMatchObject({ type: 'cancel-run' });
    expect(session.decider.state.scopes['root']?.nodes['st_pay']).toMatchObject({
      status: 'done',
      effectDone: true,
    });
    expect(session.decider.state.questions[0]).toMatchObject({ stateId: 'st_f' });
  });

  it('going back past it takes a yes, and so does doing it again', () => {
    const session = new Rehearsal(
      journey([start(slot('a')), pay], ['start -> pay']),
      { pay: pending },
      { config: { askForConfirmation: false } },
    );
    session.give({ a: '1' });
    expect(session.act('back')).toContain('Going back means doing this again: pay. Shall I?');
    session.say('yes', 'confirm');
    expect(session.decider.state.runs).toEqual({});
    expect(session.give({ a: '2' })).toContain('"pay" was started once already.');
    expect(session.ran).toEqual(['pay']);
    expect(session.replayed()).toEqual(session.decider.state);
  });
});

describe('going back to a step', () => {
  const twoForms = () => {
    const session = new Rehearsal(
      journey(
        [start(slot('a')), form('first', [slot('b')]), tool('look'), form('last', [slot('c')])],
        ['start -> first', 'first -> look', 'look -> last'],
      ),
    );
    session.give({ a: '1' });
    session.give({ b: '2' });
    return session;
  };

  it('by its name asks it again and does what follows from it again', () => {
    const session = twoForms();
    expect(session.act('back', { to: 'Start' })).toContain('What is the a?');
    session.give({ a: '3' });
    session.give({ b: '2' });
    expect(session.ran).toEqual(['look', 'look']);
  });

  it('that asks nothing runs it again', () => {
    const session = twoForms();
    expect(session.act('back', { to: 'look' })).toContain('I will do this again: look.');
    expect(session.ran).toEqual(['look', 'look']);
    expect(session.decider.state.questions[0]).toMatchObject({ stateId: 'st_last' });
  });

  it('that is not there says so', () => {
    const session = twoForms();
    expect(session.act('back', { to: 'nowhere' })).toContain(
      'There is no step called nowhere to go back to.',
    );
    expect(session.act('back', { to: 'last' })).toContain('There is no step called last');
  });
});

describe('a write that did not answer', () => {
  const retry = { maxTries: 3, waitBetweenTriesMs: 100 };
  const timeouts = (repeatable: boolean) =>
    new Rehearsal(
      journey([start(slot('a')), tool('pay', { sideEffect: 'write', retry })], ['start -> pay']),
      { pay: () => ({ error: 'It took too long', code: 'timeout', repeatable }) },
      { config: { askForConfirmation: false } },
    );

  it('is not tried again by itself where that may do it twice', () => {
    const session = timeouts(false);
    expect(session.give({ a: '1' })).toContain(
      '"pay" did not answer: It took too long. It may have been done all the same. What shall I do?',
    );
    expect(session.ran).toEqual(['pay']);
    session.act('retry');
    expect(session.ran).toEqual(['pay', 'pay']);
  });

  it('is where its receiver knows the second by its key, each time after a longer pause', () => {
    const session = timeouts(true);
    session.give({ a: '1' });
    expect(session.ran).toEqual(['pay', 'pay', 'pay']);
    const pauses = session.effects.flatMap((effect) =>
      effect.type === 'run-block' ? [effect.delayMs] : [],
    );
    expect(pauses).toEqual([0, 100, 200]);
  });
});
