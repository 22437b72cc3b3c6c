import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import type { JourneyState } from '../journey/types.js';
import {
  call,
  child,
  fork,
  inChild,
  journey,
  loop,
  start,
  tool,
  within,
} from '../testing/journeys.js';
import { found } from './testing/found.js';

const setting = (name: string, ...variables: JsonValue[]) =>
  tool(name, {
    blockType: 'variables',
    params: { variables: variables.map((variableName) => ({ variableName, value: 1 })) },
  });
const reading = (name: string, text = '<variable.total>') => tool(name, { params: { code: text } });
const either: JourneyState = fork(
  'f',
  { id: 'if', title: 'if', expression: '1' },
  { id: 'else', title: 'else', expression: null },
);

const unset = (states: JourneyState[], ways: string[], variables: JsonObject = { total: null }) =>
  found(journey([start(), ...states], ways, variables), 'variable_may_be_unset');

describe('a variable', () => {
  it.each<[string, JourneyState[], string[], JsonObject]>([
    ['with a value', [reading('r')], ['start -> r'], { Total: 0 }],
    ['that nobody knows', [reading('r')], ['start -> r'], {}],
    ['set before', [setting('s', 'Total'), reading('r')], ['start -> s', 's -> r'], {}],
    [
      'set on each branch',
      [either, setting('s', 'total'), setting('t', 'total'), reading('r')],
      ['start -> f', 'f -branch:if-> s', 'f -branch:else-> t', 's -> r', 't -> r'],
      { total: '' },
    ],
    [
      'set beside, and waited for',
      [setting('s', 'total'), tool('a'), reading('r')],
      ['start -> s', 'start -> a', 's -> r', 'a -> r'],
      { total: null },
    ],
    [
      'set beside by one of several',
      [setting('s', 'total'), tool('a'), reading('r'), setting('t', 'total')],
      ['start -> s', 'start -> a', 's -> r', 'a -> r', 'r -> t'],
      { total: null },
    ],
    [
      'set before the loop that reads it',
      [setting('s', 'total'), loop('l', { iterations: 1 }), within('l', reading('r'))],
      ['start -> s', 's -> l', 'l -enter-> r'],
      {},
    ],
    [
      'set in the same iteration',
      [loop('l', { iterations: 1 }), within('l', setting('s', 'total')), within('l', reading('r'))],
      ['start -> l', 'l -enter-> s', 's -> r'],
      {},
    ],
    ['named as a whole', [reading('r', '<variable>')], ['start -> r'], { total: null }],
  ])('%s is fine', (_, states, ways, variables) => {
    expect(unset(states, ways, variables)).toEqual([]);
  });

  it('that nobody sets has no value', () => {
    expect(unset([reading('r')], ['start -> r'])).toEqual([
      '"r" reads "<variable.total>", but no block sets it.',
    ]);
  });

  it.each<[string, JourneyState[], string[], string]>([
    [
      'on one branch',
      [either, setting('s', 'total'), tool('t'), reading('r')],
      ['start -> f', 'f -branch:if-> s', 'f -branch:else-> t', 's -> r', 't -> r'],
      '"start" → "f" → "t" → "r"',
    ],
    [
      'beside',
      [setting('s', 'total'), reading('r')],
      ['start -> s', 'start -> r'],
      '"start" → "r"',
    ],
    [
      'later, and on one branch',
      [either, setting('s', 'total'), reading('r'), setting('t', 'total')],
      ['start -> f', 'f -branch:if-> s', 's -> r', 'f -branch:else-> r', 'r -> t'],
      '"start" → "f" → "r"',
    ],
    [
      'in a loop that may not come round',
      [
        loop('l', { loopType: 'forEach', items: [] }),
        within('l', setting('s', 'total')),
        reading('r'),
      ],
      ['start -> l', 'l -enter-> s', 'l -> r'],
      '"start" → "l" → "r"',
    ],
    [
      'later in the same iteration',
      [loop('l', { iterations: 2 }), within('l', reading('r')), within('l', setting('s', 'total'))],
      ['start -> l', 'l -enter-> r', 'r -> s'],
      '"start" → "l" → "r"',
    ],
  ])('set %s may have none', (_, states, ways, path) => {
    expect(unset(states, ways)).toEqual([
      `"r" reads "<variable.total>", but it is not set on every path: ${path}.`,
    ]);
  });

  it('whose setting may fail has none', () => {
    const states = [setting('s', 'total'), reading('r')];
    expect(unset(states, ['start -> s', 's -error-> r', 's -> r'])).toHaveLength(1);
  });

  it('set by one of two, beside, too late for the reader, has none', () => {
    // Where the condition is true "s" is done before, else "t" runs while "r" reads.
    const states = [either, setting('s', 'total'), setting('t', 'total'), tool('x'), reading('r')];
    const ways = [
      'start -> f',
      'f -branch:if-> s',
      'f -branch:else-> t',
      'f -> x',
      's -> r',
      'x -> r',
    ];
    expect(unset(states, ways)).toHaveLength(1);
  });

  it('belongs to its workflow', () => {
    const sketch = journey(
      [
        start(),
        setting('s', 'total'),
        call('c', 'kid'),
        inChild('kid', { ...start(), id: 'st_begin', blockId: 'begin' }),
        inChild('kid', reading('r')),
      ],
      ['start -> s', 's -> c', 'begin -> r'],
      {},
      [child('kid', 'begin', { total: null })],
    );
    expect(found(sketch)).toEqual([
      'variable_may_be_unset: In "Child kid": "r" reads "<variable.total>", but no block sets it.',
    ]);
  });

  it('may be set by whatever is written there', () => {
    const odd = tool('s', { blockType: 'variables', params: { variables: [5, null, { a: 1 }] } });
    const text = tool('t', {
      blockType: 'variables',
      params: { variables: '[{"variableName":"total"}]' },
    });
    expect(unset([odd, text, reading('r')], ['start -> s', 's -> t', 't -> r'])).toEqual([]);
  });

  it('is asked for by many names and setters', () => {
    const names = Array.from({ length: 100 }, (_, n) => `n${n}`);
    const states = names.map((name) => setting(name, ...names));
    const ways = names.slice(1).map((name, n) => `n${n} -> ${name}`);
    const text = names.map((name) => `<variable.${name}>`).join(' ');
    const all = [...states, reading('r', text), reading('early', text)];
    expect(unset(all, ['start -> n0', ...ways, 'n99 -> r', 'start -> early'], {})).toHaveLength(
      100,
    );
  });
});
