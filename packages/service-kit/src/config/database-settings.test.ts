import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { databaseSettings, databaseUrl } from './database-settings.js';
import { parseConfig } from './parse-config.js';

const parse = (env: Record<string, string>) =>
  parseConfig({ database: databaseSettings(), url: databaseUrl() }, env);

const messageOf = (env: Record<string, string>): string => {
  try {
    parse(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return 'accepted';
};

describe('the database settings', () => {
  it('read DATABASE_URL', () => {
    const { database, url } = parse({ DATABASE_URL: 'postgresql://ann:pw@db.example:6543/sim' });
    expect(url).toBe('postgresql://ann:pw@db.example:6543/sim');
    expect(database).toEqual({
      host: 'db.example',
      port: 6543,
      name: 'sim',
      user: 'ann',
      ssl: 'disable',
      pool: { min: 5, max: 20, idleTimeoutMs: 30_000, acquireTimeoutMs: 30_000 },
      statementTimeoutMs: 30_000,
    });
    expect(JSON.stringify(database)).not.toContain('pw');
  });

  it('add POSTGRES_PASSWORD to a URL without a password, whatever is in it', () => {
    const { url } = parse({
      DATABASE_URL: 'postgresql://sim_user@postgres-service:5432/sim_production',
      POSTGRES_PASSWORD: 'p@ss/w:rd%',
    });
    expect(decodeURIComponent(new URL(url).password)).toBe('p@ss/w:rd%');
  });

  it("keep the URL's own password", () => {
    const { url } = parse({ DATABASE_URL: 'postgres://a:own@h/db', POSTGRES_PASSWORD: 'other' });
    expect(new URL(url).password).toBe('own');
  });

  it('make a URL of parts', () => {
    const { database, url } = parse({
      DATABASE_HOST: 'db.example',
      DATABASE_NAME: 'my db',
      DATABASE_USER: 'a@b',
      DATABASE_PASSWORD: 'x y',
    });
    expect(url).toBe('postgresql://a%40b:x%20y@db.example:5432/my%20db');
    expect(database).toMatchObject({ name: 'my db', user: 'a@b', port: 5432 });
  });

  it('know a socket folder and an IPv6 address as a host', () => {
    const parts = { DATABASE_NAME: 'sim', DATABASE_USER: 'sim' };
    const folder = parse({ ...parts, DATABASE_HOST: '/var/run/postgresql' });
    expect(folder.database.host).toBe('/var/run/postgresql');
    expect(new URL(folder.url).searchParams.get('host')).toBe('/var/run/postgresql');
    expect(parse({ ...parts, DATABASE_HOST: '::1' }).url).toContain('@[::1]:5432/');
  });

  it.each([
    [{ DATABASE_SSL: 'require' }, 'require'],
    [{ DATABASE_SSL: 'verify-full' }, 'verify-full'],
    [{}, 'verify-full'],
  ])("take DATABASE_SSL %j before the URL's sslmode", (env, expected) => {
    const { database, url } = parse({
      DATABASE_URL: 'postgresql://a:b@h/db?sslmode=verify-full&application_name=x',
      ...env,
    });
    expect(database.ssl).toBe(expected);
    expect(url).toBe('postgresql://a:b@h/db?application_name=x');
  });

  it('ask for a URL where nothing is given, and for what is missing of the parts', () => {
    expect(messageOf({})).toMatch(/1 problem:\n {2}DATABASE_URL is not set; it must be set, or/);
    expect(messageOf({ DATABASE_HOST: 'h' })).toMatch(
      /DATABASE_NAME is not set.*\n.*DATABASE_USER/,
    );
  });

  it.each(['mysql://a:secret@h/db', 'postgresql://a:secret@h', 'h:5432/secret'])(
    'refuse %s without showing it',
    (url) => {
      expect(messageOf({ DATABASE_URL: url })).toContain('DATABASE_URL is set (value not shown)');
      expect(messageOf({ DATABASE_URL: url })).not.toContain('secret');
    },
  );

  it('refuse a smallest pool above the largest', () => {
    const env = { DATABASE_POOL_MIN: '10', DATABASE_POOL_MAX: '4' };
    expect(messageOf({ DATABASE_URL: 'postgres://a:b@h/db', ...env })).toContain(
      'DATABASE_POOL_MIN is "10"; it must not exceed DATABASE_POOL_MAX (4)',
    );
  });
});
