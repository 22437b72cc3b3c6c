import { describe, expect, it } from 'vitest';
import type { Json } from './json.js';
import { evaluate, isTrue } from './tiny-code.js';

describe('the little language', () => {
  it.each<[string, Json]>([
    ['return 1 + 2;', 3],
    ['"a" + 1 + null', 'a1null'],
    ['[1, x, "t", [true]]', [1, { k: 1 }, 't', [true]]],
    ['!x', false],
    ['1 < 2 && 3', 3],
    ['0 || "b"', 'b'],
    ['false && boom()', false],
    ['n === 5', true],
    ['n == "5"', true],
    ['missing != null', true],
    ['null != null', false],
    ['x === "{\\"k\\":1}"', true],
    ['`v: ${n}${ s }!`', 'v: 5text!'],
    ["'it\\'s'", "it's"],
    ['(1 >= 1) !== (2 <= 1)', true],
    ['', null],
    ['return', null],
  ])('evaluates %s', (code, value) => {
    const bindings = { n: 5, s: 'text', x: { k: 1 }, missing: 0 };
    expect(evaluate(code, bindings)).toEqual({ ok: true, value });
  });

  it.each([
    ['boom()', 'Error: boom'],
    ['other()', 'ReferenceError'],
    ['nothing', 'ReferenceError'],
    ['toString', 'ReferenceError'],
    ['1 +', 'SyntaxError'],
    ['<a.b> > 3', 'SyntaxError'],
    ['{{KEY}}', 'SyntaxError'],
    ['1 2', 'SyntaxError'],
    ['"open', 'SyntaxError'],
    ['[1', 'SyntaxError'],
  ])('fails on %s', (code, message) => {
    expect(evaluate(code, {})).toEqual({ ok: false, message });
  });

  it('has the truth of JavaScript', () => {
    expect([null, false, 0, ''].map(isTrue)).toEqual([false, false, false, false]);
    expect([[], {}, 'false', 1].map(isTrue)).toEqual([true, true, true, true]);
  });
});
