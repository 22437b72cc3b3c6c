import type { Slot, UnderstandingContext } from '@sim/domain';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CONTACT, DELIVERY, NOW, options, REFUND, slot, ZONE } from './testing/scenes.js';
import { understand } from './understand.js';

const SLOTS: readonly Slot[] = [
  ...Object.values(REFUND),
  ...Object.values(DELIVERY),
  ...Object.values(CONTACT),
  slot('tags', 'array'),
  slot('data', 'object'),
  slot('files', 'file[]'),
  slot('when', 'string', { format: 'date-time' }),
  slot('rating', 'number', {
    options: [1, 2, 3].map((value) => ({ value, label: String(value) })),
  }),
  slot('__proto__'),
];

const contexts: fc.Arbitrary<UnderstandingContext> = fc.record({
  awaiting: fc.constantFrom('slots', 'confirmation', 'choice', 'timer', 'repair', null),
  focus: fc.option(fc.constantFrom(...SLOTS)),
  open: fc.subarray([...SLOTS], { maxLength: 8 }),
  answered: fc.subarray([...SLOTS], { maxLength: 6 }),
  choices: fc.constantFrom([], options('Standard delivery', 'Express', 'Pick up')),
  now: fc.constant(NOW),
  timeZone: fc.constantFrom(ZONE, 'UTC', 'Asia/Kathmandu'),
});

const pieces = fc.constantFrom(
  '2',
  '$1,200.50',
  'twenty five',
  'two hundred',
  'tomorrow',
  'at 7',
  'on Friday',
  '3 March to 9 March',
  'half past seven',
  'A-1042',
  '#77',
  'jane@example.com',
  'https://x.org/a',
  '+1 415 555 0123',
  '5 Main St',
  'large',
  'not',
  'yes',
  'no',
  'cancel',
  'please',
  'because',
  'change the',
  'amount',
  'address',
  'order',
  'gift wrap',
  'is',
  'to',
  'and',
  ',',
  ';',
  '.',
  '?',
  '"',
  "'",
  'my name is',
  'Jane Doe',
  'actually make it',
  'instead',
  'go back to the',
  '😀',
  '\u0000',
  '<b>',
  "'; DROP TABLE x",
  'مرحبا',
  '世界',
  '\uD83D',
  '{"a":1}',
  '[1,',
  '\n',
  '-',
  '%',
  'İ',
  'ﬁ',
  '\u202E',
  '1,2,3',
  'as',
);
const utterances = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(' ')),
  fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join('')),
);

it('answers anything said in any context, with values where they stand and never one over another', () => {
  fc.assert(
    fc.property(utterances, contexts, (utterance, context) => {
      const { confidence, entities, alternatives } = understand(utterance, context);
      expect(confidence).toBeGreaterThanOrEqual(0);
      expect(confidence).toBeLessThanOrEqual(1);
      let end = 0;
      for (const entity of entities) {
        expect(entity.start).toBeGreaterThanOrEqual(end);
        expect(entity.end).toBeGreaterThan(entity.start);
        expect(entity.end).toBeLessThanOrEqual(utterance.length);
        expect(utterance.slice(entity.start, entity.end)).toBe(entity.raw);
        expect(entity.confidence).toBeGreaterThan(0);
        expect(entity.confidence).toBeLessThanOrEqual(1);
        end = entity.end;
      }
      const named = entities.flatMap((entity) => (entity.slot === undefined ? [] : [entity.slot]));
      expect(new Set(named).size).toBe(named.length);
      expect(alternatives.length).toBeLessThanOrEqual(3);
    }),
    { numRuns: 500 },
  );
});

it('says the same of the same', () => {
  fc.assert(
    fc.property(utterances, contexts, (utterance, context) => {
      expect(understand(utterance, context)).toEqual(understand(utterance, context));
    }),
    { numRuns: 50 },
  );
});

it('names only slots that it was told of', () => {
  fc.assert(
    fc.property(utterances, contexts, (utterance, context) => {
      const known = [
        ...context.open,
        ...context.answered,
        ...(context.focus ? [context.focus] : []),
      ];
      for (const { slot: name } of understand(utterance, context).entities) {
        if (name !== undefined) expect(known.map((one) => one.name)).toContain(name);
      }
    }),
    { numRuns: 150 },
  );
});

it.each([
  'a@',
  '5 Main ',
  'amount 5 ',
  '+1 ',
  'at 5 ',
  '"',
  ' ',
  '😀',
  'because ',
  '(1) ',
  'and use x as order ',
  '1,',
])('reads four thousand characters of %j', (part) => {
  const utterance = part.repeat(4_000).slice(0, 4_000);
  const context = {
    awaiting: 'slots',
    focus: REFUND.reason,
    open: SLOTS,
    answered: [],
    choices: [],
    now: NOW,
    timeZone: ZONE,
  } as const;
  expect(understand(utterance, context).provider).toBe('internal');
});
