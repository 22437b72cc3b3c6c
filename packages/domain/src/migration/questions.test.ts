import { describe, expect, it } from 'vitest';
import type { Slot } from '../journey/types.js';
import { createDecider } from '../session/decide.js';
import { form, journey, slot, start, tool } from '../testing/journeys.js';
import { NOW, moved, next, played, refused, said, version } from './testing/moving.js';

const ORDER = [start(slot('size')), form('address', [slot('street')]), tool('bake')];
const order = journey(ORDER, ['start -> address', 'address -> bake']);
/** Stands at the address. */
const asked = () => played(order, (session) => session.give({ size: 'large' }));

describe('a session that is asking', () => {
  it('goes on with the new version without a word where it reads the same', () => {
    const to = next(
      [...ORDER, tool('send')],
      ['start -> address', 'address -> bake', 'bake -> send'],
    );
    const session = asked();
    const outcome = moved(session, order, to);
    expect(said(outcome)).toBe('');
    expect(outcome.events).toHaveLength(1);
    const decider = createDecider(to, outcome.state);
    const { effects } = decider.take(
      { type: 'act', action: 'answer', parameters: { value: 'Main St 5' } },
      NOW,
    );
    expect(effects).toMatchObject([{ type: 'run-block', run: { stateId: 'st_bake' } }]);
  });

  it('is asked anew, in words, where the question reads differently', () => {
    const street = slot('street', { label: 'House and street', description: 'such as 5 Main St' });
    const to = next(
      [ORDER[0]!, form('address', [street]), tool('bake')],
      ['start -> address', 'address -> bake'],
    );
    const outcome = moved(asked(), order, { ...to, name: 'Pizza' });
    expect(said(outcome)).toBe(
      '"Pizza" has changed in the meantime. We go on with its new version where we were.\n' +
        'What is the house and street? (such as 5 Main St)',
    );
    // "Repeat" is about what was said now, not about what was asked before.
    expect(outcome.state.lastMessages.map(({ key }) => key)).toEqual([
      'journey-changed',
      'ask-slot',
    ]);
  });

  const slots = (...all: Slot[]) => journey([start(...all), tool('bake')], ['start -> bake']);
  const two = slots(slot('size'), slot('count', { type: 'number' }), slot('day'));

  it('keeps the answers it has, and is asked for what is new', () => {
    const session = played(two, (it) => it.give({ size: 'large', count: 2 }));
    const to = version(
      'next',
      slots(slot('size'), slot('count', { type: 'number' }), slot('hour')),
    );
    const { state } = moved(session, two, to);
    expect(state.questions).toMatchObject([
      { values: { size: 'large', count: 2 }, given: ['size', 'count'], focus: 'hour' },
    ]);
  });

  it('is asked again for an answer that does not fit any more', () => {
    const sizes = ['small', 'medium'].map((value) => ({ value, label: value }));
    const session = played(two, (it) => it.give({ size: 'large', count: 2 }));
    const to = version(
      'next',
      slots(slot('size', { options: sizes }), slot('count', { type: 'number' })),
    );
    const outcome = moved(session, two, to);
    expect(outcome.state.questions).toMatchObject([{ values: { count: 2 }, focus: 'size' }]);
    expect(said(outcome)).toContain('small');
  });

  it('does not ask again for what was left out, unless it is needed now', () => {
    const both = (required: boolean) =>
      journey(
        [start(), form('more', [slot('note', { required }), slot('day')])],
        ['start -> more'],
      );
    const from = both(false);
    const session = played(from, (it) => {
      it.act('start');
      it.act('skip');
    });
    expect(moved(session, from, version('next', both(false))).state.questions).toMatchObject([
      { focus: 'day', asked: ['day'] },
    ]);
    expect(moved(session, from, version('next', both(true))).state.questions).toMatchObject([
      { focus: 'day', asked: ['note', 'day'] },
    ]);
  });

  it('stays where nothing is left to ask', () => {
    const session = played(two, (it) => it.give({ size: 'large', count: 2 }));
    const to = version('next', slots(slot('size'), slot('count', { type: 'number' })));
    expect(refused(session, two, to)).toEqual(['nothing_to_ask', 'start']);
  });
});
