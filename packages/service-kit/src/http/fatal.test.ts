import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../config/config-error.js';
import { reportFatal } from './fatal.js';

describe('reportFatal', () => {
  afterEach(() => {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  });

  it.each([
    [
      'the settings',
      new ConfigError([{ variable: 'PORT', given: 'x', message: 'must be a number' }]),
      /PORT/,
      false,
    ],
    ['a fault', new TypeError('boom'), /boom/, true],
    ['something thrown', 'odd', /odd/, false],
  ])('says what is wrong with %s and ends with 1', (_what, error, text, withStack) => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    reportFatal(error);
    const said = String(written.mock.calls[0]?.[0]);
    expect(said).toMatch(text);
    expect(said.includes('fatal.test')).toBe(withStack);
    expect(process.exitCode).toBe(1);
  });
});
