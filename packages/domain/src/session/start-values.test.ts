import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { form, journey, slot, start } from '../testing/journeys.js';
import { startValueFaults } from './start-values.js';

const ORDER = journey(
  [
    start(
      slot('order', { label: 'Order id', description: 'such as A-1' }),
      slot('count', { label: 'Count', type: 'number' }),
      slot('note', { required: false }),
    ),
  ],
  [],
);

describe('what keeps a journey from starting with an input alone', () => {
  it('is nothing where every needed value is there and fits', () => {
    expect(startValueFaults(ORDER, { order: 'A-1', count: '2' })).toEqual([]);
    expect(startValueFaults(ORDER, { order: 'A-1', count: 2, note: '', more: [1] })).toEqual([]);
  });

  it('names each value that is missing or does not fit', () => {
    expect(startValueFaults(ORDER, { count: 'many', note: 'x' })).toEqual([
      { name: 'order', message: 'A value (string) is needed for the order id: such as A-1.' },
      { name: 'count', message: '"many" is not a number I can use for the count.' },
    ]);
    expect(startValueFaults(ORDER, { order: null, count: 1 }).map(({ name }) => name)).toEqual([
      'order',
    ]);
  });

  it('is no length of a text', () => {
    expect(startValueFaults(ORDER, { order: 'x'.repeat(100_000), count: 1 })).toEqual([]);
  });

  it('is nothing where the journey begins with something else, or with nothing', () => {
    expect(startValueFaults(journey([form('f', [slot('a')])], []), {})).toEqual([]);
    expect(startValueFaults({ ...ORDER, initial: null }, {})).toEqual([]);
  });

  it('can be told of any input', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (input) => {
        for (const { name, message } of startValueFaults(ORDER, input as never)) {
          expect(['order', 'count', 'note']).toContain(name);
          expect(message).not.toBe('');
        }
      }),
    );
  });
});
