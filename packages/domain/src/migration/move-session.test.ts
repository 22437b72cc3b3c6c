import { describe, expect, it } from 'vitest';
import type { Slot } from '../journey/types.js';
import { createDecider } from '../session/decide.js';
import { form, inputs, journey, slot, start, tool } from '../testing/journeys.js';
import { moveSession } from './move-session.js';
import { NOW, moved, next, played, refused, version } from './testing/moving.js';

const ORDER = [start(slot('size')), form('address', [slot('street')]), tool('bake')];
const order = journey(ORDER, ['start -> address', 'address -> bake']);
/** Stands at the address. */
const asked = () => played(order, (session) => session.give({ size: 'large' }));

describe('a session', () => {
  it('that has not begun is moved, whatever its start asks for now', () => {
    const from = journey([start(), tool('bake')], ['start -> bake']);
    const to = next([start(slot('size')), tool('mix')], ['start -> mix']);
    const { state } = moved(played(from), from, to);
    const decider = createDecider(to, state);
    decider.take({ type: 'act', action: 'start', parameters: {} }, NOW);
    expect(decider.state.questions).toMatchObject([{ focus: 'size' }]);
  });

  it('in a pause is moved, and goes on when it is resumed', () => {
    const session = asked();
    session.act('pause');
    const street = slot('street', { label: 'House' });
    const to = next(
      [ORDER[0]!, form('address', [street]), tool('bake')],
      ['start -> address', 'address -> bake'],
    );
    const outcome = moved(session, order, to);
    expect(outcome.state.status).toBe('paused');
    const decider = createDecider(to, outcome.state);
    decider.take({ type: 'act', action: 'resume', parameters: {} }, NOW);
    const { events } = decider.take({ type: 'turn-ended' }, NOW);
    expect(JSON.stringify(events)).toContain('House');
  });

  it('that is over stays', () => {
    const from = journey([start(), tool('bake')], ['start -> bake']);
    const session = played(from, (it) => it.act('start'));
    expect(session.status).toBe('completed');
    expect(refused(session, from, version('next', from))).toEqual(['session_ended', undefined]);
  });

  it('with a block at work stays for now', () => {
    const session = asked();
    session.decider.take({ type: 'act', action: 'answer', parameters: { value: 'Main St' } }, NOW);
    expect(refused(session, order, version('next', order))).toEqual(['session_busy', 'bake']);
  });

  it('that was asked whether to cancel is asked so still', () => {
    const session = asked();
    session.act('cancel');
    expect(moved(session, order, version('next', order)).state.questions).toMatchObject([
      { purpose: { type: 'cancel' } },
      { kind: 'slots' },
    ]);
  });

  it('keeps what a block needed beside what was asked at first', () => {
    const lacking = (first: Slot[]) =>
      journey([start(), inputs('need', first), tool('bake')], ['start -> need', 'need -> bake']);
    const from = lacking([slot('how')]);
    const session = played(from, (it) => it.act('start'));
    const question = session.decider.state.questions[0];
    if (question?.kind !== 'slots') throw new TypeError('It asks for slots.');
    Object.assign(question, { slots: [...question.slots, slot('further')] });
    const outcome = moveSession(
      from,
      version('next', lacking([slot('how'), slot('more')])),
      session.decider.state,
      NOW,
    );
    expect(outcome.ok && outcome.state.questions[0]).toMatchObject({
      slots: [{ name: 'how' }, { name: 'more' }, { name: 'further' }],
    });
  });
});
