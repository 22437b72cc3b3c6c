import { describe, expect, it } from 'vitest';
import { form, fork, journey, response, slot, start, timer, tool } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';
import { decide } from './decide.js';
import { copy } from './evolve.js';

const refund = () =>
  journey(
    [
      start(slot('order'), slot('amount', { type: 'number' })),
      fork(
        'check',
        { id: 'big', title: 'if', expression: 'x' },
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

describe('flow', () => {
  it('joins wait for every branch that is taken', () => {
    const session = new Rehearsal(
      journey(
        [start(), tool('a'), tool('b'), tool('join')],
        ['start -> a', 'start -> b', 'a -> join', 'b -> join'],
      ),
    );
    session.act('start');
    expect(session.ran).toEqual(['a', 'b', 'join']);
  });

  it('a join does not wait for a branch that was not taken', () => {
    const session = new Rehearsal(
      journey(
        [
          start(),
          fork(
            'f',
            { id: 'x', title: 'if', expression: '1' },
            { id: 'y', title: 'else', expression: null },
          ),
          tool('a'),
          tool('b'),
          tool('join'),
        ],
        ['start -> f', 'f -branch:x-> a', 'f -branch:y-> b', 'a -> join', 'b -> join'],
      ),
      { f: () => ({ output: {}, branchId: 'x' }) },
    );
    session.act('start');
    expect(session.ran).toEqual(['f', 'a', 'join']);
    expect(session.decider.state.scopes['root']?.nodes['st_b']?.status).toBe('skipped');
    expect(session.output).toEqual({ ran: 'join' });
  });

  it('ends normally where no branch is taken', () => {
    const session = new Rehearsal(
      journey(
        [start(), fork('f', { id: 'x', title: 'if', expression: '1' }), tool('a'), tool('b')],
        ['start -> f', 'f -branch:x-> a', 'a -> b'],
      ),
      { f: () => ({ output: { selectedOption: null } }) },
    );
    session.act('start');
    expect(session.status).toBe('completed');
    expect(session.ran).toEqual(['f']);
  });

  it('goes on by the error path with the error', () => {
    const session = new Rehearsal(
      journey(
        [start(), tool('a', { hasErrorPath: true }), tool('good'), tool('bad')],
        ['start -> a', 'a -> good', 'a -error-> bad'],
      ),
      { a: () => ({ error: 'no luck' }) },
    );
    session.act('start');
    expect(session.ran).toEqual(['a', 'bad']);
    expect(session.decider.state.scopes['root']?.outputs['st_a']).toMatchObject({
      error: 'no luck',
    });
  });

  it('runs again as often as its policy says, under one idempotency key', () => {
    const keys: string[] = [];
    const session = new Rehearsal(
      journey(
        [start(), tool('a', { retry: { maxTries: 3, waitBetweenTriesMs: 5 } })],
        ['start -> a'],
      ),
      {
        a: (run) => {
          keys.push(run.idempotencyKey);
          return run.attempt < 3 ? { error: 'not yet' } : { output: 1 };
        },
      },
    );
    session.act('start');
    expect(session.ran).toEqual(['a', 'a', 'a']);
    expect(new Set(keys).size).toBe(1);
    expect(session.status).toBe('completed');
  });

  it('the first response ends the run and calls off the rest', () => {
    const session = new Rehearsal(
      journey(
        [start(), response('first'), timer('wait', 60_000), tool('late')],
        ['start -> wait', 'start -> first', 'wait -> late'],
      ),
      { first: () => ({ output: { data: 1, status: 200 } }) },
    );
    session.act('start');
    expect(session.output).toEqual({ data: 1, status: 200 });
    expect(session.effects.some(({ type }) => type === 'cancel-timer')).toBe(true);
  });

  it('a join of 20,000 ways is linear and does not overflow', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `n${index}`);
    const session = new Rehearsal(
      journey(
        [start(), ...names.map((name) => tool(name)), tool('join')],
        [...names.map((name) => `start -> ${name}`), ...names.map((name) => `${name} -> join`)],
      ),
    );
    session.act('start');
    expect(session.ran.at(-1)).toBe('join');
    expect(session.status).toBe('completed');
  });
});

describe('repair', () => {
  const failing = (times: number) => {
    let left = times;
    return new Rehearsal(
      journey([start(slot('a')), tool('t'), tool('after')], ['start -> t', 't -> after']),
      { t: () => (left-- > 0 ? { error: 'The server is away.' } : { output: 'ok' }) },
    );
  };

  it('a failed block is a question, and a retry goes on', () => {
    const session = failing(1);
    expect(session.give({ a: '1' })).toContain('The server is away.');
    expect(session.status).toBe('waiting-for-input');
    session.act('retry');
    expect(session.status).toBe('completed');
  });

  it('can be skipped', () => {
    const session = failing(9);
    session.give({ a: '1' });
    session.act('skip');
    expect(session.ran).toEqual(['t', 'after']);
    expect(session.status).toBe('completed');
  });

  it('fails only when the person gives up', () => {
    const session = failing(9);
    session.give({ a: '1' });
    session.act('answer', { option: 'stop' });
    expect(session.status).toBe('failed');
    expect(session.decider.state.error?.message).toBe('The server is away.');
  });

  it('goes back to the input that may be at fault', () => {
    const session = failing(1);
    session.give({ a: '1' });
    session.act('answer', { option: 'change-input' });
    session.give({ a: '2' });
    expect(session.status).toBe('completed');
    expect(session.decider.state.scopes['root']?.outputs['st_start']).toEqual({ a: '2' });
  });

  it('a run that a crash cut off is run again where that is safe, else asked about', () => {
    const written = journey([start(), tool('pay', { sideEffect: 'write' })], ['start -> pay']);
    for (const safe of [true, false]) {
      const session = new Rehearsal(written, {}, { config: { askForConfirmation: false } });
      const state = copy(session.decider.state);
      const started = decide(
        written,
        state,
        { type: 'act', action: 'start', parameters: {} },
        '2026-03-14T09:00:00Z',
      );
      const runId = Object.keys(started.state.runs)[0] as `run_${string}`;
      const after = decide(
        written,
        started.state,
        { type: 'run-lost', runId, safe },
        '2026-03-14T09:00:00Z',
      );
      expect(after.effects.map(({ type }) => type)).toEqual(safe ? ['run-block'] : []);
      expect(after.state.questions.map(({ kind }) => kind)).toEqual(safe ? [] : ['repair']);
    }
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

describe('waits', () => {
  const waiting = () => {
    const session = new Rehearsal(
      journey([start(), timer('nap', 5_000), tool('after')], ['start -> nap', 'nap -> after']),
    );
    session.act('start');
    return session;
  };
  const timerOf = (session: Rehearsal) =>
    Object.keys(session.decider.state.timers)[0] as `tmr_${string}`;

  it('go on by themselves', () => {
    const session = waiting();
    expect(session.status).toBe('running');
    session.turn({ type: 'timer-fired', timerId: timerOf(session) });
    expect(session.status).toBe('completed');
  });

  it('can be cut short', () => {
    const session = waiting();
    session.act('skip');
    expect(session.ran).toEqual(['after']);
  });

  it('that end during a pause go on when it does', () => {
    const session = waiting();
    const timerId = timerOf(session);
    session.act('pause');
    session.turn({ type: 'timer-fired', timerId });
    expect(session.ran).toEqual([]);
    session.act('resume');
    expect(session.status).toBe('completed');
  });

  it('ignore a timer that is gone', () => {
    const session = waiting();
    session.turn({ type: 'timer-fired', timerId: 'tmr_999' });
    expect(session.status).toBe('running');
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

describe('explanations', () => {
  it('come from the branch that was taken and the values given', () => {
    const session = new Rehearsal(refund(), { check: () => ({ output: {}, branchId: 'big' }) });
    session.give({ order: 'A1', amount: 500 });
    const said = session.act('explain');
    expect(said).toContain('approval');
    expect(said).toContain('because x is true');
    expect(said).toContain('500');
  });
});
