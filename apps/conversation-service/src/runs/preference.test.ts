import { describe, expect, it } from 'vitest';
import { preferenceOf } from './preference.js';

describe('what a client prefers', () => {
  it.each([
    [undefined, 60_000, null],
    ['', 60_000, null],
    ['respond-async', 0, 'respond-async'],
    ['wait=10, Respond-Async', 0, 'respond-async'],
    ['wait=10', 10_000, 'wait=10'],
    ['return=minimal; x=1, WAIT = "5"', 5_000, 'wait=5'],
    ['wait=0', 0, 'wait=0'],
    ['wait=999999999', 60_000, 'wait=999999999'],
    ['wait=-1', 60_000, null],
    ['wait=soon', 60_000, null],
    ['respond-async-not', 60_000, null],
  ])('%j means to wait for %j ms, applied: %j', (prefer, withinMs, applied) => {
    expect(preferenceOf(prefer, 60_000)).toEqual({ withinMs, applied });
  });
});
