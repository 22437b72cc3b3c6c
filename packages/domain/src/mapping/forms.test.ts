import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import { block, codes, edge } from '../workflow/testing/exports.js';
import { mapped } from './testing/mapped.js';

const stateOf = (type: string, params: JsonObject) => {
  const { journey, issues } = mapped(
    [block('start', 'start_trigger'), block('b', type, params)],
    [edge('start', 'b')],
  );
  return { state: journey.states[1], issues };
};

describe('a form', () => {
  it('asks for its fields', () => {
    const inputFormat = [
      { id: '1', name: 'approved', label: 'Do you agree?', type: 'boolean', required: true },
      { name: 'reason', placeholder: 'Why?', required: false },
      { name: 'tier', options: ['a', 'b'], value: 'a' },
    ];
    const { state, issues } = stateOf('human_in_the_loop', {
      inputFormat: JSON.stringify(inputFormat),
    });
    expect(state).toMatchObject({
      kind: 'form',
      display: [],
      slots: [
        { name: 'approved', label: 'Do you agree?', type: 'boolean', required: true },
        { name: 'reason', description: 'Why?', required: false },
        { name: 'tier', default: 'a', required: false, options: [{ value: 'a' }, { value: 'b' }] },
      ],
    });
    expect(issues).toEqual([]);
  });

  it('of the older kind asks one question with options', () => {
    const { state } = stateOf('human_in_the_loop', {
      question: 'Approve <a.b>?',
      options: '["Yes","No"]',
    });
    expect(state).toMatchObject({
      display: [{ kind: 'text', text: 'Approve <a.b>?' }],
      slots: [
        { name: 'response', label: 'Response', options: [{ value: 'Yes' }, { value: 'No' }] },
      ],
    });
  });

  it.each<[JsonValue, unknown]>([
    ['Look: <a.b>', [{ kind: 'text', text: 'Look: <a.b>' }]],
    [
      [
        { id: '1', name: 'total', type: 'number', value: '<a.total>' },
        { label: 'Items', value: [1] },
      ],
      [
        { kind: 'field', name: 'total', value: '<a.total>' },
        { kind: 'field', name: 'Items', value: [1] },
      ],
    ],
    [{ total: 5 }, [{ kind: 'field', name: 'total', value: 5 }]],
    ['{"total": 5}', [{ kind: 'field', name: 'total', value: 5 }]],
    ['[{"name":"total"}]', [{ kind: 'field', name: 'total', value: null }]],
    ['{broken <a.b>', [{ kind: 'text', text: '{broken <a.b>' }]],
    [
      ['one', 2, { value: 'three' }, {}],
      [
        { kind: 'text', text: 'one' },
        { kind: 'text', text: '2' },
        { kind: 'text', text: 'three' },
      ],
    ],
    ['  ', []],
    [null, []],
    [7, []],
  ])('shows %j', (builderData, display) => {
    expect(stateOf('human_in_the_loop', { builderData }).state).toMatchObject({ display });
  });

  it('shows whichever parameter holds something', () => {
    expect(stateOf('human_in_the_loop', { builderData: [], data: { a: 1 } }).state).toMatchObject({
      display: [{ name: 'a', value: 1 }],
    });
  });
});

describe('a wait', () => {
  const day = 86_400_000;
  it.each([
    [{ timeValue: '10', timeUnit: 'seconds' }, 10_000],
    [{ timeValue: 1.5, timeUnit: 'Minutes' }, 90_000],
    [{ timeValue: '2', timeUnit: 'hour' }, 7_200_000],
    [{ timeValue: 30, timeUnit: 'days' }, 30 * day],
    [{ timeValue: 5 }, 5000],
    [{ timeValue: 0 }, 0],
    [{ duration: 250, unit: 'milliseconds' }, 250],
  ])('of %j takes %s ms', (params, delayMs) => {
    const { state, issues } = stateOf('wait', params);
    expect(state).toMatchObject({ kind: 'timer', delayMs });
    expect(issues).toEqual([]);
  });

  it.each([
    [{}],
    [{ timeValue: null }],
    [{ timeValue: '<start.n>' }],
    [{ timeValue: -1 }],
    [{ timeValue: 1, timeUnit: 'fortnights' }],
    [{ timeValue: 1, timeUnit: 5 }],
  ])('of %j goes on at once and says so', (params) => {
    const { state, issues } = stateOf('wait', params);
    expect(state).toMatchObject({ delayMs: 0 });
    expect(codes(issues)).toContain('wait_unreadable');
  });

  it.each([[31], [1e300]])('of %s days is cut', (timeValue) => {
    const { state, issues } = stateOf('wait', { timeValue, timeUnit: 'days' });
    expect(state).toMatchObject({ delayMs: 30 * day });
    expect(codes(issues)).toEqual(['wait_too_long']);
  });
});
