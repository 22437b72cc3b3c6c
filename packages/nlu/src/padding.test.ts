import { describe, expect, it } from 'vitest';
import { peelings, withoutCourtesy, withoutPadding } from './padding.js';
import { listen, type Word } from './text.js';

const join = (words: readonly Word[]): string => words.map(({ text }) => text).join(' ');

describe('withoutPadding', () => {
  it.each([
    ['could you please cancel', 'cancel'],
    ['Hi, would you mind explaining it', 'explaining it'],
    ["I'd like you to stop, thank you very much", 'stop'],
    ['ok so please continue now', 'continue'],
    ['cancel', 'cancel'],
    ['please', ''],
    ['', ''],
  ])('%j is %j', (said, left) => {
    expect(join(withoutPadding(listen(said).words))).toBe(left);
  });
});

describe('withoutCourtesy', () => {
  it.each([
    ['Hello, my order is late, thanks', 'my order is late'],
    ['so that is that', 'that is that'],
    ['I want to return it now', 'i want to return it now'],
    ['actually it broke', 'it broke'],
  ])('%j is %j', (said, left) => {
    expect(join(withoutCourtesy(listen(said).words))).toBe(left);
  });
});

describe('peelings', () => {
  it('takes one courtesy off at a time, so that "thanks" alone stays what it is', () => {
    expect([...peelings(listen('ok please stop now').words)].map(join)).toEqual([
      'ok please stop now',
      'ok please stop',
      'please stop now',
      'please stop',
      'stop now',
      'stop',
    ]);
    expect(join([...peelings(listen('thanks').words)][0] ?? [])).toBe('thanks');
  });

  it('has nothing to peel where nothing was said', () => {
    expect([...peelings([])]).toEqual([]);
  });
});
