import { describe, expect, it } from 'vitest';
import { clausesOf, cleanStretches, sentenceEnd } from './clauses.js';
import type { Span } from './text.js';

const cut = (text: string, spans: readonly Span[]): readonly string[] =>
  spans.map(({ start, end }) => text.slice(start, end));
const whole = (text: string): Span => ({ start: 0, end: text.length });

describe('clauses', () => {
  it.each([
    ['one, two; three', ['one', 'two', 'three']],
    ['pay 1,200 now', ['pay 1,200 now']],
    ['see v1.2 here. Then go', ['see v1.2 here', 'Then go']],
    ['first - second', ['first', 'second']],
    ['well-known', ['well-known']],
    ['a\nb?! c', ['a', 'b', 'c']],
    [',,', []],
  ])('of %j are %j', (text, expected) => {
    expect(cut(text, clausesOf(text, whole(text)))).toEqual(expected);
  });

  it('are looked for in a range only', () => {
    expect(cut('a, b, c', clausesOf('a, b, c', { start: 3, end: 7 }))).toEqual(['b', 'c']);
  });
});

it('a sentence ends at a stop, or at the limit', () => {
  expect(sentenceEnd('it broke. Send it', 0, 17)).toBe(8);
  expect(sentenceEnd('it cost 1.5', 0, 11)).toBe(11);
  expect(sentenceEnd('a; b', 2, 4)).toBe(4);
});

describe('clean stretches', () => {
  const text = 'order 5, it broke, and it smells, thanks';
  const clauses = clausesOf(text, whole(text));

  it('join neighbours and leave out what is taken', () => {
    const stretches = cleanStretches(clauses, [{ start: 6, end: 7 }], () => true);
    expect(cut(text, stretches)).toEqual(['it broke, and it smells, thanks']);
  });

  it('leave out what is not to be kept', () => {
    const keep = ({ start }: Span): boolean => start !== 9;
    expect(cut(text, cleanStretches(clauses, [], keep))).toEqual([
      'order 5',
      'and it smells, thanks',
    ]);
  });
});
