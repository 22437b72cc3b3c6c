import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../json.js';
import { inWords, summarise } from './summarise.js';

describe('summarise', () => {
  it.each<[JsonValue, string]>([
    [null, 'nothing'],
    [true, 'yes'],
    [0, '0'],
    ['text', 'text'],
    [[], 'none'],
    [{}, ''],
    [{ a: null, b: '' }, ''],
    [{ orderId: 1, price_total: 2 }, 'Order id: 1, Price total: 2'],
    [{ a: { b: { c: { d: 1 } } } }, 'A: (b: (c: 1 field))'],
    [[[[{ a: 1, b: 2 }, { a: 1 }]]], '2 fields, 1 field'],
    [[[[[1], [1, 2]]]], '1 item, 2 items'],
  ])('%j is said as %s', (value, expected) => {
    expect(summarise(value)).toBe(expected);
  });

  it('is bounded for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(summarise(value as JsonValue).length).toBeLessThan(20_000);
      }),
    );
  });

  it('does not cut a character in two', () => {
    expect(summarise('😀'.repeat(700))).toMatch(/^(?:😀)+…$/u);
  });
});

describe('inWords', () => {
  it.each([
    ['orderId', 'order id'],
    ['order_id', 'order id'],
    ['first-day', 'first day'],
    ['URL', 'url'],
  ])('%s is %s', (name, expected) => {
    expect(inWords(name)).toBe(expected);
  });
});
