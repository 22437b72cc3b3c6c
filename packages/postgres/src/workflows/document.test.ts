import { describe, expect, it } from 'vitest';
import { documentOf } from './document.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('the JSON value of a content', () => {
  it('is read from the bytes where they are JSON', () => {
    expect(documentOf({ content: bytes('{"a":1}'), document: null })).toEqual({ a: 1 });
  });

  it('is read past a byte order mark', () => {
    expect(documentOf({ content: bytes('\uFEFF{"a":1}'), document: null })).toEqual({ a: 1 });
  });

  it('is the one kept beside bytes of another form', () => {
    expect(documentOf({ content: bytes('a: 1'), document: { a: 1 } })).toEqual({ a: 1 });
  });
});
