import { describe, expect, it } from 'vitest';
import { createDecider } from '../session/decide.js';
import { form, fork, journey, router, slot, start, timer, tool } from '../testing/journeys.js';
import { NOW, moved, next, played, refused, said } from './testing/moving.js';

const ORDER = [start(slot('size')), form('address', [slot('street')]), tool('bake')];
const order = journey(ORDER, ['start -> address', 'address -> bake']);
/** Stands at the address. */
const asked = () => played(order, (session) => session.give({ size: 'large' }));

describe('where a session stands', () => {
  it('must be there in the new version', () => {
    const to = next([ORDER[0]!, tool('bake')], ['start -> bake']);
    expect(refused(asked(), order, to)).toEqual(['step_removed', 'address']);
  });

  it('must be the same kind of step', () => {
    const to = next(
      [ORDER[0]!, tool('address'), tool('bake')],
      ['start -> address', 'address -> bake'],
    );
    expect(refused(asked(), order, to)).toEqual(['step_changed', 'address']);
  });

  it('must not come after a step that was added', () => {
    const to = next(
      [ORDER[0]!, tool('check'), ...ORDER.slice(1)],
      ['start -> check', 'check -> address', 'address -> bake'],
    );
    expect(refused(asked(), order, to)).toEqual(['step_added', 'check']);
  });

  it('must not have a step beside it that would run by now', () => {
    const to = next(
      [...ORDER, tool('note')],
      ['start -> address', 'address -> bake', 'start -> note'],
    );
    expect(refused(asked(), order, to)).toEqual(['step_added', 'note']);
  });

  it('must be led to by the ways that were gone', () => {
    const to = next(ORDER, ['start -> bake', 'bake -> address']);
    expect(refused(asked(), order, to)).toEqual(['way_changed', 'bake']);
    const branches = [{ id: 'if', title: 'if', expression: 'true' }];
    const states = [
      start(slot('size')),
      fork('which', ...branches),
      form('address', [slot('street')]),
    ];
    const from = journey(states, ['start -> which', 'which -branch:if-> address']);
    const session = played(from, (it) => it.give({ size: 'x' }), {
      which: () => ({ output: {}, branchId: 'if' }),
    });
    const other = next(states, ['start -> which', 'which -branch:else-> address']);
    expect(refused(session, from, other)).toEqual(['way_changed', 'address']);
    // A condition that reads differently has been decided all the same.
    const changed = fork('which', { id: 'if', title: 'if', expression: '<start.size> === "x"' });
    const same = next(
      [states[0]!, changed, states[2]!],
      ['start -> which', 'which -branch:if-> address'],
    );
    expect(moved(session, from, same).state.scopes['root']?.edges).toEqual({
      tr_nexttr_0: 'live',
      tr_nexttr_1: 'live',
    });
  });

  it('is kept by a wait, which goes on as it was set', () => {
    const from = journey(
      [start(), timer('nap', 60_000), tool('bake')],
      ['start -> nap', 'nap -> bake'],
    );
    const session = played(from, (it) => it.act('start'));
    const { state } = moved(
      session,
      from,
      next([start(), timer('nap', 5_000), tool('bake')], ['start -> nap', 'nap -> bake']),
    );
    expect(state.timers).toEqual(session.decider.state.timers);
    expect(Object.values(state.timers)).toHaveLength(1);
  });

  it('is kept by a failed block and by one that is to be confirmed', () => {
    const from = journey([start(), tool('pay', { sideEffect: 'write' })], ['start -> pay']);
    const to = next(
      [start(), tool('pay', { sideEffect: 'write', params: { amount: 2 } })],
      ['start -> pay'],
    );
    const confirming = played(from, (it) => it.act('start'));
    expect(moved(confirming, from, to).state.questions).toMatchObject([{ kind: 'confirmation' }]);
    const failing = played(
      from,
      (it) => {
        it.act('start');
        it.act('confirm');
      },
      { pay: () => ({ error: 'No money.' }) },
    );
    const { state } = moved(failing, from, to);
    expect(state.questions).toMatchObject([{ kind: 'repair' }]);
    const { effects } = createDecider(to, state).take(
      { type: 'act', action: 'retry', parameters: {} },
      NOW,
    );
    expect(effects).toMatchObject([
      { type: 'run-block', run: { attempt: 2, idempotencyKey: expect.stringContaining('st_pay') } },
    ]);
  });

  it('is kept by a choice, among the routes that there are now', () => {
    const ways = ['start -> pick', 'pick -branch:red-> bake'];
    const from = journey([start(), router('pick', 'red'), tool('bake')], ways);
    const session = played(from, (it) => it.act('start'), {
      pick: () => ({ error: 'No model.', code: 'executor_missing' }),
    });
    const outcome = moved(
      session,
      from,
      next([start(), router('pick', 'red', 'blue'), tool('bake')], ways),
    );
    expect(said(outcome)).toContain('To blue');
    const none = next([start(), router('pick'), tool('bake')], ways);
    expect(refused(session, from, none)).toEqual(['nothing_to_ask', 'pick']);
  });
});
