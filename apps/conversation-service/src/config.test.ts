import { ConfigError } from '@sim/service-kit';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.js';

const least = {
  DATABASE_URL: 'postgresql://sim:pw@db.example:5432/sim',
  JWT_SECRET: 'j'.repeat(32),
  ENCRYPTION_KEY: 'e'.repeat(32),
};
const read = (env: Record<string, string> = {}) => readConfig({ ...least, ...env }).config;

describe('the configuration of conversation-service', () => {
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
