import { describe, expect, it } from 'vitest';
import { hide, hideDeep, secretsToHide } from './redaction.js';

describe('secrets', () => {
  it('that are part of one another leave nothing of the longer', () => {
    const secrets = secretsToHide(['token', 'token-of-ada']);
    expect(hide('it is token-of-ada', secrets)).toBe('it is ***');
  });

  it('that are too short to be told from words are left', () => {
    expect(secretsToHide(['a', 'yes', 'long enough'])).toEqual(['long enough']);
  });

  it('are hidden in texts, keys, numbers and lists', () => {
    const value = { 'x-12345': ['12345', 12345, 1, true, null], n: { s: 'no' } };
    expect(hideDeep(value, ['12345'])).toEqual({
      'x-***': ['***', '***', 1, true, null],
      n: { s: 'no' },
    });
  });

  it('that read like JSON break none', () => {
    expect(hideDeep({ ok: true, text: 'true' }, ['true'])).toEqual({ ok: true, text: '***' });
    const key = '-----BEGIN\n"KEY"-----';
    expect(hideDeep({ log: `got ${key}` }, [key])).toEqual({ log: 'got ***' });
  });
});
