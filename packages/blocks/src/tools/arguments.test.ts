import type { JsonObject, JsonValue } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { argumentReader, coerced } from './arguments.js';

describe('reading an argument', () => {
  it('takes the very name first, then one that is spelled otherwise', () => {
    const read = argumentReader({ channelId: 'loose', channel_id: 'exact', 'User Name': 'ada' });
    expect([read('channel_id'), read('channelId'), read('CHANNEL-ID')]).toEqual([
      'exact',
      'loose',
      'loose',
    ]);
    expect(read('user_name')).toBe('ada');
    expect(read('other')).toBeUndefined();
  });

  it('takes what is empty for absent, and what is false or nought for given', () => {
    const read = argumentReader({ a: '', b: '  ', c: null, d: false, e: 0, f: [], A: 'other' });
    expect(['b', 'c'].map(read)).toEqual([undefined, undefined]);
    expect(['a', 'd', 'e', 'f'].map(read)).toEqual(['other', false, 0, []]);
  });

  it('knows own names alone', () => {
    const read = argumentReader(JSON.parse('{"__proto__":"own"}') as JsonObject);
    expect([read('__proto__'), read('constructor'), read('toString')]).toEqual([
      'own',
      undefined,
      undefined,
    ]);
  });
});

describe('a value in the type of a schema', () => {
  it.each<[JsonValue, JsonObject | null, JsonValue]>([
    ['3', { type: 'integer' }, 3],
    [' 3.5 ', { type: 'number' }, 3.5],
    ['3.5', { type: 'integer' }, '3.5'],
    ['1e3', { type: 'number' }, 1000],
    ['true', { type: 'boolean' }, true],
    ['yes', { type: 'boolean' }, 'yes'],
    ['null', { type: ['string', 'null'] }, 'null'],
    ['null', { type: ['integer', 'null'] }, null],
    ['[1]', { type: 'array' }, [1]],
    ['a', { type: 'array' }, ['a']],
    ['{"a":1}', { type: 'object' }, { a: 1 }],
    ['{"a":1}', { type: 'string' }, '{"a":1}'],
    ['{a', { type: 'object' }, '{a'],
    [7, { type: 'string' }, '7'],
    [{ a: 1 }, { type: 'string' }, '{"a":1}'],
    [7, { type: 'boolean' }, 7],
    [7, { type: 'number' }, 7],
    ['x', {}, 'x'],
    ['x', null, 'x'],
    ['x', { type: 9 }, 'x'],
  ])('%j for %j is %j', (value, schema, expected) => {
    expect(coerced(value, schema)).toEqual(expected);
  });
});
