import { describe, expect, it } from 'vitest';
import { fork, form, journey, slot, start, timer, tool } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';
import type { ExecutionConfig } from './types.js';

const pay = tool('pay', { sideEffect: 'write' });

function rehearse(execution: Partial<ExecutionConfig>) {
  return new Rehearsal(
    journey([start(slot('a')), tool('look'), pay], ['start -> look', 'look -> pay']),
    {},
    { execution },
  );
}

describe('step by step', () => {
  it('asks before each step, and once before what acts outside', () => {
    const session = rehearse({ executionMode: 'step-by-step' });
    expect(session.give({ a: '1' })).toBe('Next is "look". Shall I go on?');
    expect(session.ran).toEqual([]);
    expect(session.say('yes', 'confirm')).toBe(
      'Next is "pay", which acts outside this conversation. Shall I do it?',
    );
    expect(session.ran).toEqual(['look']);
    session.say('yes', 'confirm');
    expect(session.ran).toEqual(['look', 'pay']);
    expect(session.status).toBe('completed');
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('waits where the answer is no, until it is yes', () => {
    const session = rehearse({ executionMode: 'step-by-step' });
    session.give({ a: '1' });
    expect(session.say('no', 'deny')).toBe(
      'All right, I wait. Say "yes" when I may go on, or "skip" to leave "look" out.',
    );
    expect(session.status).toBe('waiting-for-input');
    session.say('yes', 'confirm');
    expect(session.ran).toEqual(['look']);
  });

  it('leaves out a step that is skipped', () => {
    const session = rehearse({ executionMode: 'step-by-step' });
    session.give({ a: '1' });
    expect(session.act('skip')).toContain('I skipped "look".');
    expect(session.decider.state.questions[0]).toMatchObject({ stateId: 'st_pay' });
    expect(session.ran).toEqual([]);
  });

  it('does not skip a decision that the rest hangs on', () => {
    const session = new Rehearsal(
      journey(
        [start(), fork('which'), form('f', [slot('b')])],
        ['start -> which', 'which -branch:if-> f'],
      ),
      { which: () => ({ output: {}, branchId: 'if' }) },
      { execution: { executionMode: 'step-by-step' } },
    );
    session.act('start');
    expect(session.act('skip')).toContain('The rest hangs on "which", so I cannot leave it out.');
    expect(session.say('no', 'deny')).toBe('All right, I wait. Say "yes" when I may go on.');
    session.say('yes', 'confirm');
    expect(session.ran).toEqual(['which']);
  });
});

describe('an autonomous session', () => {
  it('asks for what is missing and goes on to the end by itself', () => {
    const session = rehearse({ executionMode: 'autonomous' });
    expect(session.status).toBe('waiting-for-input');
    session.give({ a: '1' });
    expect(session.ran).toEqual(['look', 'pay']);
    expect(session.status).toBe('completed');
  });

  it('asks before it does again what was done', () => {
    const session = new Rehearsal(
      journey([start(slot('a')), pay, form('f', [slot('b')])], ['start -> pay', 'pay -> f']),
      {},
      { execution: { executionMode: 'autonomous' } },
    );
    session.give({ a: '1' });
    session.act('back');
    session.say('yes', 'confirm');
    expect(session.give({ a: '2' })).toContain('"pay" was started once already.');
    expect(session.ran).toEqual(['pay']);
  });
});

describe('a pause point', () => {
  it.each([
    ['the name', 'pay'],
    ['the id', 'block-pay'],
  ])('told by %s pauses before its block, once', (_, point) => {
    const session = new Rehearsal(
      journey(
        [start(slot('a')), tool('look'), { ...pay, blockId: 'block-pay' }],
        ['start -> look', 'look -> pay'],
      ),
      {},
      { execution: { pausePoints: [point], executionMode: 'autonomous' } },
    );
    expect(session.give({ a: '1' })).toBe('I pause here, before "pay". Say "resume" to go on.');
    expect([session.status, session.ran]).toEqual(['paused', ['look']]);
    session.act('resume');
    expect([session.status, session.ran]).toEqual(['completed', ['look', 'pay']]);
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('holds again when it was gone back past', () => {
    const session = new Rehearsal(
      journey(
        [start(slot('a')), tool('look'), form('f', [slot('b')])],
        ['start -> look', 'look -> f'],
      ),
      {},
      { execution: { pausePoints: ['look'] } },
    );
    session.give({ a: '1' });
    session.act('resume');
    session.act('back');
    session.give({ a: '2' });
    expect([session.status, session.ran]).toEqual(['paused', ['look']]);
  });

  it('lets what stands beside it finish, and begins no wait', () => {
    const session = new Rehearsal(
      journey(
        [start(), tool('slow'), tool('held'), timer('nap', 5)],
        ['start -> slow', 'start -> held', 'slow -> nap'],
      ),
      { slow: () => 'pending' },
      { execution: { pausePoints: ['held'] } },
    );
    session.act('start');
    expect(session.status).toBe('paused');
    session.finish('slow', 1);
    expect(session.decider.state.timers).toEqual({});
    session.act('resume');
    expect(Object.keys(session.decider.state.timers)).toHaveLength(1);
    expect(session.ran).toEqual(['slow', 'held']);
  });
});

describe('the time-out of the whole', () => {
  const timed = (execution: Partial<ExecutionConfig> = { timeoutMs: 60_000 }) =>
    new Rehearsal(
      journey([start(slot('a')), tool('slow'), timer('nap', 5)], ['start -> slow', 'start -> nap']),
      { slow: () => 'pending' },
      { execution },
    );
  const deadlineOf = (session: Rehearsal) => session.decider.state.deadline;

  it('ends the session, and calls off what is under way', () => {
    const session = timed();
    expect(deadlineOf(session)?.fireAt).toMatch(/^2026-03-14T09:01:0/);
    session.give({ a: '1' });
    const before = session.effects.length;
    const said = session.turn({ type: 'timer-fired', timerId: deadlineOf(session)?.id ?? 'tmr_' });
    expect(said).toContain('took longer than it may, so I stopped.');
    expect(session.status).toBe('failed');
    expect(session.decider.state.error).toMatchObject({ code: 'execution_timeout' });
    expect(session.effects.slice(before).map(({ type }) => type)).toEqual([
      'cancel-run',
      'cancel-timer',
    ]);
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('is called off with the end of the session', () => {
    const session = timed();
    const deadline = deadlineOf(session);
    session.act('cancel', { confirmed: true });
    expect(session.effects).toContainEqual({ type: 'cancel-timer', timerId: deadline?.id });
    expect(deadlineOf(session)).toBeUndefined();
  });

  it('begins anew when the session does', () => {
    const session = timed();
    const first = deadlineOf(session);
    session.act('restart', { confirmed: true });
    expect(deadlineOf(session)?.id).not.toBe(first?.id);
    expect(session.turn({ type: 'timer-fired', timerId: first?.id ?? 'tmr_' })).toBe('');
    expect(session.status).toBe('waiting-for-input');
  });

  it('is not there where none was asked for', () => {
    expect(deadlineOf(timed({}))).toBeUndefined();
  });
});
