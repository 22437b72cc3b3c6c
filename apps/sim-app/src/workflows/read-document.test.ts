import { ProblemError } from '@sim/service-kit';
import { describe, expect, it } from 'vitest';
import { MAX_DOCUMENT_DEPTH, readDocument } from './read-document.js';

const bytes = (text: string) => Buffer.from(text, 'utf8');

function refusal(content: Uint8Array): ProblemError {
  try {
    readDocument(content);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  return expect.fail('the document was accepted');
}

describe('reading a document', () => {
  it('gives the value of JSON, with a byte order mark or without', () => {
    expect(readDocument(bytes('{"a":[1,null,"ü"]}'))).toEqual({ a: [1, null, 'ü'] });
    expect(readDocument(bytes('\uFEFF[]'))).toEqual([]);
  });

  it('says where a document stops being JSON', () => {
    const problem = refusal(bytes('{\n  "a": 1,\n  b: 2\n}'));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_json' });
    expect(problem.detail).toBe(
      'The document is not JSON: at line 3, column 3 (position 14) there is "b".',
    );
    expect(refusal(bytes('{"a": [1')).detail).toContain('(position 8) it ends');
  });

  it('refuses what is empty or no text', () => {
    expect(refusal(bytes('')).detail).toContain('empty');
    expect(refusal(bytes(' \n')).detail).toContain('empty');
    expect(refusal(Buffer.from([0x7b, 0xff, 0x7d])).detail).toContain('UTF-8');
    expect(refusal(Buffer.from('PK\u0003\u0004')).code).toBe('invalid_json');
  });

  it('refuses what is nested too deeply, with the path', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(readDocument(bytes(nested(MAX_DOCUMENT_DEPTH)))).toHaveProperty('a.a.a');
    const problem = refusal(bytes(nested(MAX_DOCUMENT_DEPTH + 1)));
    expect(problem).toMatchObject({ status: 400, code: 'too_deep' });
    expect(problem.errors).toEqual([
      { path: 'a.a.a.a.a.a.a.a…', message: 'Objects and arrays may be nested 200 deep at most' },
    ]);
  });

  it('survives half a million brackets', () => {
    const depth = 500_000;
    expect(refusal(bytes('['.repeat(depth) + ']'.repeat(depth))).code).toBe('too_deep');
    expect(refusal(bytes('['.repeat(depth))).code).toBe('invalid_json');
  });

  it('names the path through arrays and odd keys', () => {
    const inner = '['.repeat(MAX_DOCUMENT_DEPTH) + ']'.repeat(MAX_DOCUMENT_DEPTH);
    expect(refusal(bytes(`{"x y":[0,${inner}]}`)).errors?.[0]?.path).toMatch(
      /^\["x y"\]\[1\]\[0\]/,
    );
  });
});
