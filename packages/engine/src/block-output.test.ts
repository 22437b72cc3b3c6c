import type { JsonValue } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { keptOutput } from './block-output.js';
import type { BlockOutput } from './ports.js';

const kept = (output: unknown, secrets: readonly string[] = [], maxLength = 1_000): JsonValue =>
  keptOutput({ output: output as JsonValue }, secrets, maxLength).output;

describe('what is kept of a block', () => {
  it.each<[unknown, JsonValue]>([
    [undefined, null],
    [Number.NaN, null],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [{ a: undefined, b: [undefined] }, { b: [null] }],
    ['text', 'text'],
  ])('%j is kept as JSON has it', (output, expected) => {
    expect(kept(output)).toStrictEqual(expected);
  });

  it('is a copy', () => {
    const output = { list: [1] };
    const result = kept(output);
    output.list.push(2);
    expect(result).toEqual({ list: [1] });
  });

  it('keeps a key that is no ordinary one', () => {
    const output = JSON.parse('{"__proto__":{"a":"secret"}}') as JsonValue;
    expect(JSON.stringify(kept(output, ['secret']))).toBe('{"__proto__":{"a":"***"}}');
  });

  it.each<[string, () => unknown]>([
    [
      'a value that holds itself',
      () => {
        const loop: unknown[] = [];
        loop.push(loop);
        return loop;
      },
    ],
    ['a value that JSON has no form for', () => 1n],
    [
      'a value without a bottom',
      () => {
        let deep: unknown = [];
        for (let level = 0; level < 100_000; level += 1) deep = [deep];
        return deep;
      },
    ],
  ])('refuses %s in words', (_what, output) => {
    expect(() => kept(output())).toThrow('not JSON');
  });

  it('refuses what is too large, variables included', () => {
    const large: BlockOutput = { output: null, variables: { a: 'x'.repeat(200) } };
    expect(() => keptOutput(large, [], 100)).toThrow('larger than 100');
  });

  it('keeps the branch, and variables without secrets', () => {
    const result = keptOutput(
      { output: 1, branchId: 'if', variables: { token: 'Bearer s3cret' } },
      ['s3cret'],
      100,
    );
    expect(result).toEqual({ output: 1, branchId: 'if', variables: { token: 'Bearer ***' } });
  });
});
