import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import { describe, expect, it } from 'vitest';
import {
  decimal,
  durationMs,
  encryptionKey,
  encryptionKeys,
  flag,
  httpUrl,
  integer,
  list,
  oneOf,
  originList,
  port,
} from './variables.js';

const accepts = (schema: z.ZodType, raw: string): unknown => schema.parse(raw);
const refuses = (schema: z.ZodType, raw: string): boolean => !schema.safeParse(raw).success;

describe('numbers', () => {
  it.each([
    ['0', 0],
    [' 42 ', 42],
    ['-3', -3],
    ['007', 7],
  ])('reads %j as %d', (raw, expected) => {
    expect(accepts(integer({ min: -10, max: 100 }), raw)).toBe(expected);
  });

  it.each(['1.5', '1e3', 'NaN', 'Infinity', '0x10', '101', '-11', '1 2', '9'.repeat(30)])(
    'refuses %j as a whole number from -10 to 100',
    (raw) => {
      expect(refuses(integer({ min: -10, max: 100 }), raw)).toBe(true);
    },
  );

  it.each([
    ['0.8', 0.8],
    ['1', 1],
    ['.5', 0.5],
  ])('reads %j as the decimal %d', (raw, expected) => {
    expect(accepts(decimal({ min: 0, max: 1 }), raw)).toBe(expected);
  });

  it('refuses decimals out of bounds', () => {
    expect(refuses(decimal({ min: 0, max: 1 }), '1.01')).toBe(true);
  });

  it('takes ports from 0 to 65535 and durations up to what a timer holds', () => {
    expect(accepts(port(), '0')).toBe(0);
    expect(refuses(port(), '65536')).toBe(true);
    expect(accepts(durationMs(), '2147483647')).toBe(2_147_483_647);
    expect(refuses(durationMs(), '2147483648')).toBe(true);
    expect(refuses(durationMs(), '0')).toBe(true);
    expect(refuses(durationMs(), '30s')).toBe(true);
  });
});

describe('words', () => {
  it.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('reads %j as %s', (raw, expected) => {
    expect(accepts(flag(), raw)).toBe(expected);
  });

  it.each(['yes', 'on', '2', 'tru'])('refuses %j as a flag', (raw) => {
    expect(refuses(flag(), raw)).toBe(true);
  });

  it('takes one of the words, in any case, and names them all otherwise', () => {
    expect(accepts(oneOf(['json', 'pretty']), 'JSON')).toBe('json');
    const result = oneOf(['json', 'pretty']).safeParse('xml');
    expect(result.error?.issues[0]?.message).toBe('must be one of json, pretty');
  });

  it('splits lists and drops empty parts', () => {
    expect(accepts(list(), 'a, b,,c ,')).toEqual(['a', 'b', 'c']);
  });
});

describe('addresses', () => {
  it('takes http URLs without the slash at the end', () => {
    expect(accepts(httpUrl(), 'https://parlant.example.com/base/')).toBe(
      'https://parlant.example.com/base',
    );
  });

  it.each(['parlant.example.com', 'ftp://example.com', '/relative', 'http://'])(
    'refuses %j as a web address',
    (raw) => {
      expect(refuses(httpUrl(), raw)).toBe(true);
    },
  );

  it('takes origins and writes them as browsers do', () => {
    expect(accepts(originList(), 'https://App.example.com/, http://localhost:5173')).toEqual([
      'https://app.example.com',
      'http://localhost:5173',
    ]);
  });

  it.each(['https://example.com/path', 'example.com', '*', 'null', 'https://u:p@example.com'])(
    'refuses %j as an origin',
    (raw) => {
      expect(refuses(originList(), raw)).toBe(true);
    },
  );
});

describe('encryptionKey', () => {
  const key = randomBytes(32);

  it.each([
    ['64 hexadecimal digits', key.toString('hex'), key],
    ['base64', key.toString('base64'), key],
    ['base64 for URLs', key.toString('base64url'), key],
    ['32 characters', 'a'.repeat(32), Buffer.from('a'.repeat(32))],
  ])('takes %s', (_form, raw, expected) => {
    expect(Buffer.from(encryptionKey().parse(raw))).toEqual(expected);
  });

  it.each(['', 'short', 'a'.repeat(31), 'a'.repeat(33), 'ü'.repeat(32), 'f'.repeat(63)])(
    'refuses %j',
    (raw) => {
      expect(refuses(encryptionKey(), raw)).toBe(true);
    },
  );
});

describe('encryptionKeys', () => {
  it('takes keys of every form with commas between, and none', () => {
    const [hex, base64] = [randomBytes(32), randomBytes(32)];
    const raw = ` ${hex.toString('hex')} , ${base64.toString('base64')},`;
    expect(
      encryptionKeys()
        .parse(raw)
        .map((key) => Buffer.from(key)),
    ).toEqual([hex, base64]);
    expect(encryptionKeys().parse('')).toEqual([]);
  });

  it.each(['short', `${'a'.repeat(32)},short`, 'a'.repeat(65)])('refuses %j', (raw) => {
    expect(refuses(encryptionKeys(), raw)).toBe(true);
  });
});
