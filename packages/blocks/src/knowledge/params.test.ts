import type { JsonValue } from '@sim/domain';
import { BlockFailure } from '@sim/engine';
import { describe, expect, it } from 'vitest';
import { contextOf } from '../testing/context.js';
import { readExcerpt, readTagFilters, readTags, readWord, readWords } from './params.js';

const context = contextOf();

describe('readWords', () => {
  it.each<[JsonValue, string[]]>([
    ['kb_1', ['kb_1']],
    [' kb_1 , kb_2,', ['kb_1', 'kb_2']],
    [
      ['kb_1', null, ' kb_2 '],
      ['kb_1', 'kb_2'],
    ],
    ['', []],
    [null, []],
    ['null', []],
    [[], []],
    [7, ['7']],
  ])('reads %j', (value, words) => {
    expect(readWords({ a: value }, ['a'])).toEqual(words);
  });

  it('takes the first parameter that has any', () => {
    expect(readWords({ a: ' ', b: 'x', c: 'y' }, ['a', 'b', 'c'])).toEqual(['x']);
    expect(readWords({}, ['constructor', '__proto__'])).toEqual([]);
  });
});

describe('readWord', () => {
  it.each<[JsonValue, string | null]>([
    [' a ', 'a'],
    [' ', null],
    [null, null],
    [5, '5'],
    [false, 'false'],
  ])('reads %j', (value, word) => {
    expect(readWord({ key: value }, 'key')).toBe(word);
  });
});

describe('readExcerpt', () => {
  it('has defaults, and reads numbers that are texts', () => {
    expect(readExcerpt(context, {}, 'search')).toEqual({ search: '', limit: 50, offset: 0 });
    const params = { find: ' x ', limit: '5', offset: 10.7 };
    expect(readExcerpt(context, params, 'find')).toEqual({ search: 'x', limit: 5, offset: 10 });
  });

  it.each([{ limit: 0 }, { limit: 101 }, { limit: 'x' }, { offset: -1 }, { offset: 1e9 }])(
    'refuses %j',
    (params) => {
      expect(() => readExcerpt(context, params, 'search')).toThrow(BlockFailure);
    },
  );
});

describe('readTagFilters', () => {
  it('reads rows, also as JSON text, and leaves blank ones out', () => {
    const rows = [
      { tagName: 'team', tagValue: 'Sales' },
      { tagName: 'year', tagValue: 2026, operator: 'neq' },
      { tagName: '', tagValue: 'x' },
      { tagName: 'x', tagValue: '' },
      'nonsense',
    ];
    const filters = [
      { name: 'team', value: 'Sales', equal: true },
      { name: 'year', value: '2026', equal: false },
    ];
    expect(readTagFilters(context, rows)).toEqual(filters);
    expect(readTagFilters(context, JSON.stringify(rows))).toEqual(filters);
    expect(readTagFilters(context, undefined)).toEqual([]);
    expect(readTagFilters(context, '')).toEqual([]);
  });

  it.each<[JsonValue, string]>([
    [[{ tagName: 'a', tagValue: 'b', operator: 'starts_with' }], 'starts_with'],
    ['{"a": 1}', 'must be a list'],
    [Array.from({ length: 51 }, () => ({})), 'limit is 50'],
  ])('refuses %j', (value, message) => {
    expect(() => readTagFilters(context, value)).toThrow(message);
  });
});

describe('readTags', () => {
  it.each<[JsonValue | undefined]>([
    [
      [
        { tagName: 'team', value: 'Sales' },
        { tagName: 'year', value: 2026 },
      ],
    ],
    ['[{"tagName": "team", "tagValue": "Sales"}, {"name": "year", "value": "2026"}]'],
    [{ team: 'Sales', year: 2026, blank: '' }],
  ])('reads %j', (value) => {
    expect(readTags(context, value)).toEqual({ team: 'Sales', year: '2026' });
  });

  it('keeps a tag of any name in its place, and long ones short', () => {
    const tags = readTags(
      context,
      JSON.parse('{"__proto__": "x", "constructor": "y"}') as JsonValue,
    );
    expect(Object.entries(tags)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(tags)).toBe(Object.prototype);
    expect(readTags(context, { ['k'.repeat(300)]: 'v'.repeat(300) })).toEqual({
      ['k'.repeat(200)]: 'v'.repeat(200),
    });
  });
});
