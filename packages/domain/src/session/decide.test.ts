import { describe, expect, it } from 'vitest';
import { form, fork, journey, response, slot, start, timer, tool } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';
import { decide } from './decide.js';
import { copy } from './copy.js';
import type { TimerId } from './types.js';

const refund = () =>
  journey(
    [
      start(slot('order'), slot('amount', { type: 'number' })),
      fork(
        'check',
        { id: 'big', title: 'if', expression: '<start.amount> > 100' },
        { id: 'small', title: 'else', expression: null },
      ),
      form('approval', [slot('approved', { type: 'boolean' })]),
      tool('pay', { sideEffect: 'write' }),
      response('answer'),
    ],
    [
      'start -> check',
      'check -branch:big-> approval',
      'check -branch:small-> pay',
      'approval -> pay',
      'pay -> answer',
    ],
  );

describe('slots', () => {
  it('asks one after another and takes what is given', () => {
    const session = new Rehearsal(refund(), { check: () => ({ output: {}, branchId: 'small' }) });
    expect(session.status).toBe('waiting-for-input');
    expect(session.say('A1', 'provide-value', [{ slot: 'order', value: 'A1' }])).toContain(
      'amount',
    );
    expect(session.say('lots', 'provide-value')).toContain('not a number');
    session.say('12', 'provide-value', [{ slot: 'amount', value: 12 }]);
    expect(session.decider.state.scopes['root']?.outputs['st_start']).toEqual({
      order: 'A1',
      amount: 12,
    });
  });

  it('takes a question for the message that a chat starts with', () => {
    const session = new Rehearsal(journey([start(slot('input'))], []));
    expect(session.say('how do I reset it?', 'ask-question')).toContain('how do I reset it?');
    expect(session.status).toBe('completed');
  });

  it('offers a way out after three refusals', () => {
    const session = new Rehearsal(journey([start(slot('n', { type: 'number' }))], []));
    session.say('x', 'provide-value');
    session.say('y', 'provide-value');
    expect(session.say('z', 'provide-value')).toContain('stuck');
  });

  it('needs no question where the input is given, and waits for start', () => {
    const session = new Rehearsal(refund(), {}, { initialInput: { order: 'A1', amount: 3 } });
    expect(session.status).toBe('not-started');
    expect(session.ran).toEqual([]);
    session.act('start');
    expect(session.ran).toContain('check');
  });

  it('asks a form for its optional slots too, and lets them be skipped', () => {
    const session = new Rehearsal(
      journey([start(), form('f', [slot('note', { required: false })])], ['start -> f']),
    );
    expect(session.act('start')).toContain('optional');
    session.act('skip');
    expect(session.status).toBe('completed');
  });

  it('does not skip what is needed', () => {
    const session = new Rehearsal(refund());
    expect(session.act('skip')).toContain('cannot go on without');
    expect(session.status).toBe('waiting-for-input');
  });
});

describe('side effects', () => {
  const opened = () => {
    const session = new Rehearsal(refund(), { check: () => ({ output: {}, branchId: 'small' }) });
    session.give({ order: 'A1', amount: 3 });
    return session;
  };

  it('wait for a yes', () => {
    const session = opened();
    expect(session.ran).toEqual(['check']);
    session.say('yes', 'confirm');
    expect(session.ran).toEqual(['check', 'pay', 'answer']);
    expect(session.status).toBe('completed');
  });

  it('do not happen on a no, and can be had after all', () => {
    const session = opened();
    expect(session.say('no', 'deny')).toContain('have not done');
    expect(session.ran).toEqual(['check']);
    session.act('retry');
    expect(session.ran).toContain('pay');
  });

  it('do not happen on anything but a yes', () => {
    const session = opened();
    session.say('maybe', 'out-of-scope');
    session.say('approve it', 'ask-question');
    expect(session.ran).toEqual(['check']);
  });

  it('happen unasked where confirmation is off', () => {
    const session = new Rehearsal(
      refund(),
      { check: () => ({ output: {}, branchId: 'small' }) },
      { config: { askForConfirmation: false } },
    );
    session.give({ order: 'A1', amount: 3 });
    expect(session.status).toBe('completed');
  });

  it('ask again before they are done a second time', () => {
    const session = new Rehearsal(
      journey(
        [start(slot('a')), tool('pay', { sideEffect: 'write' }), form('f', [slot('b')])],
        ['start -> pay', 'pay -> f'],
      ),
    );
    session.give({ a: '1' });
    session.say('yes', 'confirm');
    expect(session.act('back')).toContain('doing this again: pay');
    session.say('yes', 'confirm');
    session.give({ a: '2' });
    expect(session.ran).toEqual(['pay']);
    session.say('yes', 'confirm');
    expect(session.ran).toEqual(['pay', 'pay']);
  });
});

describe('commands', () => {
  it('pause and resume keep the place', () => {
    const session = new Rehearsal(refund());
    session.act('pause');
    expect(session.status).toBe('paused');
    expect(session.say('A1', 'provide-value', [{ slot: 'order', value: 'A1' }])).toContain(
      'paused',
    );
    expect(session.act('resume')).toContain('order');
    expect(session.status).toBe('waiting-for-input');
  });

  it('cancel and restart ask first', () => {
    const session = new Rehearsal(refund());
    session.give({ order: 'A1' });
    expect(session.act('cancel')).toContain('really');
    expect(session.say('no', 'deny')).toContain('amount');
    session.act('restart');
    expect(session.say('yes', 'confirm')).toContain('order');
    session.act('cancel');
    session.say('yes', 'confirm');
    expect(session.status).toBe('cancelled');
    session.act('restart');
    expect(session.status).toBe('waiting-for-input');
  });

  it('back takes the latest answer back', () => {
    const session = new Rehearsal(refund());
    session.give({ order: 'A1' });
    expect(session.act('back')).toContain('order');
    session.give({ order: 'A2', amount: 1 });
    expect(session.decider.state.scopes['root']?.outputs['st_start']).toEqual({
      order: 'A2',
      amount: 1,
    });
  });

  it('a correction of an earlier answer runs again what follows from it', () => {
    const session = new Rehearsal(refund(), {
      check: () => ({ output: {}, branchId: 'big' }),
    });
    session.give({ order: 'A1', amount: 500 });
    expect(session.ran).toEqual(['check']);
    session.say('make it 90', 'modify-input', [{ slot: 'amount', value: 90, type: 'number' }]);
    expect(session.ran).toEqual(['check', 'check']);
    expect(session.decider.state.scopes['root']?.outputs['st_start']).toEqual({
      order: 'A1',
      amount: 90,
    });
  });

  it('repeat says the last reply again', () => {
    const session = new Rehearsal(refund());
    const asked = session.give({ order: 'A1' });
    expect(session.say('again?', 'repeat')).toBe(asked);
  });

  it('repeat says once what was put twice since', () => {
    const session = new Rehearsal(
      journey(
        [start(), form('f', [slot('a')]), timer('nap', 5_000), form('g', [slot('b')])],
        ['start -> f', 'start -> nap', 'nap -> g'],
      ),
    );
    session.act('start');
    const [timerId] = Object.keys(session.decider.state.timers) as TimerId[];
    session.turn({ type: 'timer-fired', timerId: timerId ?? 'tmr_0' });
    const said = session.say('again?', 'repeat');
    expect(said.match(/What is the a\?/g)).toHaveLength(1);
    expect(said).toMatch(/go on by myself[^]*wait is over[^]*What is the a\?$/);
  });

  it('every command is answered in every status', () => {
    const actions = [
      'start',
      'pause',
      'resume',
      'cancel',
      'skip',
      'retry',
      'back',
      'restart',
      'status',
      'explain',
      'answer',
      'confirm',
      'switch-mode',
    ] as const;
    const stages: ((session: Rehearsal) => void)[] = [
      () => undefined,
      (session) => session.give({ order: 'A1' }),
      (session) => session.act('pause'),
      (session) => session.act('cancel', { confirmed: true }),
      (session) => session.give({ order: 'A1', amount: 1 }),
    ];
    for (const stage of stages) {
      for (const action of actions) {
        const session = new Rehearsal(refund(), {
          check: () => ({ output: {}, branchId: 'small' }),
        });
        stage(session);
        expect(session.act(action), `${action} at ${session.status}`).not.toBe('');
      }
    }
  });
});

describe('the log', () => {
  it('rebuilds the state', () => {
    const session = new Rehearsal(refund(), { check: () => ({ output: {}, branchId: 'big' }) });
    session.say('A1', 'provide-value', [{ slot: 'order', value: 'A1' }]);
    session.say('nonsense', 'provide-value');
    session.give({ amount: 500 });
    session.act('back');
    session.give({ amount: 700 });
    session.give({ approved: true });
    session.say('yes', 'confirm');
    expect(session.status).toBe('completed');
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('decide leaves the state it is given as it was', () => {
    const session = new Rehearsal(refund());
    const state = copy(session.decider.state);
    const before = copy(state);
    decide(
      refund(),
      state,
      { type: 'act', action: 'pause', parameters: {} },
      '2026-03-14T09:00:00Z',
    );
    expect(state).toEqual(before);
  });
});

describe('what a form shows', () => {
  const shown = () => {
    const session = new Rehearsal(
      journey(
        [start(), form('look', [], [{ kind: 'text', text: 'Look at this.' }])],
        ['start -> look'],
      ),
    );
    session.act('start');
    return session;
  };

  it('is not shown again where the session itself is asked about', () => {
    expect(shown().act('cancel')).toBe('Do you really want to cancel? What was done stays done.');
  });

  it('is not explained as something that acts outside', () => {
    const said = shown().act('explain');
    expect(said).toContain('It needs your decision.');
    expect(said).not.toContain('outside');
  });
});

describe('explanations', () => {
  it('come from the branch that was taken and the values given', () => {
    const session = new Rehearsal(refund(), { check: () => ({ output: {}, branchId: 'big' }) });
    session.give({ order: 'A1', amount: 500 });
    const said = session.act('explain');
    expect(said).toContain('approval');
    expect(said).toContain('because amount > 100 (amount: 500)');
  });
});
