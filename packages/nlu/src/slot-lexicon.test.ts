import { describe, expect, it } from 'vitest';
import { hasOptions, isFreeText, knowSlot } from './slot-lexicon.js';
import { options, slot } from './testing/scenes.js';

describe('kinds', () => {
  it.each([
    ['orderId', 'string', 'identifier'],
    ['trackingNumber', 'string', 'identifier'],
    ['promoCode', 'string', 'identifier'],
    ['reason', 'string', 'sentence'],
    ['additionalComments', 'string', 'sentence'],
    ['customerName', 'string', 'person'],
    ['companyName', 'string', 'plain'],
    ['deliveryAddress', 'string', 'address'],
    ['product', 'string', 'item'],
    ['colour', 'string', 'plain'],
    ['amount', 'number', 'money'],
    ['totalPrice', 'number', 'money'],
    ['quantity', 'number', 'count'],
    ['numberOfGuests', 'number', 'count'],
    ['weight', 'number', 'plain'],
  ] as const)('%s (%s) is of kind %s', (name, type, kind) => {
    expect(knowSlot(slot(name, type)).kind).toBe(kind);
  });

  it('are told from the description where the name tells nothing', () => {
    const described = slot('field1', 'string', {
      label: 'Field 1',
      description: 'Why you send it back, the reason',
    });
    expect(knowSlot(described).kind).toBe('sentence');
  });
});

describe('formats', () => {
  it('are told from what the name ends in', () => {
    expect(knowSlot(slot('workEmail')).format).toBe('email');
    expect(knowSlot(slot('emailAddress')).format).toBe('email');
    expect(knowSlot(slot('phoneNumber')).format).toBe('phone');
    expect(knowSlot(slot('website')).format).toBe('url');
    expect(knowSlot(slot('emailSubject')).format).toBeNull();
    expect(knowSlot(slot('email', 'number')).format).toBeNull();
  });

  it('are kept where they are declared', () => {
    expect(knowSlot(slot('when', 'string', { format: 'date' })).format).toBe('date');
  });
});

describe('words', () => {
  it('weigh more in the name than in the description', () => {
    const { keywords, phrases } = knowSlot(
      slot('qty', 'number', {
        label: 'Quantity of boxes',
        description: 'How many parcels you send',
      }),
    );
    expect(keywords.get('quantity')).toBe(1);
    expect(keywords.get('box')).toBe(1);
    expect(keywords.get('parcel')).toBe(0.5);
    expect(keywords.has('of')).toBe(false);
    expect(phrases).toEqual([['quantity', 'of', 'box'], ['qty']]);
  });

  it('survive names that objects inherit', () => {
    const { keywords } = knowSlot(slot('constructor'));
    expect([...keywords.keys()]).toEqual(['constructor']);
  });

  it('may be none', () => {
    expect(knowSlot(slot('x', 'string', { name: '__', label: '!!' })).phrases).toEqual([]);
  });
});

it('tells free text from what is typed or enumerated', () => {
  const sized = slot('size', 'string', { options: options('S', 'M') });
  expect(isFreeText(knowSlot(slot('reason')))).toBe(true);
  expect(isFreeText(knowSlot(slot('email')))).toBe(false);
  expect(isFreeText(knowSlot(slot('amount', 'number')))).toBe(false);
  expect(isFreeText(knowSlot(sized))).toBe(false);
  expect([hasOptions(sized), hasOptions(slot('size', 'string', { options: [] }))]).toEqual([
    true,
    false,
  ]);
});
