import type { Slot } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { readBackTo, readCorrection, type CorrectionContext } from './corrections.js';
import { knowSlot } from './slot-lexicon.js';
import { CONTACT, DELIVERY, NOW, options, REFUND, slot, valuesOf, ZONE } from './testing/scenes.js';
import { listen } from './text.js';

function context(
  said: string,
  answered: readonly Slot[],
  open: readonly Slot[] = [],
): CorrectionContext {
  const known = open.map((one) => knowSlot(one));
  return {
    heard: listen(said),
    answered: answered.map((one) => knowSlot(one)),
    open: known,
    focus: known[0] ?? null,
    input: { now: NOW, timeZone: ZONE, dayFirst: false },
  };
}

const ANSWERED = [...Object.values(DELIVERY), CONTACT.email, CONTACT.giftWrap];

function correct(
  said: string,
  answered: readonly Slot[] = ANSWERED,
  open: readonly Slot[] = [],
): unknown {
  const reading = readCorrection(context(said, answered, open));
  return reading && valuesOf(reading.entities);
}

describe('a verb of changing', () => {
  it.each([
    ['change the address to 9 Oak Ave', { address: '9 Oak Ave' }],
    ['please change my address to 9 Oak Ave', { address: '9 Oak Ave' }],
    ['I want to update the quantity to twelve', { quantity: 12 }],
    ['set the date to tomorrow', { date: '2026-03-03' }],
    ['could you correct the e-mail to a@b.co', { email: 'a@b.co' }],
    ['switch the size to large', { size: 'large' }],
    ['change the size from small to large', { size: 'large' }],
    ['replace the item with two calzones', { item: 'two calzones' }],
    ['make the time 8pm', { time: '20:00' }],
    ['change the quantity', { quantity: 'quantity' }],
    ['fix the date please', { date: 'date' }],
    ['change something', {}],
    ['edit my last answer', {}],
  ])('%j gives %j', (said, values) => {
    expect(correct(said)).toEqual(values);
  });

  it('refers to a slot by its name where no value is said', () => {
    expect(
      readCorrection(context('change the delivery date', [DELIVERY.address, slot('deliveryDate')]))
        ?.entities,
    ).toEqual([
      {
        slot: 'deliveryDate',
        type: 'choice',
        value: 'deliveryDate',
        raw: 'delivery date',
        start: 11,
        end: 24,
        confidence: 0.95,
      },
    ]);
  });

  it('names no slot where two share the word', () => {
    expect(correct('change the address', [slot('homeAddress'), slot('workAddress')])).toBeNull();
  });

  it('tells slots apart by the longer name', () => {
    const two = [slot('address'), slot('addressNote')];
    expect(correct('change the address note to ring twice', two)).toEqual({
      addressNote: 'ring twice',
    });
  });
});

describe('a replacement', () => {
  it.each([
    ['actually make it 3', { quantity: 3 }],
    ['no wait, make that two', { quantity: 2 }],
    ['I meant Friday', { date: '2026-03-06' }],
    ['sorry, I meant medium', { size: 'medium' }],
    ['it should have been 7pm', { time: '19:00' }],
    ['the quantity should be 5', { quantity: 5 }],
    ['no, Friday not Thursday', { date: '2026-03-06' }],
    ['large, not small', { size: 'large' }],
    ['3 rather than 2', { quantity: 3 }],
    ['not small but large', { size: 'large' }],
    ['medium instead', { size: 'medium' }],
    ['large instead of small', { size: 'large' }],
    ['on second thought, no gift wrap', { giftWrap: false }],
    ['correction: a@b.co', { email: 'a@b.co' }],
    ['oops, 5 Oak Street', { address: '5 Oak Street' }],
    ['actually, make it 3 and the size large', { quantity: 3, size: 'large' }],
  ])('%j gives %j', (said, values) => {
    expect(correct(said)).toEqual(values);
  });

  it.each([
    'it arrived broken',
    'no',
    'not sure',
    'sorry',
    'actually',
    'I do not know',
    'change of plans',
    '',
  ])('%j is none', (said) => {
    expect(correct(said)).toBeNull();
  });

  it('has the one text slot for plain words', () => {
    expect(correct('I meant Jane', [CONTACT.name, REFUND.amount])).toEqual({ name: 'Jane' });
  });

  it('has no slot where several could be meant', () => {
    expect(correct('make it 3', [slot('adults', 'number'), slot('children', 'number')])).toEqual({
      '?': 3,
    });
    expect(correct('I meant Jane', [CONTACT.name, slot('nickname')])).toEqual({ '?': 'Jane' });
  });

  it('leaves plain words to the text slot that is asked for', () => {
    expect(correct('actually it broke', [CONTACT.name], [REFUND.reason])).toBeNull();
  });

  it('leaves a value to the slot of its kind that is asked for, unless it clearly replaces', () => {
    const asked = [slot('amount', 'number')];
    expect(correct('no, 3', [DELIVERY.quantity], asked)).toBeNull();
    expect(correct('no, 3 not 4', [DELIVERY.quantity], asked)).toEqual({ quantity: 3 });
  });

  it('needs something to correct', () => {
    expect(correct('actually make it 3', [])).toBeNull();
  });
});

describe('going back to an answer', () => {
  const back = (said: string): unknown => {
    const reading = readBackTo(context(said, ANSWERED, [REFUND.reason]));
    return reading && [reading.intent, valuesOf(reading.entities)];
  };

  it.each([
    ['go back to the address', 'address'],
    ['please go back to the question about the size', 'size'],
    ['back to quantity', 'quantity'],
    ["let's return to my e-mail", 'email'],
    ['take me back to the reason', 'reason'],
  ])('%j names %s', (said, name) => {
    expect(back(said)).toEqual(['back', { [name]: name }]);
  });

  it.each(['go back', 'go back to the beginning', 'I want my money back', 'back to chat'])(
    '%j names none',
    (said) => {
      expect(back(said)).toBeNull();
    },
  );
});

it('takes an option by its value, typed as its slot is', () => {
  const sized = slot('size', 'string', { options: options('S', 'XL') });
  expect(readCorrection(context('change the size to XL', [sized]))?.entities).toMatchObject([
    { slot: 'size', type: 'string', value: 'xl', raw: 'XL' },
  ]);
});

describe('a slot of one name in a workflow and in the one it calls', () => {
  const outer = slot('city');
  const inner = slot('city');

  it('is changed, not taken for an answer to what is asked', () => {
    const heard = readCorrection(context('change the city to Oslo', [outer], [inner]));
    expect(heard && [heard.intent, valuesOf(heard.entities)]).toEqual([
      'modify-input',
      { city: 'Oslo' },
    ]);
  });

  it('stays untold from another of the same label', () => {
    const other = slot('town', 'string', { label: 'City' });
    const heard = readCorrection(context('change the city to Oslo', [outer, other], [inner]));
    expect(heard).toBeNull();
  });
});
