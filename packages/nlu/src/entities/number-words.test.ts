import { describe, expect, it } from 'vitest';
import { findNumberWords } from './number-words.js';

describe('number words', () => {
  it.each([
    ['zero', 0],
    ['seven', 7],
    ['nineteen', 19],
    ['twenty', 20],
    ['twenty five', 25],
    ['Twenty-Five', 25],
    ['a hundred', 100],
    ['two hundred', 200],
    ['two hundred and ten', 210],
    ['nine hundred ninety nine', 999],
    ['a thousand', 1000],
    ['twelve hundred', 1200],
    ['three thousand two hundred and one', 3201],
    ['forty two thousand', 42_000],
    ['one million two hundred thousand and six', 1_200_006],
    ['minus five', -5],
    ['a dozen', 12],
    ['half a dozen', 6],
    ['a couple of', 2],
  ])('%s is %d', (text, value) => {
    expect(findNumberWords(`about ${text} please`)).toMatchObject([
      { value, start: 6, end: 6 + text.length },
    ]);
  });

  it.each([
    'two three',
    'twenty thirty',
    'five hundred hundred',
    'thousand million',
    'someone',
    'tone',
    'attend',
    '',
  ])('%j is no number', (text) => {
    expect(findNumberWords(text)).toEqual([]);
  });

  it('are vague where they are as often no numbers', () => {
    expect(findNumberWords('the second one')[0]?.vague).toBe(true);
    expect(findNumberWords('two')[0]?.vague).toBe(false);
  });
});
