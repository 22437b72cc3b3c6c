import type { JsonObject, JsonValue } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { schemaProblem } from './schema-check.js';

const SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    age: { type: ['integer', 'null'] },
    size: { enum: ['S', 'M'] },
    kind: { const: 'person' },
    tags: { type: 'array', items: { type: 'string' } },
    home: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
  required: ['name'],
  additionalProperties: false,
};

describe('schemaProblem', () => {
  it.each<[JsonValue]>([
    [{ name: 'Ada' }],
    [{ name: 'Ada', age: 36, size: 'S', kind: 'person', tags: [], home: { city: 'London' } }],
    [{ name: 'Ada', age: null, tags: ['a', 'b'] }],
  ])('finds nothing wrong with %j', (value) => {
    expect(schemaProblem(value, SCHEMA)).toBeNull();
  });

  it.each<[JsonValue, string]>([
    [[], 'it is not object'],
    [{}, 'it lacks "name"'],
    [{ name: 1 }, '"name" is not string'],
    [{ name: 'Ada', age: 1.5 }, '"age" is not integer or null'],
    [{ name: 'Ada', size: 'L' }, '"size" is none of the values that are allowed'],
    [{ name: 'Ada', kind: 'cat' }, '"kind" is not the value that is allowed'],
    [{ name: 'Ada', tags: ['a', 2] }, '"tags.1" is not string'],
    [{ name: 'Ada', home: {} }, '"home" lacks "city"'],
    [{ name: 'Ada', extra: 1 }, 'it has "extra", which was not asked for'],
  ])('tells what is wrong with %j', (value, problem) => {
    expect(schemaProblem(value, SCHEMA)).toBe(problem);
  });

  it('is not led astray by names that objects have from birth', () => {
    const schema = { type: 'object', required: ['constructor', '__proto__'] };
    expect(schemaProblem({}, schema)).toBe('it lacks "constructor"');
    const closed = { properties: {}, additionalProperties: false };
    expect(schemaProblem({ toString: 1 }, closed)).toContain('toString');
  });

  it('lets pass what is no schema', () => {
    for (const schema of [{}, { type: 'thing' }, { type: 7 }, { required: 'name' }, { enum: 3 }]) {
      expect(schemaProblem({ a: 1 }, schema as JsonObject)).toBeNull();
    }
  });

  it('ends on values without end', () => {
    const many = Array.from({ length: 200_000 }, () => 1);
    expect(schemaProblem(many, { items: { type: 'number' } })).toBeNull();
    let deep: JsonValue = 1;
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(schemaProblem(deep, { type: 'array', items: { type: 'array' } })).toBeNull();
  });
});
