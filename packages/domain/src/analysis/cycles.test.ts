import { describe, expect, it } from 'vitest';
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
import { analyse } from './analyse.js';
import { found } from './testing/found.js';

describe('a cycle', () => {
  it('that asks nobody is unbounded', () => {
    const sketch = journey(
      [start(), tool('a'), tool('b'), tool('c')],
      ['start -> a', 'a -> b', 'b -> c', 'c -> a'],
    );
    expect(found(sketch, 'cycle_unbounded')).toEqual([
      '"a" → "b" → "c" → "a" is a cycle that nothing bounds and that asks nobody.',
    ]);
    expect(analyse(sketch).map(({ severity }) => severity)).toContain('error');
  });

  it('through the person is bounded by the person', () => {
    const asked = form('b', [slot('again')]);
    const shown = form('b', [], [{ kind: 'text', text: 'Look.' }]);
    for (const person of [asked, shown]) {
      const ways = ['start -> a', 'a -> b', 'b -> a'];
      expect(found(journey([start(), tool('a'), person], ways), 'cycle_unbounded')).toEqual([]);
    }
  });

  it('beside one through the person is found', () => {
    const states = [start(), tool('a'), form('ask', [slot('x')]), tool('b')];
    const ways = ['start -> a', 'a -> ask', 'ask -> a', 'a -> b', 'b -> a'];
    expect(found(journey(states, ways), 'cycle_unbounded')).toEqual([
      '"a" → "b" → "a" is a cycle that nothing bounds and that asks nobody.',
    ]);
  });

  it('of one state, or of many, is named in a line', () => {
    const self = journey([start(), tool('a')], ['start -> a', 'a -> a']);
    expect(found(self, 'cycle_unbounded')[0]).toMatch(/^"a" → "a" is a cycle/);
    const names = Array.from({ length: 9 }, (_, n) => `n${n}`);
    const ways = names.map((name, n) => `${name} -> n${(n + 1) % 9}`);
    const long = journey([start(), ...names.map((name) => tool(name))], ['start -> n0', ...ways]);
    expect(found(long, 'cycle_unbounded')[0]).toMatch(
      /^"n0" → "n1" → "n2" → "n3" → "n4" → "n5" → … → "n0" is/,
    );
  });
});

describe('a join', () => {
  it('starves where a way comes from what nothing reaches', () => {
    const sketch = journey(
      [start(), tool('lost'), tool('a'), tool('join'), tool('after')],
      ['start -> a', 'a -> join', 'lost -> join', 'join -> after'],
    );
    expect(found(sketch, 'join_starves')).toEqual([
      '"join" waits for "lost", which no path of the same body leads to.',
    ]);
  });

  it('starves where a way comes from nowhere, or from another body', () => {
    const states = [start(), loop('l', { iterations: 1 }), within('l', tool('in')), tool('join')];
    const ways = ['start -> l', 'l -enter-> in', 'l -> join'];
    expect(found(journey(states, [...ways, 'in -> join']), 'join_starves')).toEqual([
      '"join" waits for "in", which no path of the same body leads to.',
    ]);
    expect(found(journey(states, [...ways, 'gone -> join']), 'join_starves')).toEqual([
      '"join" waits for "st_gone", which no path of the same body leads to.',
    ]);
  });

  it('starves where it comes before itself', () => {
    const sketch = journey(
      [start(), tool('a'), form('ask', [slot('x')]), tool('end')],
      ['start -> a', 'a -> ask', 'ask -> a', 'ask -> end'],
    );
    expect(found(sketch, 'join_starves')).toEqual([
      '"a" waits for what comes after it: "a" → "ask" → "a".',
    ]);
  });

  it('at the head of a body waits too, the first state of a workflow does not', () => {
    const states = [start(), loop('l', { iterations: 1 }), within('l', tool('in'))];
    const body = journey(states, ['start -> l', 'l -enter-> in', 'in -> in']);
    expect(found(body, 'join_starves')).toEqual([
      '"in" waits for what comes after it: "in" → "in".',
    ]);
    const first = journey([start(), tool('a')], ['start -> a', 'a -> start', 'gone -> start']);
    expect(found(first, 'join_starves')).toEqual([]);
  });

  it('of branches that were passed by does not starve', () => {
    const sketch = journey(
      [start(), tool('a'), tool('b'), tool('join')],
      ['start -> a', 'start -error-> b', 'a -> join', 'b -> join'],
    );
    expect(found(sketch)).toEqual([]);
  });
});

describe('child workflows', () => {
  const begin = (key: string) =>
    inChild(key, { ...start(), id: `st_begin-${key}`, blockId: `begin-${key}` });

  it('that call one another are a circle, named', () => {
    const sketch = journey(
      [
        start(),
        call('c', 'one'),
        begin('one'),
        inChild('one', call('d', 'two')),
        begin('two'),
        inChild('two', call('e', 'one')),
        inChild('two', call('again', 'one')),
      ],
      ['start -> c', 'begin-one -> d', 'begin-two -> e', 'e -> again'],
      {},
      [child('one', 'begin-one'), child('two', 'begin-two')],
    );
    expect(found(sketch)).toEqual([
      'call_recursive: Workflows call one another in a circle: "Child one" → "Child two" → "Child one".',
    ]);
  });

  it('that are called twice are none', () => {
    const sketch = journey(
      [start(), call('c', 'one'), call('d', 'one'), begin('one')],
      ['start -> c', 'c -> d'],
      {},
      [child('one', 'begin-one')],
    );
    expect(found(sketch)).toEqual([]);
  });

  it('are named by what is found in them', () => {
    const sketch = journey(
      [start(), call('c', 'one'), begin('one'), inChild('one', tool('lost'))],
      ['start -> c'],
      {},
      [child('one', 'begin-one')],
    );
    expect(found(sketch)).toEqual(['state_unreachable: In "Child one": No path leads to "lost".']);
  });
});
