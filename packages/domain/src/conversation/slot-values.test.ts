import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json.js';
import type { Slot } from '../journey/types.js';
import { acceptValue, findOption, MAX_SLOT_TEXT, parseNumeral } from './slot-values.js';

function slot(type: Slot['type'], more: Partial<Slot> = {}): Slot {
  return {
    name: 'field',
    label: 'Field',
    type,
    format: null,
    description: null,
    required: true,
    default: null,
    options: null,
    ...more,
  };
}

const sizes = slot('string', {
  options: [
    { value: 'sm', label: 'Small' },
    { value: 'xl', label: 'Extra large' },
  ],
});

function accepted(target: Slot, value: JsonValue): JsonValue {
  const result = acceptValue(target, value);
  if (!result.ok) throw new TypeError(`refused: ${result.refusal.reason}`);
  return result.value;
}

function reason(target: Slot, value: JsonValue): string {
  const result = acceptValue(target, value);
  return result.ok ? 'accepted' : result.refusal.reason;
}

describe('numbers', () => {
  it.each<[JsonValue, number]>([
    [120, 120],
    [-0.5, -0.5],
    ['120', 120],
    [' 1,200.50 ', 1200.5],
    ['$120', 120],
    ['120 €', 120],
    ['USD 1,200', 1200],
    ['1.200,50', 1200.5],
    ['1 200', 1200],
    ["1'200", 1200],
    ['12,34,567', 1234567],
    ['1,5', 1.5],
    ['-3', -3],
    ['−3', -3],
    ['-$5', -5],
    ['+7', 7],
    ['.5', 0.5],
    ['0', 0],
    ['-0', 0],
    ['١٢٣', 123],
    ['۱۲۳', 123],
    ['१२३', 123],
    ['１２３', 123],
    ['\u200F120\u200E', 120],
    ['1\u000020', 120],
  ])('takes %j as %d', (given, expected) => {
    expect(accepted(slot('number'), given)).toBe(expected);
  });

  it.each<JsonValue>([
    'twelve',
    '1,2,3',
    '12 apples',
    'Infinity',
    'NaN',
    '0x10',
    '1e5',
    '--3',
    '$',
    '.',
    true,
    [],
    {},
  ])('refuses %j', (given) => {
    expect(reason(slot('number'), given)).toBe('refused-number');
  });

  it('reads any safe integer that is grouped in thousands', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(parseNumeral(n.toLocaleString('en-US'))).toBe(n === 0 ? 0 : n);
      }),
    );
  });
});

describe('booleans', () => {
  it.each<[JsonValue, boolean]>([
    [true, true],
    ['TRUE', true],
    [' Yes ', true],
    ['on', true],
    [1, true],
    ['1', true],
    [false, false],
    ['No', false],
    ['off', false],
    [0, false],
    ['0', false],
  ])('takes %j as %s', (given, expected) => {
    expect(accepted(slot('boolean'), given)).toBe(expected);
  });

  it.each<JsonValue>(['maybe', 2, [], {}])('refuses %j', (given) => {
    expect(reason(slot('boolean'), given)).toBe('refused-boolean');
  });
});

describe('text', () => {
  it.each<[JsonValue, string]>([
    ['  hello  ', 'hello'],
    ['a\u0000b\u0007c', 'abc'],
    ['two\nlines\tkept', 'two\nlines\tkept'],
    ['مرحبا بالعالم', 'مرحبا بالعالم'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['\uD83D broken', '\uFFFD broken'],
    [42, '42'],
    [true, 'true'],
    [{ a: 1 }, '{"a":1}'],
  ])('takes %j as %j', (given, expected) => {
    expect(accepted(slot('string'), given)).toBe(expected);
  });

  it('refuses nothing at all where something is required', () => {
    for (const given of ['', ' \n', '\u0000', null]) {
      expect(reason(slot('string'), given)).toBe('refused-empty');
      expect(reason(slot('number'), given)).toBe('refused-empty');
    }
  });

  it('takes nothing for a slot that is not required', () => {
    expect(accepted(slot('string', { required: false }), '  ')).toBe('');
    expect(accepted(slot('number', { required: false }), '')).toBeNull();
    expect(accepted(slot('array', { required: false }), null)).toBeNull();
  });

  it('bounds its length, and says by how much', () => {
    expect(accepted(slot('string'), 'x'.repeat(MAX_SLOT_TEXT))).toHaveLength(MAX_SLOT_TEXT);
    expect(accepted(slot('string'), '😀'.repeat(MAX_SLOT_TEXT))).toBe('😀'.repeat(MAX_SLOT_TEXT));
    const result = acceptValue(slot('string'), 'x'.repeat(MAX_SLOT_TEXT + 1));
    expect(result).toMatchObject({
      ok: false,
      refusal: { slot: 'field', reason: 'refused-too-long', params: { max: 4000, label: 'Field' } },
    });
    expect(reason(slot('string'), { big: 'x'.repeat(4000) })).toBe('refused-too-long');
  });

  it('repeats no more than the beginning of what was refused', () => {
    const result = acceptValue(slot('number'), `a${'😀'.repeat(200)}`);
    const given = result.ok ? '' : result.refusal.params['given'];
    expect(given).toBe(`a${'😀'.repeat(39)}…`);
  });
});

describe('options', () => {
  it.each([['sm'], ['SMALL'], [' small '], ['Small']])('takes %j as the option', (given) => {
    expect(accepted(sizes, given)).toBe('sm');
  });

  it('looks past white space inside a label', () => {
    expect(accepted(sizes, 'extra   LARGE')).toBe('xl');
  });

  it('names the options where none fits', () => {
    expect(acceptValue(sizes, 'purple')).toEqual({
      ok: false,
      refusal: {
        slot: 'field',
        reason: 'refused-option',
        params: { label: 'Field', given: 'purple', options: ['Small', 'Extra large'] },
      },
    });
  });

  it('finds values that are no text', () => {
    const options = [
      { value: 1, label: 'One' },
      { value: true, label: 'Both' },
      { value: { a: 1 }, label: 'Record' },
    ];
    expect(findOption(options, '1')?.value).toBe(1);
    expect(findOption(options, true)?.value).toBe(true);
    expect(findOption(options, 'both')?.value).toBe(true);
    expect(findOption(options, { a: 1 })?.value).toEqual({ a: 1 });
    expect(findOption(options, [])).toBeUndefined();
  });

  it('prefers an exact value to a label', () => {
    const options = [
      { value: 'b', label: 'A' },
      { value: 'a', label: 'B' },
    ];
    expect(findOption(options, 'a')?.value).toBe('a');
    expect(findOption(options, 'A')?.value).toBe('a');
  });

  it('holds every item of an array to the options', () => {
    const list = { ...sizes, type: 'array' as const };
    expect(accepted(list, 'small, Extra large')).toEqual(['sm', 'xl']);
    expect(reason(list, ['small', 'huge'])).toBe('refused-option');
  });
});

describe('formats', () => {
  it.each<[NonNullable<Slot['format']>, string, string]>([
    ['date', '2026-02-28', '2026-02-28'],
    ['date', '2024-02-29', '2024-02-29'],
    ['date', '2026-03-04T10:00:00Z', '2026-03-04'],
    ['time', '7:05', '07:05'],
    ['time', '23:59:59', '23:59:59'],
    ['time', '12:30:00', '12:30'],
    ['date-time', '2026-03-04T10:00:00Z', '2026-03-04T10:00Z'],
    ['date-time', '2026-03-04 10:00', '2026-03-04T10:00'],
    ['date-time', '2026-03-04T10:00:30+02:00', '2026-03-04T10:00:30+02:00'],
    ['email', ' Jane@Example.COM ', 'Jane@example.com'],
    ['email', 'a.b+c@mail.example.co.uk', 'a.b+c@mail.example.co.uk'],
    ['email', 'josé@exämple.de', 'josé@exämple.de'],
    ['url', 'https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
    ['url', 'EXAMPLE.com', 'https://example.com'],
    ['url', 'http://localhost:3000/x', 'http://localhost:3000/x'],
    ['url', 'http://127.0.0.1', 'http://127.0.0.1'],
    ['phone', '+1 (415) 555-0123', '+14155550123'],
    ['phone', '0044 20 7946 0958', '+442079460958'],
    ['phone', '020 7946 0958', '02079460958'],
    ['phone', '\u202A+44 20 7946 0958\u202C', '+442079460958'],
  ])('%s takes %j as %j', (format, given, expected) => {
    expect(accepted(slot('string', { format }), given)).toBe(expected);
  });

  it.each<[NonNullable<Slot['format']>, string, string]>([
    ['date', 'tomorrow', 'refused-date'],
    ['date', '2026-02-29', 'refused-date'],
    ['date', '2026-13-01', 'refused-date'],
    ['date', '1900-02-29', 'refused-date'],
    ['date', '2026-04-31', 'refused-date'],
    ['date', '2026-04-30 soon', 'refused-date'],
    ['time', '24:00', 'refused-time'],
    ['time', '7', 'refused-time'],
    ['time', '12:60', 'refused-time'],
    ['date-time', '2026-03-04', 'refused-date'],
    ['date-time', '2026-03-04T25:00', 'refused-date'],
    ['email', 'jane', 'refused-email'],
    ['email', 'jane@localhost', 'refused-email'],
    ['email', '.jane@example.com', 'refused-email'],
    ['email', 'a b@example.com', 'refused-email'],
    ['email', 'a@b@example.com', 'refused-email'],
    ['url', 'javascript:alert(1)', 'refused-url'],
    ['url', 'not a url', 'refused-url'],
    ['url', 'ftp://example.com', 'refused-url'],
    ['url', 'http://user@example.com', 'refused-url'],
    ['url', '1.2.3.400', 'refused-url'],
    ['phone', '12', 'refused-phone'],
    ['phone', 'call me', 'refused-phone'],
    ['phone', '1234567890123456', 'refused-phone'],
  ])('%s refuses %j with %s', (format, given, expected) => {
    expect(reason(slot('string', { format }), given)).toBe(expected);
  });
});

describe('objects, arrays and files', () => {
  it('takes objects and JSON text of them', () => {
    expect(accepted(slot('object'), { a: ' b\u0000 ' })).toEqual({ a: 'b' });
    expect(accepted(slot('object'), '{"a": [1]}')).toEqual({ a: [1] });
    for (const given of ['{a}', '[1]', 'text', 3, [1]]) {
      expect(reason(slot('object'), given)).toBe('refused-object');
    }
  });

  it('keeps a key that plain assignment would swallow', () => {
    const value = accepted(slot('object'), '{"__proto__": {"admin": true}}') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('takes arrays, JSON text of them and lists with separators', () => {
    expect(accepted(slot('array'), [1, 'a '])).toEqual([1, 'a']);
    expect(accepted(slot('array'), '[1, 2]')).toEqual([1, 2]);
    expect(accepted(slot('array'), 'red, green; blue\nblack')).toEqual([
      'red',
      'green',
      'blue',
      'black',
    ]);
    expect(accepted(slot('array'), 'واحد، اثنان')).toEqual(['واحد', 'اثنان']);
    expect(accepted(slot('array'), 7)).toEqual([7]);
    expect(reason(slot('array'), { a: 1 })).toBe('refused-array');
    expect(reason(slot('array'), '[1, 2')).toBe('refused-array');
    expect(reason(slot('array'), ', ,')).toBe('refused-empty');
  });

  it('takes files as URLs or records', () => {
    expect(accepted(slot('file[]'), 'example.com/a.pdf')).toEqual(['https://example.com/a.pdf']);
    expect(accepted(slot('file[]'), [{ name: 'a.pdf' }, 'https://x.org/b'])).toEqual([
      { name: 'a.pdf' },
      'https://x.org/b',
    ]);
    expect(accepted(slot('file[]'), { name: 'a' })).toEqual([{ name: 'a' }]);
    expect(reason(slot('file[]'), 'a.pdf and more')).toBe('refused-url');
    expect(reason(slot('file[]'), [1])).toBe('refused-array');
    expect(reason(slot('file[]'), [])).toBe('refused-array');
  });

  it('refuses what is nested too deep', () => {
    const deep = `${'['.repeat(1_900)}1${']'.repeat(1_900)}`;
    expect(reason(slot('array'), deep)).toBe('refused-array');
    expect(reason(slot('object'), JSON.parse(`{"a":${deep}}`) as JsonValue)).toBe('refused-object');
  });
});

it('answers any JSON for any slot, and takes again what it took once', () => {
  const types = fc.constantFrom<Slot['type']>(
    'string',
    'number',
    'boolean',
    'object',
    'array',
    'file[]',
  );
  const formats = fc.constantFrom<Slot['format']>(
    null,
    'date',
    'time',
    'date-time',
    'email',
    'url',
    'phone',
  );
  fc.assert(
    fc.property(types, formats, fc.boolean(), fc.jsonValue(), (type, format, required, value) => {
      const target = slot(type, { format, required });
      const first = acceptValue(target, value as JsonValue);
      if (!first.ok) {
        expect(first.refusal.reason).toMatch(/^refused-/u);
        return;
      }
      expect(acceptValue(target, first.value)).toEqual(first);
    }),
  );
});
