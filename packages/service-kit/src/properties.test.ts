import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  ConfigError,
  formatPath,
  integer,
  parseConfig,
  ProblemError,
  redact,
  settings,
  text,
  validate,
} from './index.js';

const SECRET = 'hush-hush-hush';
const secretKey = fc.constantFrom('password', 'X-API-Key', 'accessToken', 'content', 'Cookie');

describe('redact', () => {
  it('leaves no secret, wherever it stands', () => {
    const leaf = fc.oneof(
      fc.integer(),
      fc.string({ maxLength: 5 }),
      secretKey.map((key) => ({ [key]: SECRET })),
      secretKey.map((key) => ({ [key]: { nested: [SECRET] } })),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('tree'), { maxLength: 4 }), fc.object()),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(JSON.stringify(redact({ value }))).not.toContain(SECRET);
      }),
    );
  });

  it('leaves what is no secret as it is', () => {
    const harmless = fc.dictionary(fc.constantFrom('a', 'b', 'status', 'route'), fc.jsonValue(), {
      maxKeys: 3,
    });
    fc.assert(
      fc.property(harmless, ({ status }) => {
        const line = { status: typeof status === 'object' ? null : status };
        expect(redact(line)).toEqual(line);
      }),
    );
  });
});

describe('parseConfig', () => {
  const group = settings(
    { A: integer({ min: -5, max: 5 }).default(0), B: text('a text').default('b') },
    (v) => v,
  );

  it('gives numbers in bounds or a ConfigError, whatever the environment', () => {
    const value = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('A', 'B', 'C'), value), (env) => {
        try {
          const { A } = parseConfig({ group }, env).group;
          expect(Number.isInteger(A) && Math.abs(A) <= 5).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as ConfigError).problems.map(({ variable }) => variable)).toEqual(['A']);
        }
      }),
    );
  });
});

describe('validate', () => {
  const schema = z.strictObject({
    name: z.string(),
    list: z.array(z.strictObject({ n: z.int() })),
  });

  it('gives back a value or a 400 whose every error has a message', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          expect(validate(schema)(value, 'body')).toEqual(value);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
          const { status, errors } = error as ProblemError;
          expect(status).toBe(400);
          expect(errors?.length).toBeGreaterThan(0);
          expect(errors?.every(({ message }) => message !== '')).toBe(true);
        }
      }),
    );
  });
});

describe('formatPath', () => {
  it('writes different paths differently', () => {
    const step = fc.oneof(fc.nat(20), fc.string());
    const path = fc.array(step, { maxLength: 4 });
    fc.assert(
      fc.property(path, path, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(formatPath(one) === formatPath(other)).toBe(same);
      }),
    );
  });
});
