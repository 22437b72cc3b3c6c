import { describe, expect, it } from 'vitest';
import type { Slot } from '../journey/types.js';
import { createDecider } from '../session/decide.js';
import {
  call,
  child,
  form,
  inChild,
  journey,
  loop,
  slot,
  start,
  tool,
  within,
} from '../testing/journeys.js';
import { NOW, moved, next, played, refused, version } from './testing/moving.js';

describe('inside a loop, parallel or child workflow', () => {
  const body = (...slots: Slot[]) => [
    start(),
    loop('each', { iterations: 2 }),
    within('each', form('ask', slots)),
    tool('end'),
  ];
  const ways = ['start -> each', 'each -enter-> ask', 'each -> end'];
  const from = journey(body(slot('name')), ways);
  const inside = () =>
    played(from, (it) => {
      it.act('start');
      it.give({ name: 'Ada' });
    });

  it('a session is moved where that is as it was, whatever changes around it', () => {
    const to = next([...body(slot('name')), tool('more')], [...ways, 'end -> more']);
    const { state } = moved(inside(), from, to);
    expect(Object.values(state.scopes).map(({ edges }) => edges)).toEqual([
      { tr_nexttr_0: 'live' },
      { tr_nexttr_1: 'live' },
    ]);
    const decider = createDecider(to, state);
    const { effects } = decider.take(
      { type: 'act', action: 'answer', parameters: { value: 'Bob' } },
      NOW,
    );
    expect(effects).toMatchObject([{ run: { stateId: 'st_end' } }]);
  });

  it('a session stays where that has changed', () => {
    const more = next(body(slot('name'), slot('age')), ways);
    expect(refused(inside(), from, more)).toEqual(['body_changed', 'each']);
    const longer = next(
      [...body(slot('name')), within('each', tool('last'))],
      [...ways, 'ask -> last'],
    );
    expect(refused(inside(), from, longer)).toEqual(['body_changed', 'each']);
  });

  it('a session that has left it does not mind', () => {
    const after = [form('address', [slot('street')])];
    const on = journey([...body(slot('name')), ...after], [...ways, 'end -> address']);
    const it = played(on, (one) => {
      one.act('start');
      one.give({ name: 'Ada' });
      one.give({ name: 'Bob' });
    });
    const other = [
      start(),
      loop('each', { iterations: 2 }),
      within('each', tool('say')),
      tool('end'),
    ];
    const to = next(
      [...other, ...after],
      ['start -> each', 'each -enter-> say', 'each -> end', 'end -> address'],
    );
    const { state } = moved(it, on, to);
    expect(state.scopes['root']?.echoes).toEqual({});
    const decider = createDecider(to, state);
    decider.take({ type: 'act', action: 'status', parameters: {} }, NOW);
    expect(decider.state.questions[0]?.stateId).toBe('st_address');
  });

  it('a child workflow counts as unchanged while its version is the same', () => {
    const states = [
      start(),
      call('ring', 'kid'),
      inChild('kid', form('ask', [slot('name')])),
      tool('end'),
    ];
    const on = (kid: string) =>
      journey(states, ['start -> ring', 'ring -> end'], {}, [
        { ...child('kid', 'ask'), version: kid },
      ]);
    const one = on('1');
    const it = played(one, (each) => each.act('start'), {
      ring: () => ({ output: { input: {} } }),
    });
    expect(Object.values(moved(it, one, version('next', on('1'))).state.scopes)).toMatchObject([
      { kind: 'root' },
      { kind: 'subjourney', child: 'kid' },
    ]);
    expect(refused(it, one, version('next', on('2')))).toEqual(['body_changed', 'ring']);
  });
});
