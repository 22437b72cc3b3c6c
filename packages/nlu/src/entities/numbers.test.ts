import { describe, expect, it } from 'vitest';
import { DELIVERY, fill, REFUND, slot } from '../testing/scenes.js';
import { findNumbers } from './numbers.js';

const values = (text: string): readonly number[] => findNumbers(text).map(({ value }) => value);
const raws = (text: string): readonly string[] =>
  findNumbers(text).map(({ start, end }) => text.slice(start, end));

describe('numerals', () => {
  it.each([
    ['120', [120]],
    ['1,200.50', [1200.5]],
    ['$120', [120]],
    ['€ 99', [99]],
    ['120 dollars', [120]],
    ['15 EUR', [15]],
    ['1.5k', [1500]],
    ['2 million', [2_000_000]],
    ['1.1k', [1100]],
    ['-5', [-5]],
    ['minus 5', [-5]],
    ['-$5', [-5]],
    ['50%', [50]],
    ['2x', [2]],
    ['5kg', [5]],
    ['3 or 4', [3, 4]],
    ['it costs 10.', [10]],
    ['(12)', [12]],
    ['١٢', [12]],
    ['1.200,50', [1200.5]],
  ])('%j holds %j', (text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  it.each([
    'A-1042',
    'v2',
    '2nd',
    '10:30',
    '5-7',
    '2026-03-05',
    '3/4',
    'x5',
    '#12',
    '12abc',
    '1.5kgs',
    '',
  ])('%j holds none', (text) => {
    expect(values(text)).toEqual([]);
  });

  it('keep their currency in what was said', () => {
    expect(raws('pay $1,200 or 30 euros now')).toEqual(['$1,200', '30 euros']);
    expect(findNumbers('30 euros')[0]?.money).toBe(true);
    expect(findNumbers('30 pizzas')[0]).toMatchObject({ money: false, counted: true });
    expect(findNumbers('30 for them')[0]?.counted).toBe(false);
    expect(findNumbers('3 of them')[0]?.counted).toBe(true);
  });
});

describe('one number slot', () => {
  it.each([
    ['3', { quantity: 3 }],
    ['three', { quantity: 3 }],
    ['I would like three of them', { quantity: 3 }],
    ['one', { quantity: 1 }],
    ['make it two hundred and five', { quantity: 205 }],
    ['3 or 4', {}],
    ['3, yes 3', { quantity: 3 }],
    ['the quantity is 3, not the 12 I said', { quantity: 3 }],
    ['many', {}],
  ])('takes from %j %j', (said, expected) => {
    expect(fill(said, [DELIVERY.quantity])).toEqual(expected);
  });
});

describe('several number slots', () => {
  const adults = slot('adults', 'number');
  const children = slot('children', 'number');
  const nights = slot('nights', 'number');

  it.each([
    ['2 adults and 3 children for 4 nights', { adults: 2, children: 3, nights: 4 }],
    ['adults: 2, children: 3', { adults: 2, children: 3 }],
    ['nights = 4; adults = 2', { adults: 2, nights: 4 }],
    ['2 adults', { adults: 2 }],
  ])('take from %j %j', (said, expected) => {
    expect(fill(said, [adults, children, nights])).toEqual(expected);
  });

  it('give a lone number to the one asked for', () => {
    expect(fill('4', [adults, children, nights], nights)).toEqual({ nights: 4 });
  });

  it('leave out a number that could be either', () => {
    expect(fill('4 it is', [adults, children, nights], null)).toEqual({});
  });
});

describe('money and counts', () => {
  const both = [REFUND.amount, DELIVERY.quantity];

  it.each([
    ['2 lamps for $120', { amount: 120, quantity: 2 }],
    ['$120 for 2 lamps', { amount: 120, quantity: 2 }],
    ['the amount is 90', { amount: 90 }],
    ['120 euros', { amount: 120 }],
  ])('take from %j %j', (said, expected) => {
    expect(fill(said, both, null)).toEqual(expected);
  });

  it('leave a plain number in spoken text alone', () => {
    expect(fill('it has 2 scratches', [REFUND.reason, REFUND.amount])).toEqual({
      reason: 'it has 2 scratches',
    });
  });
});
