import { describe, expect, it } from 'vitest';
import { answerSpan } from './lead-ins.js';
import type { SlotKind } from './slot-lexicon.js';
import { listen } from './text.js';

function answer(said: string, kind: SlotKind, ...labels: readonly string[]): string | null {
  const heard = listen(said);
  const span = answerSpan(
    heard,
    { start: 0, end: said.length },
    kind,
    labels.map((label) => label.split(' ')),
  );
  return span && said.slice(span.start, span.end);
}

describe('sentences', () => {
  it.each([
    ['it arrived broken', 'it arrived broken'],
    ['please cancel my subscription, thanks', 'cancel my subscription'],
    ['because it was late', 'it was late'],
    ["it's because of the colour", 'the colour'],
    ['the reason is that it broke', 'it broke'],
    ['My main problem is the noise!', 'the noise'],
    ['my message is the build is red', 'the build is red'],
    ['The build is green', 'The build is green'],
    ['my phone is cracked', 'my phone is cracked'],
    ['Our third quarter was good', 'Our third quarter was good'],
    ["it's broken", "it's broken"],
    ['I want to return it', 'I want to return it'],
    ['(see the photo) it is bent', '(see the photo) it is bent'],
    ['5% were broken', '5% were broken'],
  ])('%j says %j', (said, expected) => {
    expect(answer(said, 'sentence')).toBe(expected);
  });
});

describe('things', () => {
  it.each([
    ["it's a red bicycle", 'red bicycle'],
    ["I'd like to order a pepperoni pizza please", 'pepperoni pizza'],
    ['give me some bread', 'bread'],
    ["let's say blue", 'blue'],
    ['my favourite is blue', 'blue'],
    ['pepperoni', 'pepperoni'],
    ['C++', 'C++'],
    ['#general', '#general'],
  ])('%j says %j', (said, expected) => {
    expect(answer(said, 'item')).toBe(expected);
  });
});

describe('people', () => {
  it.each([
    ['my name is Jane', 'Jane'],
    ["I'm Jane Doe", 'Jane Doe'],
    ["it's for Bob", 'Bob'],
    ['Hi, this is Ana.', 'Ana'],
    ['under the name of Lee', 'Lee'],
  ])('%j is %j', (said, expected) => {
    expect(answer(said, 'person')).toBe(expected);
  });
});

it('drops the label it is asked by', () => {
  expect(answer('promo code: SUMMER', 'plain', 'promo code')).toBe('SUMMER');
  expect(answer('The colour should be red', 'plain', 'colour')).toBe('red');
});

it('keeps a lead-in that has nothing behind it', () => {
  expect(answer("it's", 'item')).toBe("it's");
});

it('finds nothing in courtesies alone', () => {
  expect(answer('hello, please', 'sentence')).toBeNull();
  expect(answer('😀', 'sentence')).toBeNull();
});
