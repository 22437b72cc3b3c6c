import { describe, expect, it } from 'vitest';
import { CONTACT, DELIVERY, fill, slot } from '../testing/scenes.js';

const { giftWrap, insurance } = CONTACT;

describe('a mention', () => {
  it.each([
    ['gift wrap yes', { giftWrap: true }],
    ['gift wrap: no', { giftWrap: false }],
    ['no insurance', { insurance: false }],
    ['with gift wrap', { giftWrap: true }],
    ['without insurance, with gift wrap', { insurance: false, giftWrap: true }],
    ['please add insurance', { insurance: true }],
    ['I want gift wrap', { giftWrap: true }],
    ["I don't want a gift wrap", { giftWrap: false }],
    ['insurance is not needed', { insurance: false }],
    ['gift wrap on, insurance off', { giftWrap: true, insurance: false }],
    ['yes for gift wrap but no for insurance', { giftWrap: true, insurance: false }],
    ['insurance', {}],
    ['how about the insurance', {}],
  ])('in %j says %j', (said, expected) => {
    expect(fill(said, [DELIVERY.quantity, giftWrap, insurance])).toEqual(expected);
  });

  it('by the one word that only this slot is called by', () => {
    const slots = [slot('travelInsurance', 'boolean'), slot('seatReservation', 'boolean')];
    expect(fill('no insurance please', slots, null)).toEqual({ travelInsurance: false });
  });

  it('of what something is', () => {
    const urgent = slot('urgent', 'boolean', { label: 'Is this urgent?' });
    expect(fill("it's urgent", [DELIVERY.quantity, urgent])).toEqual({ urgent: true });
    expect(fill('this is not urgent', [DELIVERY.quantity, urgent])).toEqual({ urgent: false });
  });
});

describe('an answer', () => {
  it.each([
    ['yes', true],
    ['yep', true],
    ['true', true],
    ['on', true],
    ['1', true],
    ['sure', true],
    ['of course', true],
    ['no', false],
    ['nope', false],
    ['false', false],
    ['off', false],
    ['0', false],
    ['no thanks', false],
    ['not now', false],
  ])('%j is %s', (said, value) => {
    expect(fill(said, [giftWrap])).toEqual({ giftWrap: value });
  });

  it.each(['maybe', 'blue', 'I am not sure'])('%j is none', (said) => {
    expect(fill(said, [giftWrap])).toEqual({});
  });

  it('leaves the rest of what was said to other slots', () => {
    expect(fill('yes please, and 3 of them', [giftWrap, DELIVERY.quantity])).toEqual({
      giftWrap: true,
      quantity: 3,
    });
    expect(fill('no, but with insurance', [giftWrap, insurance])).toEqual({
      giftWrap: false,
      insurance: true,
    });
  });
});
