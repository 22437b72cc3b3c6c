import { ConfigError } from '@sim/service-kit';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.js';

const NEEDED = {
  JWT_SECRET: 'a secret of the tests that is long enough',
  ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef',
  DATABASE_URL: 'postgres://localhost/sim',
};
const functions = (env: Readonly<Record<string, string>> = {}) =>
  readConfig({ ...NEEDED, ...env }).config.functions;

describe('settings of functions', () => {
  it('leave functions without a network by default', () => {
    expect(functions()).toEqual({
      sandbox: {
        functionTimeoutMs: 5_000,
        memoryBytes: 64 * 1024 * 1024,
        maxValueLength: 1024 * 1024,
      },
      fetch: null,
    });
  });

  it('switch fetch on, and set every limit', () => {
    const env = {
      FUNCTION_FETCH_ENABLED: 'true',
      FUNCTION_FETCH_MAX_REQUESTS: '3',
      FUNCTION_TIMEOUT_MS: '20000',
      FUNCTION_MEMORY_MB: '128',
      FUNCTION_MAX_OUTPUT_LENGTH: '50000',
    };
    expect(functions(env)).toEqual({
      sandbox: {
        functionTimeoutMs: 20_000,
        memoryBytes: 128 * 1024 * 1024,
        maxValueLength: 50_000,
      },
      fetch: { maxRequests: 3 },
    });
  });

  it.each([
    ['FUNCTION_FETCH_ENABLED', 'perhaps'],
    ['FUNCTION_FETCH_MAX_REQUESTS', '0'],
    ['FUNCTION_TIMEOUT_MS', '5'],
    ['FUNCTION_MEMORY_MB', '4096'],
    ['FUNCTION_MAX_OUTPUT_LENGTH', '-1'],
  ])('refuse %s=%s by name', (name, value) => {
    expect(() => functions({ [name]: value })).toThrow(ConfigError);
    expect(() => functions({ [name]: value })).toThrow(name);
  });
});
