import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ProblemError } from './problem-error.js';
import { formatPath, validate, type RequestPart } from './validate.js';

const schema = z.strictObject({
  name: z.string().min(1),
  slots: z.array(z.strictObject({ type: z.enum(['text', 'number']) })).optional(),
});

function problemOf(value: unknown, where: RequestPart = 'body', of: z.ZodType = schema) {
  try {
    validate(of)(value, where);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  return undefined;
}

describe('validate', () => {
  it('gives back what the schema makes of it', () => {
    const trimmed = z.strictObject({ limit: z.coerce.number().default(20) });
    expect(validate(trimmed)({ limit: '5' }, 'query')).toEqual({ limit: 5 });
    expect(validate(trimmed)({}, 'query')).toEqual({ limit: 20 });
  });

  it('names every field that is wrong by its path', () => {
    const problem = problemOf({ name: '', slots: [{ type: 'text' }, { type: 'date' }] });
    expect(problem?.status).toBe(400);
    expect(problem?.errors?.map(({ path }) => path)).toEqual(['name', 'slots[1].type']);
    expect(problem?.detail).toMatch(
      /^The request's body is not as expected\. name: .* \(and 1 more\)$/,
    );
  });

  it('names every unknown field by its path', () => {
    const problem = problemOf({ name: 'a', extra: 1, more: 2, slots: [{ type: 'text', odd: 3 }] });
    expect(problem?.errors).toEqual(
      ['slots[0].odd', 'extra', 'more'].map((path) => ({
        path,
        message: 'Unknown field: it is not part of this request',
      })),
    );
  });

  it.each([
    ['body', 'invalid_body'],
    ['query', 'invalid_query'],
    ['params', 'invalid_params'],
    ['headers', 'invalid_headers'],
  ] as const)('has a code for the %s', (where, code) => {
    expect(problemOf(undefined, where)?.code).toBe(code);
  });

  it('looks into the branch of a union that was meant', () => {
    const union = z.union([
      z.strictObject({ kind: z.literal('a'), inner: z.strictObject({ x: z.number() }) }),
      z.string(),
    ]);
    expect(problemOf({ kind: 'a', inner: { x: 'no' } }, 'body', union)?.errors).toMatchObject([
      { path: 'inner.x' },
    ]);
    expect(problemOf(17, 'body', union)?.errors).toMatchObject([{ path: '' }]);
  });

  it('does not list without end', () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`field${index}`, 1]),
    );
    expect(problemOf({ name: 'a', ...many })?.errors).toHaveLength(50);
  });
});

describe('formatPath', () => {
  it.each([
    [[], ''],
    [['a', 'b'], 'a.b'],
    [['a', 0, 'b'], 'a[0].b'],
    [[0], '[0]'],
    [['x-api-key'], 'x-api-key'],
    [['a', 'with space', 'größe'], 'a["with space"].größe'],
    [['1st'], '["1st"]'],
  ])('writes %j as %s', (path, expected) => {
    expect(formatPath(path)).toBe(expected);
  });
});
