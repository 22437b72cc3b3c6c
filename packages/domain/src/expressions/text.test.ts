import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json.js';
import { UnknownFieldError, type Lookup, type Resolved } from './resolution.js';
import { resolveJsonText, resolveText, resolveValue } from './text.js';
import { anyText } from './testing/texts.js';

/** Block `b` has these fields; anything else of it is empty, `bad` is an error. */
function lookupOf(fields: Readonly<Record<string, JsonValue>>): Lookup {
  return ({ kind, name, path, raw }) => {
    const field = String(path[0] ?? '');
    if (kind === 'env')
      return name === 'KEY' ? { kind: 'value', value: 's3cret' } : { kind: 'unknown' };
    if (name !== 'b') return { kind: 'unknown' };
    if (field === 'bad') return { kind: 'error', error: new UnknownFieldError(raw, 'B', ['x']) };
    const value = fields[field];
    return value === undefined ? { kind: 'empty' } : { kind: 'value', value };
  };
}

function valueOf<T>(resolved: Resolved<T>): T {
  if (!resolved.ok) throw resolved.error;
  return resolved.value;
}

describe('resolveText', () => {
  it.each<[string, JsonValue, string]>([
    ['a string', 'Ada', 'Hi Ada!'],
    ['a number', 3, 'Hi 3!'],
    ['a boolean', false, 'Hi false!'],
    ['null', null, 'Hi null!'],
    ['an object', { a: [1] }, 'Hi {"a":[1]}!'],
  ])('writes %s', (_, x, text) => {
    expect(valueOf(resolveText('Hi <b.x>!', lookupOf({ x })))).toBe(text);
  });

  it('leaves nothing where there is no value, and what it does not know as it was', () => {
    const text = resolveText('[<b.none>] <p>{{OTHER}} {{#if x}}</p> <uuid>', lookupOf({}));
    expect(text).toEqual({ ok: true, value: '[] <p>{{OTHER}} {{#if x}}</p> <uuid>', secrets: [] });
  });

  it('names the secrets that it used, each once', () => {
    const text = resolveText('{{KEY}} {{KEY}}', lookupOf({}));
    expect(text).toEqual({ ok: true, value: 's3cret s3cret', secrets: ['s3cret'] });
  });

  it('does not read references in what comes out of a value', () => {
    const x = '{{KEY}} <b.y>';
    expect(resolveText('<b.x>', lookupOf({ x, y: 'no' }))).toEqual({
      ok: true,
      value: x,
      secrets: [],
    });
  });

  it('does not join a value and the text around it to a reference', () => {
    expect(valueOf(resolveText('{<b.x>KEY}}', lookupOf({ x: '{' })))).toBe('{{KEY}}');
  });

  it('gives the first error with what is known', () => {
    const outcome = resolveText('<b.x> <b.bad.deep>', lookupOf({ x: 1 }));
    expect(outcome).toMatchObject({
      ok: false,
      error: {
        reference: '<b.bad.deep>',
        blockName: 'B',
        knownFields: ['x'],
        code: 'unknown_field',
      },
    });
    expect(outcome.ok ? '' : outcome.error.message).toBe(
      '<b.bad.deep> names a field that "B" does not have: it has x.',
    );
  });

  it('leaves texts without references as they are, and never throws', () => {
    const lookup = lookupOf({ x: 1 });
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = text.replace(/[<{]/g, '');
        expect(valueOf(resolveText(plain, lookup))).toBe(plain);
        resolveText(text, lookup);
      }),
    );
  });
});

describe('resolveValue', () => {
  const value = { to: '<b.x>', list: ['n: <b.n>', '<b.n>', 1, null], '<b.n>': ' <b.o> ' };
  const lookup = lookupOf({ x: 'Ada', n: 3, o: { deep: true } });

  it('makes text of every string', () => {
    expect(valueOf(resolveValue(value, lookup))).toEqual({
      to: 'Ada',
      list: ['n: 3', '3', 1, null],
      '<b.n>': ' {"deep":true} ',
    });
  });

  it('keeps the type of a lone reference where asked to', () => {
    expect(valueOf(resolveValue(value, lookup, { lone: 'raw' }))).toEqual({
      to: 'Ada',
      list: ['n: 3', 3, 1, null],
      '<b.n>': { deep: true },
    });
    expect(valueOf(resolveValue('<b.none>', lookup, { lone: 'raw' }))).toBeNull();
    expect(valueOf(resolveValue('<nobody.x>', lookup, { lone: 'raw' }))).toBe('<nobody.x>');
  });

  it('leaves JSON without known references as it is', () => {
    const nothing: Lookup = () => ({ kind: 'unknown' });
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('raw' as const, 'text' as const),
        (json, lone) => {
          const plain = JSON.parse(JSON.stringify(json)) as JsonValue;
          expect(valueOf(resolveValue(plain, nothing, { lone }))).toEqual(plain);
        },
      ),
    );
  });

  it('keeps a key named __proto__ a key', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": "<b.x>"}}') as JsonValue;
    const resolved = valueOf(resolveValue(hostile, lookup));
    expect(JSON.stringify(resolved)).toBe('{"__proto__":{"polluted":"Ada"}}');
    expect(Object.hasOwn({}, 'polluted')).toBe(false);
  });
});

describe('resolveJsonText', () => {
  it('writes JSON outside quotes and escaped text inside', () => {
    const lookup = lookupOf({ x: 'A "quoted"\n\\ one', n: 3, o: { a: [true] } });
    const template =
      '{"s": "x <b.x>", "n": <b.n>, "o": <b.o>, "none": <b.none>, "q": "\\"<b.n>", "t": <b.x>}';
    expect(valueOf(resolveJsonText(template, lookup))).toEqual({
      s: 'x A "quoted"\n\\ one',
      n: 3,
      o: { a: [true] },
      none: null,
      q: '"3',
      t: 'A "quoted"\n\\ one',
    });
  });

  it('gives plain text where it is no JSON', () => {
    expect(valueOf(resolveJsonText('{ hello <b.x>', lookupOf({ x: 'Ada' })))).toBe('{ hello Ada');
  });

  it('lets no value break out of its place', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyText, (json, text) => {
        const n = JSON.parse(JSON.stringify(json)) as JsonValue;
        const resolved = resolveJsonText('{"n":<b.n>,"s":"<b.s>"}', lookupOf({ n, s: text }));
        expect(valueOf(resolved)).toEqual({ n, s: text });
      }),
    );
  });
});
