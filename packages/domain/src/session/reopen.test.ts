import { describe, expect, it } from 'vitest';
import { form, journey, loop, slot, start, timer, tool, within } from '../testing/journeys.js';
import { Rehearsal } from '../testing/rehearsal.js';
import { createDecider } from './decide.js';
import { replay } from './evolve.js';
import type { SessionEvent } from './types.js';
import { availableCommands, suggestActions } from './view.js';

const ORDER = journey(
  [start(slot('size'), slot('count', { type: 'number' })), tool('bake')],
  ['start -> bake'],
);

function expired(on = ORDER, prepare: (session: Rehearsal) => void = () => undefined): Rehearsal {
  const session = new Rehearsal(on);
  prepare(session);
  session.turn({ type: 'expire' });
  expect(session.status).toBe('expired');
  return session;
}

describe('an expired session', () => {
  it('says how it can be taken up again', () => {
    const session = expired();
    expect(session.give({ size: 'large' })).toBe(
      'This conversation is over. Say "resume" to go on where we were, or "restart" to begin again.',
    );
    expect(suggestActions(session.decider.state)).toEqual(['resume', 'restart']);
    expect(availableCommands(session.decider.state)).toEqual([
      'resume',
      'restart',
      'status',
      'explain',
    ]);
  });

  it('goes on where it was, with the answers it had', () => {
    const session = expired(ORDER, (it) => it.give({ size: 'large' }));
    expect(session.say('go on', 'resume')).toBe(
      'Welcome back. We go on where we were.\nWhat is the count?',
    );
    expect(session.decider.state.questions).toMatchObject([
      { values: { size: 'large' }, focus: 'count' },
    ]);
    expect(session.events).toContainEqual({ type: 'reopened' });
    session.give({ count: 2 });
    expect(session.status).toBe('completed');
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('may expire and be taken up more than once', () => {
    const session = expired(ORDER, (it) => it.give({ size: 'large' }));
    session.act('resume');
    session.turn({ type: 'expire' });
    session.act('resume');
    expect(session.status).toBe('waiting-for-input');
    expect(session.replayed()).toEqual(session.decider.state);
  });

  it('that was paused goes on without another word for that', () => {
    const session = expired(ORDER, (it) => it.act('pause'));
    expect(session.act('resume')).toContain('What is the size?');
    expect(session.status).toBe('waiting-for-input');
  });

  it('that was never started still waits for its start', () => {
    const session = expired(journey([start(), tool('bake')], ['start -> bake']));
    expect(session.act('resume')).toContain('Say "start"');
    expect(session.status).toBe('not-started');
    session.act('start');
    expect(session.ran).toEqual(['bake']);
  });

  it('is not asked again whether to cancel', () => {
    const session = expired(ORDER, (it) => it.act('cancel'));
    expect(session.act('resume')).not.toContain('cancel');
    expect(session.decider.state.questions).toMatchObject([{ kind: 'slots' }]);
  });

  it('forgets where it was once it is begun again', () => {
    const session = expired(ORDER, (it) => it.give({ size: 'large' }));
    session.act('restart');
    expect(session.decider.state.suspended).toBeUndefined();
    expect(session.decider.state.questions).toMatchObject([{ values: {} }]);
  });

  it('of a release that did not keep where it was says that it cannot be taken up', () => {
    const { events } = expired();
    const old = events.map((event): SessionEvent =>
      event.type === 'expired' ? { type: 'expired' } : event,
    );
    const decider = createDecider(ORDER, replay(old));
    decider.take({ type: 'act', action: 'resume', parameters: {} }, '2026-03-14T09:00:00.000Z');
    expect(decider.state.status).toBe('expired');
    expect(suggestActions(decider.state)).toEqual(['restart']);
    expect(decider.state.lastMessages).toMatchObject([{ params: { canResume: 'no' } }]);
  });
});

describe('what was under way when a session expired', () => {
  const nap = journey(
    [start(), timer('nap', 60_000), tool('bake')],
    ['start -> nap', 'nap -> bake'],
  );
  const resumeAt = (session: Rehearsal, now: string) =>
    session.decider.take({ type: 'act', action: 'resume', parameters: {} }, now);

  it('waits to its own end where that is still to come', () => {
    const session = expired(nap, (it) => it.act('start'));
    const [before] = Object.values(session.decider.state.suspended?.timers ?? {});
    const { effects } = resumeAt(session, '2026-03-14T09:00:30.000Z');
    const [timer_] = Object.values(session.decider.state.timers);
    expect(timer_?.fireAt).toBe(before?.fireAt);
    expect(timer_?.id).not.toBe(before?.id);
    expect(effects).toEqual([{ type: 'start-timer', timer: timer_ }]);
  });

  it('has waited long enough where that is over', () => {
    const session = expired(nap, (it) => it.act('start'));
    const { effects } = resumeAt(session, '2026-03-15T09:00:00.000Z');
    expect(effects).toMatchObject([{ type: 'run-block', run: { stateId: 'st_bake' } }]);
  });

  it.each([
    ['read', 'runs again, under its key'],
    ['write', 'is asked about'],
  ] as const)('a block that does a %s %s', (sideEffect, outcome) => {
    const on = journey([start(), tool('call', { sideEffect })], ['start -> call']);
    const session = new Rehearsal(on, {}, { config: { askForConfirmation: false } });
    const { decider } = session;
    const now = '2026-03-14T09:00:30.000Z';
    const begun = decider.take({ type: 'act', action: 'start', parameters: {} }, now);
    const ended = decider.take({ type: 'expire' }, now);
    expect(ended.effects).toMatchObject([{ type: 'cancel-run' }]);
    const resumed = decider.take({ type: 'act', action: 'resume', parameters: {} }, now);
    if (outcome === 'is asked about') {
      expect(resumed.effects).toEqual([]);
      expect(decider.state.questions).toMatchObject([
        { kind: 'repair', error: { code: 'outcome_unknown' } },
      ]);
      return;
    }
    const [first] = begun.effects;
    const key = first?.type === 'run-block' ? first.run.idempotencyKey : '';
    expect(resumed.effects).toMatchObject([
      { type: 'run-block', run: { attempt: 2, idempotencyKey: key } },
    ]);
  });

  it('has its time for the whole anew', () => {
    const session = new Rehearsal(ORDER, {}, { execution: { timeoutMs: 60_000 } });
    session.give({ size: 'large' });
    session.turn({ type: 'expire' });
    expect(session.decider.state.deadline).toBeUndefined();
    const { effects } = resumeAt(session, '2026-03-15T09:00:00.000Z');
    const { deadline } = session.decider.state;
    expect(deadline?.fireAt).toBe('2026-03-15T09:01:00.000Z');
    expect(effects).toEqual([{ type: 'start-timer', timer: deadline }]);
  });

  it('is gone on with inside a loop', () => {
    const on = journey(
      [start(), loop('each', { iterations: 2 }), within('each', form('ask', [slot('name')]))],
      ['start -> each', 'each -enter-> ask'],
    );
    const session = expired(on, (it) => {
      it.act('start');
      it.give({ name: 'Ada' });
    });
    session.act('resume');
    session.give({ name: 'Bob' });
    expect(session.status).toBe('completed');
    expect(session.output).toEqual({
      results: [
        [{ response: { name: 'Ada' }, submission: { name: 'Ada' }, name: 'Ada' }],
        [{ response: { name: 'Bob' }, submission: { name: 'Bob' }, name: 'Bob' }],
      ],
    });
  });
});

describe('a session with another end', () => {
  it.each(['completed', 'cancelled'])('that is %s stays ended', (end) => {
    const session = new Rehearsal(ORDER);
    if (end === 'completed') session.give({ size: 'large', count: 1 });
    else session.act('cancel', { confirmed: true });
    expect(session.status).toBe(end);
    expect(session.act('resume')).toContain('Say "restart" to begin again.');
    expect(session.status).toBe(end);
  });
});
