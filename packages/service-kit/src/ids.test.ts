import { describe, expect, it } from 'vitest';
import { isId, newId } from './ids.js';

describe('newId', () => {
  it('begins with its prefix and is safe in URLs, file names and keys', () => {
    const id: `wf_${string}` = newId('wf');
    expect(id).toMatch(/^wf_[0-9a-z]{20}$/);
  });

  it('does not repeat', () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => newId('ses')));
    expect(ids.size).toBe(10_000);
  });
});

describe('isId', () => {
  it('knows its own', () => {
    expect(isId('ses', newId('ses'))).toBe(true);
  });

  it.each([
    '',
    'ses_',
    'ses_ABCDEFGHIJ0123456789',
    `wf_${'a'.repeat(20)}`,
    `ses_${'a'.repeat(21)}`,
  ])('refuses %j as a session', (text) => {
    expect(isId('ses', text)).toBe(false);
  });
});
