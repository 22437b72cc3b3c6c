import type { Intent, JsonValue, UnderstandingContext } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { asking, DELIVERY, options, REFUND, scene, slot, valuesOf } from './testing/scenes.js';
import { understand } from './understand.js';

type Row = readonly [string, Intent, Record<string, JsonValue>?];

function table(context: UnderstandingContext, rows: readonly Row[]): void {
  const cases = rows.map(([said, intent, values = {}]) => ({ said, intent, values }));
  it.each(cases)('$said is $intent', ({ said, intent, values }) => {
    const heard = understand(said, context);
    expect({ intent: heard.intent, values: valuesOf(heard.entities) }).toEqual({ intent, values });
  });
}

describe('asked to confirm', () => {
  table(scene({ awaiting: 'confirmation' }), [
    ['yes', 'confirm'],
    ['yes please go ahead', 'confirm'],
    ['go on', 'confirm'],
    ['I approve', 'confirm'],
    ['that looks right to me', 'confirm'],
    ['no problem, go ahead', 'confirm'],
    ['👍', 'confirm'],
    ['no', 'deny'],
    ["no, don't do that", 'deny'],
    ['not yet', 'deny'],
    ["please don't", 'deny'],
    ["that's not what I wanted", 'deny'],
    ['👎', 'deny'],
    ['maybe', 'out-of-scope'],
    ['I am not sure', 'out-of-scope'],
    ['is that correct?', 'ask-question'],
    ['what will it cost?', 'ask-question'],
    ['cancel', 'cancel'],
    ['never mind', 'cancel'],
  ]);

  it('offers a yes and a no as what a hedge may mean', () => {
    const { confidence, alternatives } = understand('maybe', scene({ awaiting: 'confirmation' }));
    expect(confidence).toBeLessThan(0.8);
    expect(alternatives.map(({ intent }) => intent)).toEqual(['confirm', 'deny']);
  });

  it('is unsure of a yes with reservations', () => {
    const { intent, confidence } = understand(
      'yes, but not today',
      scene({ awaiting: 'confirmation' }),
    );
    expect([intent, confidence < 0.8]).toEqual(['confirm', true]);
  });

  table(scene({ awaiting: 'confirmation', answered: Object.values(REFUND) }), [
    ['yes, but change the amount to 90', 'modify-input', { amount: 90 }],
    ['no, make it 90', 'modify-input', { amount: 90 }],
    ['change the reason', 'modify-input', { reason: 'reason' }],
    ['no', 'deny'],
  ]);
});

describe('offered choices', () => {
  table(
    scene({
      awaiting: 'choice',
      choices: options('Standard delivery', 'Express delivery', 'Pick up'),
    }),
    [
      ['the second one', 'choose', { '?': 'express delivery' }],
      ['1', 'choose', { '?': 'standard delivery' }],
      ['last one please', 'choose', { '?': 'pick up' }],
      ['express', 'choose', { '?': 'express delivery' }],
      ['expres delivry', 'choose', { '?': 'express delivery' }],
      ['I would like to pick up', 'choose', { '?': 'pick up' }],
      ['delivery', 'out-of-scope'],
      ['4', 'out-of-scope'],
      ['none of them', 'deny'],
      ['neither', 'deny'],
      ['help', 'help'],
    ],
  );

  const repair = [
    { value: 'retry', label: 'Try again' },
    { value: 'change-input', label: 'Change the input' },
    { value: 'skip', label: 'Skip this step' },
    { value: 'stop', label: 'Stop here' },
  ];
  table(scene({ awaiting: 'repair', choices: repair }), [
    ['try again', 'choose', { '?': 'retry' }],
    ['skip', 'choose', { '?': 'skip' }],
    ['change the input', 'choose', { '?': 'change-input' }],
    ['the last one', 'choose', { '?': 'stop' }],
    ['try agian', 'retry'],
    ['yes', 'confirm'],
    ['why did it fail?', 'explain'],
  ]);
});

describe('corrections', () => {
  const { quantity, size, item, address, date, time } = DELIVERY;
  const answered = [quantity, size, item, address, date, time];
  table(scene({ awaiting: 'slots', focus: REFUND.reason, open: [REFUND.reason], answered }), [
    ['change the address to 9 Oak Ave', 'modify-input', { address: '9 Oak Ave' }],
    ['change the address', 'modify-input', { address: 'address' }],
    ['actually make it 3', 'modify-input', { quantity: 3 }],
    ['actually, the quantity is 9', 'modify-input', { quantity: 9 }],
    ['no, Friday not Thursday', 'modify-input', { date: '2026-03-06' }],
    ['not small but large', 'modify-input', { size: 'large' }],
    ['medium instead', 'modify-input', { size: 'medium' }],
    ['I meant Saturday', 'modify-input', { date: '2026-03-07' }],
    ['it should be 4', 'modify-input', { quantity: 4 }],
    ['make the size small', 'modify-input', { size: 'small' }],
    ['set the time to 8pm', 'modify-input', { time: '20:00' }],
    ['no, it is 5 Oak Street instead of 5 Main St', 'modify-input', { address: '5 Oak Street' }],
    ['change my answer', 'modify-input', {}],
    ['go back to the address', 'back', { address: 'address' }],
    ['can we go back to the size', 'back', { size: 'size' }],
    ['actually it arrived broken', 'provide-value', { reason: 'it arrived broken' }],
    ['change of plans', 'provide-value', { reason: 'change of plans' }],
  ]);

  it('leaves the slot open where two answers could be meant', () => {
    const two = [slot('adults', 'number'), slot('children', 'number')];
    const { intent, entities } = understand('actually make it 3', scene({ answered: two }));
    expect(intent).toBe('modify-input');
    expect(entities).toMatchObject([{ type: 'number', value: 3, raw: '3' }]);
    expect(entities[0]?.slot).toBeUndefined();
  });

  it('corrects what is still open too', () => {
    const { intent, entities } = understand(
      'actually, the amount is 90',
      asking(REFUND.orderId, REFUND),
    );
    expect([intent, valuesOf(entities)]).toEqual(['modify-input', { amount: 90 }]);
  });
});
