import { expect, it } from 'vitest';
import { phraseList, wordSet } from './phrases.js';

it('reads phrases between commas, over line breaks', () => {
  expect(phraseList('go on, carry\n  on,')).toEqual([
    ['go', 'on'],
    ['carry', 'on'],
  ]);
});

it('expands alternatives', () => {
  expect(phraseList('skip|pass it|this')).toEqual([
    ['skip', 'it'],
    ['skip', 'this'],
    ['pass', 'it'],
    ['pass', 'this'],
  ]);
});

it('reads words between white space', () => {
  expect([...wordSet(' a b\n c ')]).toEqual(['a', 'b', 'c']);
});
