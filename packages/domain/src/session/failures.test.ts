import { describe, expect, it } from 'vitest';
import { form, fork, journey, slot, start, tool } from '../testing/journeys.js';
import { Rehearsal, type Player } from '../testing/rehearsal.js';

const outOfOrder: Player = () => ({ error: 'It is out of order' });

describe('runs', () => {
  it('have an id of their own at each attempt, told apart from those of questions', () => {
    const session = new Rehearsal(
      journey(
        [start(slot('a')), tool('t', { retry: { maxTries: 2, waitBetweenTriesMs: 1 } })],
        ['start -> t'],
      ),
      { t: outOfOrder },
    );
    session.give({ a: '1' });
    session.act('retry');
    session.act('back');
    session.give({ a: '2' });
    const ids = session.effects.flatMap((e) => (e.type === 'run-block' ? [e.run.id] : []));
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
    expect(ids.every((id) => id.startsWith('run_'))).toBe(true);
  });

  it('leave events that hold nothing but what they are about', () => {
    const session = new Rehearsal(
      journey([start(slot('a')), tool('pay', { sideEffect: 'write' })], ['start -> pay']),
    );
    session.give({ a: '1' });
    session.say('yes', 'confirm');
    const started = session.events.find(({ type }) => type === 'node-started');
    const run = {
      id: 'run_3',
      scopeId: 'root',
      stateId: 'st_pay',
      attempt: 1,
      idempotencyKey: 'st_pay:run_3',
    };
    expect(started).toEqual({
      type: 'node-started',
      scopeId: 'root',
      stateId: 'st_pay',
      run,
    });
    const completed = session.events.filter(({ type }) => type === 'node-completed');
    for (const event of completed) expect(event).not.toHaveProperty('slots');
  });
});

describe('a failure', () => {
  it('offers to change the answers that it builds on, and no others', () => {
    const session = new Rehearsal(
      journey(
        [start(), form('name', [slot('n')]), tool('lookup')],
        ['start -> name', 'start -> lookup'],
      ),
      { lookup: outOfOrder },
    );
    session.act('start');
    session.give({ n: 'Ada' });
    const [question] = session.decider.state.questions;
    expect(question).toMatchObject({ kind: 'repair', options: ['retry', 'skip', 'stop'] });
  });

  it('goes back to the answer that led to it, not to the latest of all', () => {
    const session = new Rehearsal(
      journey(
        [start(), form('where', [slot('w')]), form('who', [slot('n')]), tool('lookup')],
        ['start -> where', 'start -> who', 'where -> lookup'],
      ),
      { lookup: outOfOrder },
    );
    session.act('start');
    session.give({ w: 'here' });
    session.give({ n: 'Ada' });
    const said = session.act('answer', { option: 'change-input' });
    expect(said).toBe('What is the w?');
  });

  it('that waits behind another question can be retried', () => {
    let left = 1;
    const session = new Rehearsal(
      journey([start(), form('f', [slot('n')]), tool('t')], ['start -> f', 'start -> t']),
      { t: () => (left-- > 0 ? { error: 'away' } : { output: 1 }) },
    );
    session.act('start');
    session.act('retry');
    expect(session.ran).toEqual(['t', 't']);
    session.give({ n: 'Ada' });
    expect(session.status).toBe('completed');
  });

  it('reads as a sentence, whatever the program said', () => {
    const session = new Rehearsal(journey([start(), tool('t')], ['start -> t']), { t: outOfOrder });
    expect(session.act('start')).toContain('It is out of order. What shall I do?');
    expect(session.act('answer', { option: 'stop' })).toContain(
      'It is out of order. Say "restart"',
    );
  });

  it('of a side effect is not tried again on a mere yes', () => {
    const session = new Rehearsal(
      journey([start(), tool('pay', { sideEffect: 'write' })], ['start -> pay']),
      { pay: outOfOrder },
    );
    session.act('start');
    session.say('yes', 'confirm');
    expect(session.say('yes', 'confirm')).toContain('choose one');
    session.say('try again', 'choose', [{ type: 'choice', value: 'retry' }]);
    expect(session.ran).toEqual(['pay', 'pay']);
  });

  it('of a fork cannot be skipped', () => {
    const session = new Rehearsal(
      journey([start(), fork('f', { id: 'x', title: 'if', expression: '1' })], ['start -> f']),
      { f: outOfOrder },
    );
    session.act('start');
    expect(session.act('skip')).toContain('not possible here');
    expect(session.status).toBe('waiting-for-input');
  });
});

describe('side effects', () => {
  const paying = (player: Player, askForConfirmation = true) => {
    const session = new Rehearsal(
      journey(
        [start(slot('a')), tool('pay', { sideEffect: 'write' }), form('f', [slot('b')])],
        ['start -> pay', 'pay -> f'],
      ),
      { pay: player },
      { config: { askForConfirmation } },
    );
    session.give({ a: '1' });
    return session;
  };

  it('that were declined and skipped have not happened', () => {
    const session = paying(() => ({ output: 1 }));
    session.say('no', 'deny');
    session.act('skip');
    expect(session.act('back')).not.toContain('doing this again');
    session.give({ a: '2' });
    expect(session.decider.state.questions[0]).toMatchObject({ stateId: 'st_pay' });
    expect(session.decider.state.scopes['root']?.nodes['st_pay']?.effectDone).toBeUndefined();
  });

  it('that may have happened all the same are asked about before they are done again', () => {
    const session = paying(() => ({ error: 'No answer in time.', code: 'timeout' }), false);
    session.act('answer', { option: 'change-input' });
    expect(session.give({ a: '2' })).toContain('started once already');
    expect(session.ran).toEqual(['pay']);
  });

  it('that surely did not happen are not', () => {
    const session = paying(outOfOrder, false);
    session.act('answer', { option: 'change-input' });
    session.give({ a: '2' });
    expect(session.ran).toEqual(['pay', 'pay']);
  });

  it('that are done are told before what follows from them', () => {
    const said = paying(() => ({ output: 1 })).say('yes', 'confirm');
    expect(said.indexOf('"pay" is done')).toBeLessThan(said.indexOf('What is the b?'));
    expect(said).toContain('"pay" is done');
  });
});
