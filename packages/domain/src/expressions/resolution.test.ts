import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json.js';
import { scanReferences, type ReferenceToken } from './references.js';
import { asText, Gathering, UnknownFieldError, type Lookup } from './resolution.js';

const token = (text: string): ReferenceToken => {
  const [found] = scanReferences(text);
  if (!found) throw new Error(`${text} is no reference`);
  return found;
};

const lookup: Lookup = ({ kind, raw }) =>
  kind === 'env'
    ? { kind: 'value', value: 's3cret' }
    : { kind: 'error', error: new UnknownFieldError(raw, 'B', []) };

describe('asText', () => {
  it.each<[JsonValue, string]>([
    ['x', 'x'],
    ['', ''],
    [1.5, '1.5'],
    [true, 'true'],
    [null, 'null'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: null }, '{"a":null}'],
  ])('%j reads %s', (value, text) => {
    expect(asText(value)).toBe(text);
  });
});

describe('UnknownFieldError', () => {
  it('says so where a block has no fields at all', () => {
    const error = new UnknownFieldError('<b.x>', 'B', []);
    expect(error.message).toBe('<b.x> names a field that "B" does not have: it has no fields.');
    expect(error.name).toBe('UnknownFieldError');
  });
});

describe('Gathering', () => {
  it('takes no note of what is only looked at', () => {
    const gathering = new Gathering(lookup);
    gathering.peek(token('{{KEY}}'));
    gathering.peek(token('<b.x>'));
    expect(gathering.finish('done')).toEqual({ ok: true, value: 'done', secrets: [] });
  });

  it('keeps each secret once and the first error', () => {
    const gathering = new Gathering(lookup);
    for (const text of ['{{KEY}}', '{{KEY}}']) gathering.take(token(text));
    expect(gathering.finish(1)).toEqual({ ok: true, value: 1, secrets: ['s3cret'] });
    for (const text of ['<b.first>', '<b.second>']) gathering.take(token(text));
    expect(gathering.finish(1)).toMatchObject({ ok: false, error: { reference: '<b.first>' } });
  });
});
