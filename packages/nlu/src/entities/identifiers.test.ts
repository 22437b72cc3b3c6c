import { describe, expect, it } from 'vitest';
import { fill, REFUND, slot } from '../testing/scenes.js';
import { findIdentifiers } from './identifiers.js';

describe('identifiers', () => {
  it.each([
    ['A-1042', 'A-1042'],
    ['#1234', '1234'],
    ['ORD-77', 'ORD-77'],
    ['INV/2026/33', 'INV/2026/33'],
    ['AB12CD', 'AB12CD'],
    ['sku_99', 'sku_99'],
    ['1042', '1042'],
  ])('%s is %s', (text, value) => {
    expect(findIdentifiers(`about ${text}, please`)).toMatchObject([
      { value, start: 6, end: 6 + text.length },
    ]);
  });

  it.each([
    '2nd',
    '7pm',
    '5kg',
    '2026-03-05',
    '3/4/2026',
    '$120',
    '1,200',
    'broken',
    '50%',
    'a.1',
    '12.5',
  ])('%s is none', (text) => {
    expect(findIdentifiers(text)).toEqual([]);
  });

  it('look the surer the less they look like anything else', () => {
    const shape = (text: string): number => findIdentifiers(text)[0]?.shape ?? 0;
    expect(shape('#12')).toBeGreaterThan(shape('1042'));
    expect(shape('A-1042')).toBeGreaterThan(shape('1042'));
    expect(shape('1042')).toBeGreaterThan(shape('5'));
  });
});

describe('slots', () => {
  it.each([
    ['order A-1042', { orderId: 'A-1042' }],
    ['order 1042 please', { orderId: '1042' }],
    ['it is number #55', { orderId: '55' }],
    ['1042', { orderId: '1042' }],
    ['ABC', { orderId: 'ABC' }],
  ])('take from %j %j', (said, expected) => {
    expect(fill(said, [REFUND.orderId])).toEqual(expected);
  });

  it('take a plain numeral only where it is spoken of', () => {
    expect(fill('order 1042 for 20 dollars', [REFUND.amount, REFUND.orderId])).toEqual({
      orderId: '1042',
      amount: 20,
    });
    expect(fill('20', [REFUND.amount, REFUND.orderId])).toEqual({ amount: 20 });
  });

  it('are told apart by the words beside the values', () => {
    const slots = [slot('invoiceNumber'), slot('orderNumber')];
    expect(fill('order A-1, invoice B-2', slots)).toEqual({
      orderNumber: 'A-1',
      invoiceNumber: 'B-2',
    });
  });

  it('keep their digits from number slots', () => {
    expect(fill('about A-1042', [REFUND.amount])).toEqual({});
  });
});
