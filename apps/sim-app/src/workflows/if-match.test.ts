import { ProblemError } from '@sim/service-kit';
import { describe, expect, it } from 'vitest';
import { etagOf, expectedVersion, isKnown } from './if-match.js';

const refusal = (given: string | undefined) => {
  try {
    expectedVersion(given);
  } catch (error) {
    if (error instanceof ProblemError) return [error.status, error.code];
    throw error;
  }
  return null;
};

describe('If-Match', () => {
  it('names a version in any of the forms that proxies make of an ETag', () => {
    for (const given of ['"3"', 'W/"3"', '3', ' "3" ']) expect(expectedVersion(given)).toBe(3);
    expect(expectedVersion('*')).toBeNull();
    expect(expectedVersion(etagOf(12))).toBe(12);
  });

  it('is needed', () => {
    expect(refusal(undefined)).toEqual([428, 'if_match_required']);
  });

  it('is one ETag of ours', () => {
    for (const given of ['', '"abc"', '"0"', '"1","2"', '-1', '"99999999999"']) {
      expect(refusal(given), given).toEqual([400, 'invalid_headers']);
    }
  });
});

describe('If-None-Match', () => {
  it('names versions that the client has', () => {
    expect(isKnown('"3"', 3)).toBe(true);
    expect(isKnown('"1", W/"3"', 3)).toBe(true);
    expect(isKnown('*', 3)).toBe(true);
    expect(isKnown('"2"', 3)).toBe(false);
    expect(isKnown(undefined, 3)).toBe(false);
  });
});
