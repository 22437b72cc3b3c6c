import { describe, expect, it } from 'vitest';
import { failure, redact, sandboxRefusal } from './failures.js';
import { SandboxBusyError } from './sandbox/sandbox.js';
import { contextOf } from './testing/context.js';

describe('redact', () => {
  it('replaces every secret wherever it stands, the longest first', () => {
    expect(redact('abc-abcdef-abc', ['abc', 'abcdef'])).toBe('***-***-***');
  });

  it('takes secrets for text, not patterns, and blank ones for nothing', () => {
    expect(redact('a.c abc $&', ['a.c', '', '$&'])).toBe('*** abc ***');
  });
});

describe('failure', () => {
  it('keeps details and cause where there are any', () => {
    const cause = new Error('deep');
    const told = { code: 'x', message: 'no key', retryable: true };
    const full = failure(contextOf({ secrets: ['key'] }), { ...told, details: { a: 1 } }, cause);
    expect(full).toMatchObject({
      message: 'no ***',
      cause,
      error: { ...told, message: 'no ***', details: { a: 1 } },
    });
    expect(failure(contextOf(), told).error).toEqual(told);
  });
});

describe('sandboxRefusal', () => {
  it('tells a busy sandbox to be retried, and passes on what it does not know', () => {
    expect(sandboxRefusal(contextOf(), new SandboxBusyError(500))).toMatchObject({
      error: { code: 'sandbox_busy', retryable: true },
    });
    const other = new Error('other');
    expect(sandboxRefusal(contextOf(), other)).toBe(other);
  });
});
