import { describe, expect, it } from 'vitest';
import { storableJson, storableText } from './storable.js';

describe('text for PostgreSQL', () => {
  it('stays as it is where it can be kept', () => {
    expect(storableText('naïve 😀 \u0001\t')).toBe('naïve 😀 \u0001\t');
  });

  it.each([
    ['U+0000', 'a\u0000b', 'a\uFFFDb'],
    ['a lone high surrogate', 'a\uD83Db', 'a\uFFFDb'],
    ['a lone low surrogate', '\uDE00', '\uFFFD'],
    ['two highs before a low', '\uD83D\uD83D\uDE00', '\uFFFD\u{1F600}'],
  ])('loses %s', (_, given, kept) => {
    expect(storableText(given)).toBe(kept);
  });
});

describe('JSON for PostgreSQL', () => {
  it('keeps the order of keys and every ordinary value', () => {
    const value = { b: [1, -0.5, true, null], a: { text: '😀', empty: {} } };
    expect(storableJson(value)).toBe(JSON.stringify(value));
  });

  it('cleans keys and values at any depth', () => {
    const stored = JSON.parse(storableJson({ 'k\u0000': [{ deep: 'x\uD800' }] })) as unknown;
    expect(stored).toEqual({ 'k\uFFFD': [{ deep: 'x\uFFFD' }] });
  });

  it('keeps a key that is named like a prototype beside one that is cleaned', () => {
    const given = JSON.parse('{"__proto__":{"admin":true},"n":"\\u0000"}') as unknown;
    expect(storableJson(given)).toBe('{"__proto__":{"admin":true},"n":"\uFFFD"}');
  });

  it('leaves text alone that merely speaks of an escape', () => {
    const value = { text: 'write \\u0000 or \\ud800' };
    expect(JSON.parse(storableJson(value))).toEqual(value);
  });

  it('writes dates as ISO 8601, cleaned or not', () => {
    const at = new Date('2026-03-01T12:00:00.000Z');
    expect(JSON.parse(storableJson({ at, text: '\u0000' }))).toEqual({
      at: '2026-03-01T12:00:00.000Z',
      text: '\uFFFD',
    });
  });
});
