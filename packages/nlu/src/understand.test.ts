import type { Intent, JsonValue, UnderstandingContext } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { asking, CONTACT, DELIVERY, REFUND, scene, slot, valuesOf } from './testing/scenes.js';
import { createInternalUnderstanding, understand } from './understand.js';

type Row = readonly [string, Intent, Record<string, JsonValue>?];

function table(context: UnderstandingContext, rows: readonly Row[]): void {
  const cases = rows.map(([said, intent, values = {}]) => ({ said, intent, values }));
  it.each(cases)('$said is $intent', ({ said, intent, values }) => {
    const heard = understand(said, context);
    expect({ intent: heard.intent, values: valuesOf(heard.entities) }).toEqual({ intent, values });
  });
}

describe('with nothing asked', () => {
  table(scene(), [
    ['start', 'start'],
    ["Let's get started!", 'start'],
    ['please could you begin', 'start'],
    ['pause', 'pause'],
    ['hold on a', 'out-of-scope'],
    ['give me a minute', 'pause'],
    ['go on', 'resume'],
    ['I want to continue now', 'resume'],
    ['never mind', 'cancel'],
    ['STOP!!!', 'cancel'],
    ['cancel the whole workflow', 'cancel'],
    ['skip this step', 'skip'],
    ['could you try again, please?', 'retry'],
    ['go back', 'back'],
    ['undo that', 'back'],
    ['start over', 'restart'],
    ['start all over again', 'restart'],
    ['where are we?', 'status'],
    ['how far', 'status'],
    ['please could you tell me the status', 'status'],
    ['what does this step do?', 'explain'],
    ['why?', 'explain'],
    ['why do you need my order number', 'explain'],
    ['what can I say?', 'help'],
    ['help me please', 'help'],
    ['say that again', 'repeat'],
    ['hello', 'greet'],
    ['hi there!', 'greet'],
    ['good morning', 'greet'],
    ['thanks a lot', 'thank'],
    ['ok thanks', 'thank'],
    ['thanks, bye', 'goodbye'],
    ['see you later', 'goodbye'],
    ['yes', 'confirm'],
    ['yep, go ahead', 'confirm'],
    ['nope', 'deny'],
    ["don't cancel", 'deny'],
    ['do not stop it', 'deny'],
    ['what is the refund policy?', 'ask-question'],
    ['how long does a refund take', 'ask-question'],
    ['who approves this?', 'ask-question'],
    ['do you ship to Norway?', 'ask-question'],
    ['tell me about your fees', 'ask-question'],
    ['asdf qwer zxcv', 'out-of-scope'],
    ['I love cats', 'out-of-scope'],
    ["'; DROP TABLE users; --", 'out-of-scope'],
    ['<b>hello world of markup</b>', 'out-of-scope'],
    ['', 'out-of-scope'],
    ['   ', 'out-of-scope'],
    ['😀😀😀', 'out-of-scope'],
    ['\u0000\u0007\u001b', 'out-of-scope'],
    ['مرحبا كيف حالك', 'out-of-scope'],
  ]);

  it('says where to switch to', () => {
    const mode = (utterance: string): unknown => {
      const { intent, entities } = understand(utterance, scene());
      return [intent, entities[0]?.value];
    };
    expect(mode('switch to visual')).toEqual(['switch-mode', 'visual']);
    expect(mode('Switch to chat, please')).toEqual(['switch-mode', 'conversational']);
    expect(mode('open the visual editor')).toEqual(['switch-mode', 'visual']);
    expect(mode('hybrid mode')).toEqual(['switch-mode', 'hybrid']);
  });

  it('takes values for slots that are open though none is asked for', () => {
    const context = scene({ open: Object.values(REFUND) });
    const { intent, entities } = understand('refund 120 dollars for order A-1042', context);
    expect(intent).toBe('provide-value');
    expect(valuesOf(entities)).toEqual({ orderId: 'A-1042', amount: 120 });
  });
});

describe('asked for a reason', () => {
  table(asking(REFUND.reason), [
    ['it arrived broken', 'provide-value', { reason: 'it arrived broken' }],
    ['please cancel my subscription', 'provide-value', { reason: 'cancel my subscription' }],
    ['I want to cancel', 'cancel'],
    ['cancel', 'cancel'],
    ['cancle', 'cancel'],
    ['because it was late on Friday', 'provide-value', { reason: 'it was late on Friday' }],
    ['the reason is that it broke', 'provide-value', { reason: 'it broke' }],
    ['My reason is poor quality.', 'provide-value', { reason: 'poor quality' }],
    ["It's broken", 'provide-value', { reason: "It's broken" }],
    ['I want to return it', 'provide-value', { reason: 'I want to return it' }],
    [
      'I stopped needing it and could not start it',
      'provide-value',
      { reason: 'I stopped needing it and could not start it' },
    ],
    ['"cancel everything, 5"', 'provide-value', { reason: 'cancel everything, 5' }],
    ['<script>alert(1)</script>', 'provide-value', { reason: '<script>alert(1)</script>' }],
    ['وصل مكسورا', 'provide-value', { reason: 'وصل مكسورا' }],
    ['届いたとき壊れていた', 'provide-value', { reason: '届いたとき壊れていた' }],
    ['what is the refund policy?', 'ask-question', {}],
    ['asdfghjkl', 'out-of-scope'],
    ['thanks!', 'thank'],
    ['help', 'help'],
    ['no', 'deny'],
  ]);

  it('takes "nothing" for a no only where the slot may be left out', () => {
    expect(
      understand('nothing', asking(slot('comment', 'string', { required: false }))).intent,
    ).toBe('deny');
    expect(understand('nothing', asking(slot('comment'))).intent).toBe('provide-value');
  });
});

describe('a refund', () => {
  const all = { orderId: 'A-1042', amount: 120, reason: 'it arrived broken' };
  const said = "I'd like a refund of 120 dollars for order A-1042, it arrived broken";

  it.each(Object.values(REFUND))('is told in one sentence when $name is asked for', (focus) => {
    const { intent, entities, confidence } = understand(said, asking(focus, REFUND));
    expect(intent).toBe('provide-value');
    expect(valuesOf(entities)).toEqual(all);
    expect(confidence).toBeGreaterThanOrEqual(0.9);
  });

  it('gives the places of its values', () => {
    const { entities } = understand(said, asking(REFUND.orderId, REFUND));
    expect(entities.map(({ raw, start, end }) => [raw, said.slice(start, end)])).toEqual([
      ['120 dollars', '120 dollars'],
      ['A-1042', 'A-1042'],
      ['it arrived broken', 'it arrived broken'],
    ]);
  });

  table(asking(REFUND.orderId, REFUND), [
    ['1042', 'provide-value', { orderId: '1042' }],
    ['#1234', 'provide-value', { orderId: '1234' }],
    ["it's ORD-77", 'provide-value', { orderId: 'ORD-77' }],
    ['my order number is 5567', 'provide-value', { orderId: '5567' }],
    [
      'can you refund $1,200.50 for order A-1042?',
      'provide-value',
      { orderId: 'A-1042', amount: 1200.5 },
    ],
    [
      'reason: broken; amount: 20; order id: X-1',
      'provide-value',
      { orderId: 'X-1', amount: 20, reason: 'broken' },
    ],
    ['refund 120 because it arrived 3 days late', 'provide-value', { amount: 120 }],
    [
      'Hi, my order is A-77 and I want 20 euros back',
      'provide-value',
      { orderId: 'A-77', amount: 20 },
    ],
    ['use 5 as the amount', 'provide-value', { amount: 5 }],
    ['cancel order A-1', 'provide-value', { orderId: 'A-1' }],
    ['why do you need my order id?', 'explain'],
    ['cancel the refund', 'cancel'],
    ['cancl please', 'cancel'],
    ['Could you pause, please?', 'pause'],
  ]);

  table(asking(REFUND.amount, REFUND), [
    ['$1.5k', 'provide-value', { amount: 1500 }],
    ['two hundred and five', 'provide-value', { amount: 205 }],
    ['lots', 'provide-value', { amount: 'lots' }],
    ['120 or 130', 'provide-value', { amount: '120 or 130' }],
    ['how much can I get back?', 'ask-question'],
    ['skip', 'skip'],
    ['yes', 'confirm'],
  ]);

  it('is not sure of a sentence in place of an order number', () => {
    const heard = understand(
      "I don't know my order number, can you look it up",
      asking(REFUND.orderId),
    );
    expect(heard.confidence).toBeLessThan(0.5);
  });
});

describe('a delivery', () => {
  const said = '2 large pizzas to 5 Main St tomorrow at 7';
  const all = {
    quantity: 2,
    size: 'large',
    item: 'pizzas',
    address: '5 Main St',
    date: '2026-03-03',
    time: '07:00',
  };

  it.each([DELIVERY.quantity, DELIVERY.item, DELIVERY.address])(
    'is told in one sentence when $name is asked for',
    (focus) => {
      expect(valuesOf(understand(said, asking(focus, DELIVERY)).entities)).toEqual(all);
    },
  );

  it('is less sure of an hour that may be morning or evening', () => {
    const { entities } = understand(said, asking(DELIVERY.quantity, DELIVERY));
    expect(entities.find(({ slot: name }) => name === 'time')?.confidence).toBeLessThan(0.7);
    const sure = understand('at 7pm', asking(DELIVERY.time)).entities[0]?.confidence;
    expect(sure).toBeGreaterThan(0.8);
  });

  table(asking(DELIVERY.quantity, DELIVERY), [
    [
      'two small margheritas to 221B Baker Street on Friday at 7:30pm',
      'provide-value',
      {
        quantity: 2,
        size: 'small',
        item: 'margheritas',
        address: '221B Baker Street',
        date: '2026-03-06',
        time: '19:30',
      },
    ],
    ['just one please', 'provide-value', { quantity: 1 }],
    ['a dozen', 'provide-value', { quantity: 12 }],
    ['I think 4', 'provide-value', { quantity: 4 }],
    ['between 3 and 5', 'provide-value', { quantity: 'between 3 and 5' }],
  ]);

  table(asking(DELIVERY.size), [
    ['large', 'provide-value', { size: 'large' }],
    ['LARGE please', 'provide-value', { size: 'large' }],
    ['lrage', 'provide-value', { size: 'large' }],
    ['the second one', 'provide-value', { size: 'medium' }],
    ['2', 'provide-value', { size: 'medium' }],
    ['number three', 'provide-value', { size: 'large' }],
    ['the last one', 'provide-value', { size: 'large' }],
    ['not small, medium', 'provide-value', { size: 'medium' }],
    ['neither', 'deny'],
    ['none of them', 'deny'],
    ['purple', 'provide-value', { size: 'purple' }],
    ['small or medium', 'provide-value', { size: 'small or medium' }],
  ]);
});

describe('a sign-up', () => {
  table(asking(CONTACT.name, CONTACT), [
    ['Jane Doe', 'provide-value', { name: 'Jane Doe' }],
    ["I'm Jane", 'provide-value', { name: 'Jane' }],
    [
      'My name is Jane Doe, email jane@example.com and phone +1 415 555 0123',
      'provide-value',
      { name: 'Jane Doe', email: 'jane@example.com', phone: '+14155550123' },
    ],
    ["I don't want gift wrap", 'provide-value', { giftWrap: false }],
    ['website is example.com', 'provide-value', { website: 'https://example.com' }],
    ['help me with this', 'help'],
  ]);

  table(asking(CONTACT.giftWrap, CONTACT), [
    ['yes', 'provide-value', { giftWrap: true }],
    ['not really', 'provide-value', { giftWrap: false }],
    ['sure, why not', 'provide-value', { giftWrap: true }],
    ['off', 'provide-value', { giftWrap: false }],
    ['👍', 'provide-value', { giftWrap: true }],
    ['gift wrap yes, no insurance', 'provide-value', { giftWrap: true, insurance: false }],
    ['yes please, and no insurance', 'provide-value', { giftWrap: true, insurance: false }],
    ['maybe', 'provide-value', { giftWrap: 'maybe' }],
    ['cancel', 'cancel'],
  ]);
});

describe('confidence', () => {
  it('falls from exact commands over slips to guesses', () => {
    const sure = (utterance: string, context = scene()): number =>
      understand(utterance, context).confidence;
    expect(sure('cancel')).toBe(0.99);
    expect(sure('cancell')).toBe(0.85);
    expect(sure('cancel the refund')).toBe(0.7);
    expect(sure('it arrived broken', asking(REFUND.reason))).toBe(0.8);
    expect(sure('blah blah blah')).toBeLessThan(0.5);
  });

  it('lists other readings, the likeliest first and no surer than the one taken', () => {
    const { intent, confidence, alternatives } = understand('cancel', asking(REFUND.reason));
    expect(intent).toBe('cancel');
    expect(alternatives[0]?.intent).toBe('provide-value');
    const sureness = alternatives.map((other) => other.confidence);
    expect(sureness).toEqual(sureness.toSorted((a, b) => b - a));
    expect(Math.max(...sureness)).toBeLessThanOrEqual(confidence);
    expect(alternatives.length).toBeLessThanOrEqual(3);
  });
});

describe('the provider', () => {
  it('answers as a promise, by the name of the internal provider', async () => {
    const heard = await createInternalUnderstanding().understand('start', scene());
    expect(heard).toMatchObject({ intent: 'start', provider: 'internal', entities: [] });
  });

  it('reads dates in the order it is told', async () => {
    const context = asking(DELIVERY.date);
    const date = async (dateOrder: 'day-first' | 'month-first'): Promise<unknown> =>
      (await createInternalUnderstanding({ dateOrder }).understand('5/4/2026', context)).entities[0]
        ?.value;
    expect(await date('day-first')).toBe('2026-04-05');
    expect(await date('month-first')).toBe('2026-05-04');
  });

  it('reads no further than four thousand units', () => {
    const said = `${'x '.repeat(2_000)}my email is jane@example.com`;
    expect(valuesOf(understand(said, asking(CONTACT.email)).entities)).toEqual({});
  });

  it('is not led astray by a clock or a zone that does not exist', () => {
    const context = { ...asking(DELIVERY.date), now: 'never', timeZone: 'Nowhere/At_All' };
    expect(understand('2026-03-05', context).entities[0]?.value).toBe('2026-03-05');
  });
});
