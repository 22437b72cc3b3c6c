import { describe, expect, it } from 'vitest';
import { CONTACT, DELIVERY, fill, REFUND, slot } from '../testing/scenes.js';
import { itemsOf } from './labelled.js';

describe('labelled values', () => {
  const colour = slot('colour');
  const city = slot('city');

  it.each([
    ['colour: red, city: Paris', { colour: 'red', city: 'Paris' }],
    ['colour = red; city = New York', { colour: 'red', city: 'New York' }],
    ['the colour is dark red and the city is Paris', { colour: 'dark red', city: 'Paris' }],
    ['my city should be Oslo', { city: 'Oslo' }],
    ['set the colour to blue', { colour: 'blue' }],
    ['use Oslo as the city', { city: 'Oslo' }],
    ['city Paris', { city: 'Paris' }],
    ['colour: "red, or blue", city: Paris', { colour: 'red, or blue', city: 'Paris' }],
    ['colour is not important', {}],
    ['the city of light', {}],
  ])('in %j are %j', (said, expected) => {
    expect(fill(said, [DELIVERY.quantity, colour, city])).toEqual(expected);
  });

  it('by the last word of the label', () => {
    expect(fill('the address is 5 Main St', [DELIVERY.quantity, slot('deliveryAddress')])).toEqual({
      deliveryAddress: '5 Main St',
    });
  });

  it('stop before the value of another slot', () => {
    expect(fill('name: Jane, email jane@example.com', Object.values(CONTACT))).toEqual({
      name: 'Jane',
      email: 'jane@example.com',
    });
  });

  it('may be sentences with commas', () => {
    expect(fill('amount: 20, reason: it is late, broken and wet', Object.values(REFUND))).toEqual({
      amount: 20,
      reason: 'it is late, broken and wet',
    });
  });
});

describe('quoted text', () => {
  it('goes whole to the slot asked for', () => {
    expect(fill('"5 at 7, cancel"', [REFUND.reason, REFUND.amount])).toEqual({
      reason: '5 at 7, cancel',
    });
    expect(fill('“é”', [REFUND.reason])).toEqual({ reason: 'é' });
    expect(fill("say 'no more' to it", [REFUND.reason])).toEqual({ reason: 'no more' });
  });

  it('goes to the slot that is spoken of', () => {
    expect(fill('title "A day", author "B C"', [slot('author'), slot('title')])).toEqual({
      title: 'A day',
      author: 'B C',
    });
  });
});

describe('spoken text', () => {
  it.each([
    ['it arrived broken', { reason: 'it arrived broken' }],
    ['it came 3 days late', { reason: 'it came 3 days late' }],
    ['it was due on Friday', { reason: 'it was due on Friday' }],
    ['order A-7, it arrived wet', { orderId: 'A-7', reason: 'it arrived wet' }],
    [
      'please refund 20 dollars because I paid 20 too much',
      { amount: 20, reason: 'I paid 20 too much' },
    ],
    ['it broke because I dropped it', { reason: 'it broke because I dropped it' }],
    ['refund order A-7, thanks a lot', { orderId: 'A-7' }],
  ])('%j says %j', (said, expected) => {
    const date = slot('date', 'string', { format: 'date' });
    expect(fill(said, [REFUND.reason, REFUND.orderId, REFUND.amount, date])).toEqual(expected);
  });

  it('is not taken for a slot that was not asked for, without other values', () => {
    expect(fill('it arrived broken', [REFUND.amount, REFUND.reason])).toEqual({});
  });

  it('is what other values leave of an answer', () => {
    expect(fill('pepperoni, 3 of them', [DELIVERY.item, DELIVERY.quantity])).toEqual({
      item: 'pepperoni',
      quantity: 3,
    });
    expect(fill('Jane Doe, jane@example.com', [CONTACT.name, CONTACT.email])).toEqual({
      name: 'Jane Doe',
      email: 'jane@example.com',
    });
  });
});

describe('lists, records and files', () => {
  it('are read from what is asked for', () => {
    const tags = slot('tags', 'array');
    expect(fill('red, green and blue', [tags])).toEqual({ tags: ['red', 'green', 'blue'] });
    expect(fill('["a", 1]', [tags])).toEqual({ tags: ['a', 1] });
    expect(fill('tags: a, b', [DELIVERY.quantity, tags])).toEqual({ tags: ['a', 'b'] });
    expect(fill('{"a": {"b": 2}}', [slot('data', 'object')])).toEqual({ data: { a: { b: 2 } } });
    expect(fill('{"a": oops}', [slot('data', 'object')])).toEqual({});
    expect(fill('https://x.org/a.pdf and https://x.org/b.pdf', [slot('files', 'file[]')])).toEqual({
      files: ['https://x.org/a.pdf', 'https://x.org/b.pdf'],
    });
  });

  it.each([
    ['a, b and c', ['a', 'b', 'c']],
    ['a; b, and c', ['a', 'b', 'c']],
    ['rock & roll', ['rock', 'roll']],
    ['sandwich', ['sandwich']],
    ['', []],
  ])('%j lists %j', (text, items) => {
    expect(itemsOf(text)).toEqual(items);
  });
});
