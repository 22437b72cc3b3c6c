import { describe, expect, it } from 'vitest';
import { hide, hideDeep, longestFirst, secretsToHide, writtenForms } from './redaction.js';

describe('secrets', () => {
  it('that are part of one another leave nothing of the longer', () => {
    const secrets = secretsToHide(['token', 'token-of-ada']);
    expect(hide('it is token-of-ada', secrets)).toBe('it is ***');
  });

  it('that are too short to be told from words are left', () => {
    expect(longestFirst(['a', 'yes', 'long enough'])).toEqual(['long enough']);
    expect(secretsToHide(['a', 'yes'])).toEqual([]);
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

describe('a secret that was passed on', () => {
  const secret = `p@ss w/"rd"\\&ü=77 {x}?#`;
  const hidden = secretsToHide([secret]);

  it.each([
    ['as it is', secret],
    ['in JSON', JSON.stringify({ secret })],
    ['in a text of JSON within JSON', JSON.stringify({ body: JSON.stringify({ secret }) })],
    ['in a component of a URL', `/?s=${encodeURIComponent(secret)}`],
    ['in a form', new URLSearchParams({ secret }).toString()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 for URLs', Buffer.from(secret).toString('base64url')],
  ])('is hidden %s', (_where, text) => {
    const shown = hide(text, hidden);
    expect(shown).toContain('***');
    for (const part of ['p@ss', 'p%40ss', '77']) expect(shown).not.toContain(part);
  });

  it('is hidden in the URL that was called', () => {
    for (const key of ['with space "and" <quotes>', 'ünï-\\-{x}|y^z`w']) {
      for (const url of [`http://host/a?key=${key}&b`, `http://host/${key}/b`]) {
        const { href } = new URL(url);
        expect(hide(href, secretsToHide([key])), href).toMatch(/key=\*\*\*&b$|host\/\*\*\*\/b$/);
      }
    }
  });

  it('may be any text at all', () => {
    for (const odd of ['half \ud800 pair', '\u0000\u0001\u0002\u0003', '../../..', '%%%%']) {
      expect(writtenForms(odd)).toContain(odd);
    }
  });
});
