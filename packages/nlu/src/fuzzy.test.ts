import { describe, expect, it } from 'vitest';
import { isNearWord } from './fuzzy.js';

describe('isNearWord', () => {
  it.each([
    ['cancel', 'cancel'],
    ['cancl', 'cancel'],
    ['cancell', 'cancel'],
    ['cancek', 'cancel'],
    ['cacnel', 'cancel'],
    ['resme', 'resume'],
    ['strt', 'start'],
    ['delivry', 'delivery'],
  ])('%s may be a slip for %s', (said, meant) => {
    expect(isNearWord(said, meant)).toBe(true);
  });

  it.each([
    ['bancel', 'cancel', 'the first letter is rarely wrong'],
    ['skin', 'skip', 'short words have too many neighbours'],
    ['canel', 'cancelled', 'two letters are too many'],
    ['smart', 'start', 'it is a word of its own'],
    ['about', 'abort', 'it is a word of its own'],
    ['10425', '10426', 'another number is no slip'],
    ['', 'start', 'nothing was said'],
  ])('%s is not %s: %s', (said, meant) => {
    expect(isNearWord(said, meant)).toBe(false);
  });
});
