import { describe, expect, it } from 'vitest';
import { fork, journey, response, slot, start, timer, tool } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';
import { decide } from './decide.js';
import { copy } from './copy.js';

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
