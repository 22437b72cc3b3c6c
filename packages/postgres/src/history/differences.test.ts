import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences } from './differences.js';

describe('the differences of two JSON values', () => {
  it.each([
    ['equal records in another order', { a: 1, b: [null] }, { b: [null], a: 1 }, []],
    ['a value', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
    ['a key that only one has', { a: 1 }, { a: 1, b: null }, ['b']],
    ['a property that is undefined, which JSON leaves out', { a: undefined }, {}, []],
    ['the order of a list', [1, 2], [2, 1], ['0', '1']],
    ['the length of a list', [1], [1, null], ['1']],
    ['a list and a record', { a: [] }, { a: {} }, ['a']],
    ['the values themselves', 1, '1', ['']],
    ['zeros, which JSON does not tell apart', 0, -0, []],
  ])('%s', (_name, left, right, paths) => {
    expect(differences(left, right, 10).map(({ path }) => path)).toEqual(paths);
  });

  it('sees keys that every object inherits', () => {
    const left: unknown = JSON.parse('{"__proto__": 1, "constructor": 2}');
    expect(differences(left, {}, 10).map(({ path }) => path)).toEqual(['__proto__', 'constructor']);
    expect(differences({}, left, 10)).toHaveLength(2);
  });

  it('stop at the limit', () => {
    expect(differences(new Array(1_000).fill(1), new Array(1_000).fill(2), 3)).toHaveLength(3);
  });

  it('take what is very deep', () => {
    const deep = (inner: unknown): unknown => {
      let value = inner;
      for (let depth = 0; depth < 200_000; depth += 1) value = { a: value };
      return value;
    };
    expect(differences(deep(1), deep(1), 10)).toEqual([]);
    expect(differences(deep(1), deep(2), 10)).toMatchObject([{ left: 1, right: 2 }]);
  });

  it('are none exactly where both say the same', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const property = fc.property(value, value, (left, right) => {
      const same = JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
      expect(differences(left, right, 1).length === 0).toBe(same);
      expect(differences(left, JSON.parse(JSON.stringify(left)), 1)).toEqual([]);
    });
    fc.assert(property);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
