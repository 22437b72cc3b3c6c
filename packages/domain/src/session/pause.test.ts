import { describe, expect, it } from 'vitest';
import { form, journey, slot, start, timer, tool } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';
import { createDecider } from './decide.js';
import { initialState, DEFAULT_CONFIG } from './evolve.js';
import type { RunId } from './types.js';

const NOW = '2026-03-14T09:00:00Z';

describe('a pause', () => {
  it('lets a block that is under way finish and begins nothing before it is over', () => {
    const decider = createDecider(
      journey(
        [start(), tool('a'), timer('nap', 5), tool('b')],
        ['start -> a', 'a -> nap', 'a -> b'],
      ),
      initialState(),
    );
    const act = (action: 'start' | 'pause' | 'resume') =>
      decider.take({ type: 'act', action, parameters: {} }, NOW);
    decider.take(
      {
        type: 'open',
        config: DEFAULT_CONFIG,
        execution: { timeZone: null, sessionTimeoutMs: null },
        initialInput: {},
        mode: 'conversational',
      },
      NOW,
    );
    act('start');
    act('pause');
    const [runId] = Object.keys(decider.state.runs) as RunId[];
    const done = { output: 1, branchId: null, variables: null, durationMs: 1 };
    const finished = decider.take(
      { type: 'block-succeeded', runId: runId ?? 'run_0', ...done },
      NOW,
    );
    expect(finished.effects).toEqual([]);
    expect(decider.state.status).toBe('paused');
    expect(act('resume').effects.map(({ type }) => type)).toEqual(['start-timer', 'run-block']);
  });

  it('does not take a side effect that was gone back past for a wait that is over', () => {
    const session = new Rehearsal(
      journey(
        [start(slot('a')), tool('pay', { sideEffect: 'write' }), form('f', [slot('b')])],
        ['start -> pay', 'pay -> f'],
      ),
    );
    session.give({ a: '1' });
    session.say('yes', 'confirm');
    session.act('back');
    session.say('yes', 'confirm');
    session.act('pause');
    expect(session.act('resume')).toContain('What is the a?');
    session.give({ a: '2' });
    expect(session.decider.state.questions[0]).toMatchObject({ stateId: 'st_pay' });
    expect(session.ran).toEqual(['pay']);
  });

  it('is not said to be over when a cancel in it is taken back', () => {
    const session = new Rehearsal(journey([start(slot('a'))], []));
    session.act('pause');
    session.act('cancel');
    expect(session.say('no', 'deny')).toBe('We are paused. Say "resume" to go on.');
  });

  it('ends where the person goes back in it', () => {
    const session = new Rehearsal(
      journey(
        [start(slot('a')), tool('pay', { sideEffect: 'write' }), form('f', [slot('b')])],
        ['start -> pay', 'pay -> f'],
      ),
    );
    session.give({ a: '1' });
    session.say('yes', 'confirm');
    session.act('back');
    session.act('pause');
    expect(session.say('yes', 'confirm')).toContain('What is the a?');
    expect(session.status).toBe('waiting-for-input');
  });
});

describe('a greeting', () => {
  it('is returned with the way on where the session rests', () => {
    const session = new Rehearsal(journey([start(slot('a'))], []));
    expect(session.say('hello', 'greet')).toBe('Hello!\nWhat is the a?');
    session.act('pause');
    expect(session.say('hello', 'greet')).toBe('Hello!\nWe are paused. Say "resume" to go on.');
    session.act('resume');
    session.give({ a: 'x' });
    expect(session.say('hello', 'greet')).toBe(
      'Hello!\nThis conversation is complete. Say "restart" to begin again.',
    );
  });
});
