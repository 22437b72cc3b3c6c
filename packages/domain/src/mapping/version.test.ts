import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import { canonicalJson } from './version.js';

it('writes keys in code unit order and texts escaped', () => {
  const value = { b: [1, null, { z: 'ü"', a: true }], a: {}, É: [], '': 'x', B: -0 };
  expect(canonicalJson(value)).toBe(
    '{"":"x","B":0,"a":{},"b":[1,null,{"a":true,"z":"ü\\""}],"É":[]}',
  );
});

it('writes what parses to the same value, however its keys are ordered', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (raw) => {
      const value = raw as JsonValue;
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

it('cuts off what is nested deeper than any stack', () => {
  let deep: JsonValue = 'bottom';
  for (let level = 0; level < 200_000; level += 1) deep = level % 2 ? [deep] : { deep };
  expect(canonicalJson(deep)).toContain('{"deep":null}');
  expect(canonicalJson(deep).length).toBeLessThan(2000);
});

function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as JsonObject).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}
