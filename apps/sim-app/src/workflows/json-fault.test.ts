import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from './json-fault.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('the place where a text stops being JSON', () => {
  it.each([
    ['{"a": }', 6],
    ['{"a" 1}', 5],
    ['{a: 1}', 1],
    ['[1, 2,]', 6],
    ['{"a": 1,}', 8],
    ['[1 2]', 3],
    ['{"a": 1', 7],
    ['{"a": "b', 8],
    ['"a\\x"', 2],
    ['"a\\u12g4"', 2],
    ['"a\nb"', 2],
    ['nul', 0],
    ['01', 1],
    ['1.', 1],
    ['', 0],
    ['   ', 3],
    ['{} {}', 3],
    ['[}', 1],
    ["{'a': 1}", 1],
    ['<!doctype html>', 0],
  ])('%j is at %i', (text, offset) => {
    expect(findJsonFault(text)?.offset).toBe(offset);
  });

  it('is told by line and column', () => {
    expect(findJsonFault('{\n  "a": 1,\n  b: 2\n}')).toEqual({ offset: 14, line: 3, column: 3 });
  });

  it('is nowhere in JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(findJsonFault(text)).toBeNull();
        expect(findJsonFault(JSON.stringify(JSON.parse(text), null, 2))).toBeNull();
      }),
    );
  });

  it('is somewhere exactly where JSON.parse throws', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '.5',
      'e3',
      'true',
      ' ',
    ];
    const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((p) => p.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        expect(findJsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('is found without recursion, however deep and long the text is', () => {
    expect(findJsonFault('['.repeat(200_000))?.offset).toBe(200_000);
    expect(findJsonFault(`"${'a'.repeat(2_000_000)}`)?.offset).toBe(2_000_001);
  });
});
