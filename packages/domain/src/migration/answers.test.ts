import { describe, expect, it } from 'vitest';
import type { Slot } from '../journey/types.js';
import { createDecider } from '../session/decide.js';
import { form, journey, slot, start, tool } from '../testing/journeys.js';
import { NOW, moved, next, played, refused, version } from './testing/moving.js';

describe('what was done before', () => {
  const states = [
    start(slot('size')),
    form('colour', [slot('red')]),
    form('address', [slot('street')]),
  ];
  const from = journey(
    [...states, tool('bake')],
    ['start -> colour', 'colour -> address', 'address -> bake'],
  );
  const session = () =>
    played(from, (it) => {
      it.give({ size: 'large' });
      it.give({ red: 'yes' });
    });

  it('may be gone where nothing reads it', () => {
    const to = next(
      [states[0]!, states[2]!, tool('bake')],
      ['start -> address', 'address -> bake'],
    );
    const { state } = moved(session(), from, to);
    expect(state.scopes['root']).toMatchObject({ order: ['st_start'] });
    expect(Object.keys(state.scopes['root']?.outputs ?? {})).toEqual(['st_start']);
    const decider = createDecider(to, state);
    // Going back leads to what there still is.
    decider.take({ type: 'act', action: 'back', parameters: {} }, NOW);
    expect(decider.state.questions[0]?.stateId).toBe('st_start');
  });

  it('is missed where a later step reads it', () => {
    const reads = tool('bake', { params: { text: 'In <colour.red>' } });
    const to = next([states[0]!, states[2]!, reads], ['start -> address', 'address -> bake']);
    expect(refused(session(), from, to)).toEqual(['output_missing', 'colour']);
  });

  it('may be asked for more where that may be left out, which then has its default', () => {
    const more = form('colour', [slot('red'), slot('blue', { required: false, default: 'no' })]);
    const to = next(
      [states[0]!, more, states[2]!, tool('bake')],
      ['start -> colour', 'colour -> address', 'address -> bake'],
    );
    expect(moved(session(), from, to).state.scopes['root']?.outputs['st_colour']).toEqual({
      response: { red: 'yes', blue: 'no' },
      submission: { red: 'yes', blue: 'no' },
      red: 'yes',
      blue: 'no',
    });
  });

  it.each([
    ['answer_missing', [slot('red'), slot('blue')]],
    ['answer_unfit', [slot('red', { type: 'number' })]],
  ])('is not asked again: %s', (code, asks) => {
    const to = next(
      [states[0]!, form('colour', asks), states[2]!, tool('bake')],
      ['start -> colour', 'colour -> address', 'address -> bake'],
    );
    expect(refused(session(), from, to)).toEqual([code, 'colour']);
  });

  it('may hold names like those of a refusal', () => {
    const names = ['code', 'reason', 'hint'].map((name) => slot(name));
    const of = (more: Slot[]) =>
      journey([start(...names, ...more), form('address', [slot('street')])], ['start -> address']);
    const on = of([]);
    const it = played(on, (one) => one.give({ code: '1', reason: '2', hint: '3' }));
    const { state } = moved(it, on, version('next', of([slot('note', { required: false })])));
    expect(state.scopes['root']?.outputs['st_start']).toEqual({
      code: '1',
      reason: '2',
      hint: '3',
      note: null,
    });
  });

  it('keeps variables that a block has set, and takes the new version’s for the others', () => {
    const ways = ['start -> count', 'count -> address'];
    const on = journey([start(), tool('count'), states[2]!], ways, {
      total: 0,
      rate: 1,
      old: true,
    });
    const it = played(on, (one) => one.act('start'), {
      count: () => ({ output: {}, variables: { total: 5 } }),
    });
    const to = next([start(), tool('count'), states[2]!], ways, { total: 100, rate: 2, more: 'x' });
    expect(moved(it, on, to).state.variables).toEqual({ total: 5, rate: 2, more: 'x' });
  });
});
