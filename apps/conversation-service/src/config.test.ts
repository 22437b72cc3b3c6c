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

const read = (env: Record<string, string> = {}) => readConfig({ ...NEEDED, ...env }).config;

describe('settings of reminders, retention and links', () => {
  it('reminds nobody and removes nothing but old deliveries where nothing is said', () => {
    const { engine, retention, links } = read();
    expect([engine.reminderAfterMs, engine.maxReminders]).toEqual([0, 3]);
    expect(retention).toEqual({ turns: null, events: null, sessions: null, deliveries: 30 });
    expect(links).toEqual({ publicUrl: 'http://localhost:3000', resumeTtlMs: 604_800_000 });
  });

  it('takes what is said', () => {
    const { engine, retention, links, neighbours } = read({
      SESSION_REMINDER_AFTER_MS: '60000',
      SESSION_REMINDER_MAX: '5',
      TURN_RETENTION_DAYS: '30',
      EVENT_RETENTION_DAYS: '60',
      SESSION_RETENTION_DAYS: '90',
      SIM_APP_URL: 'http://sim-app:3000',
      PUBLIC_URL: 'https://sim.example.com/',
      RESUME_LINK_TTL_MS: '3600000',
    });
    expect([engine.reminderAfterMs, engine.maxReminders]).toEqual([60_000, 5]);
    expect(retention).toEqual({ turns: 30, events: 60, sessions: 90, deliveries: 30 });
    expect(links).toEqual({ publicUrl: 'https://sim.example.com', resumeTtlMs: 3_600_000 });
    expect(neighbours.simAppUrl).toBe('http://sim-app:3000');
  });

  it('has links lead to sim-app where no other address is said', () => {
    expect(read({ SIM_APP_URL: 'http://sim-app:3000' }).links.publicUrl).toBe(
      'http://sim-app:3000',
    );
  });

  it.each([
    ['SESSION_REMINDER_AFTER_MS', '-1'],
    ['SESSION_REMINDER_MAX', '0'],
    ['TURN_RETENTION_DAYS', '0'],
    ['EVENT_RETENTION_DAYS', 'soon'],
    ['SESSION_RETENTION_DAYS', '1.5'],
    ['WEBHOOK_DELIVERY_RETENTION_DAYS', '0'],
    ['PUBLIC_URL', 'sim.example.com'],
    ['RESUME_LINK_TTL_MS', '5'],
  ])('refuses %s=%s by its name', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(ConfigError);
    expect(() => read({ [name]: value })).toThrow(name);
  });
});
