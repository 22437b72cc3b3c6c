import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunksOf, MAX_CHUNK, tokensOf } from './chunks.js';

describe('chunksOf', () => {
  it.each<[string, string, number, string[]]>([
    ['a short text as it is', 'One.\n\nTwo.', 100, ['One.\n\nTwo.']],
    ['no chunk of blanks', ' \n\t\n ', 100, []],
    ['paragraphs together while they fit', 'aaa\n\nbbb\n \nccc', 8, ['aaa\n\nbbb', 'ccc']],
    ['lines of a long paragraph', 'aaa\nbbb\nccc', 7, ['aaa\nbbb', 'ccc']],
    [
      'sentences of a long line',
      'It is so. Is it? “Yes!” It is.',
      16,
      ['It is so. Is it?', '“Yes!” It is.'],
    ],
    ['words of a long sentence', 'one two three four', 9, ['one two', 'three', 'four']],
    ['a word without an end where it is full', 'abcdefgh', 3, ['abc', 'def', 'gh']],
    ['line ends of every kind', 'a\r\n\r\nb\rc', 3, ['a', 'b\nc']],
    ['what a long paragraph leaves over with the next', 'aa bb cc\n\ndd', 6, ['aa bb', 'cc\n\ndd']],
    ['no character apart', '😀😀😀', 3, ['😀', '😀', '😀']],
  ])('makes of %s', (_, text, max, chunks) => {
    expect(chunksOf(text, max)).toEqual(chunks);
  });

  it('keeps every word, in order, in chunks that are not blank nor too long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 2, max: 40 }), (text, max) => {
        const chunks = chunksOf(text, max);
        for (const chunk of chunks) {
          expect(chunk.length).toBeLessThanOrEqual(max);
          expect(chunk).not.toBe('');
        }
        expect(chunks.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });

  it('is quick on long texts of one word, of blanks and of line ends', () => {
    for (const text of ['x'.repeat(500_000), `a${' '.repeat(500_000)}b`, '\n \n'.repeat(100_000)]) {
      const chunks = chunksOf(`${text}.`);
      expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(MAX_CHUNK);
    }
  });
});

describe('tokensOf', () => {
  it('counts a token for four characters', () => {
    expect([tokensOf(0), tokensOf(4), tokensOf(5)]).toEqual([0, 1, 2]);
  });
});
