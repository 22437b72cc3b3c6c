import { describe, expect, it } from 'vitest';
import { connectionFromEnvironment, EnvironmentError } from './connection-from-environment.js';

const parts = { DATABASE_HOST: 'db', DATABASE_NAME: 'sim', DATABASE_USER: 'me' };

describe('the database that the environment names', () => {
  it('is that of DATABASE_URL', () => {
    const url = 'postgresql://me:pw@db:5433/sim';
    expect(connectionFromEnvironment({ DATABASE_URL: url })).toMatchObject({ url, ssl: 'disable' });
  });

  it('takes POSTGRES_PASSWORD where the URL has none', () => {
    const { url } = connectionFromEnvironment({
      DATABASE_URL: 'postgresql://me@db:5432/sim',
      POSTGRES_PASSWORD: 'p@ss/word',
    });
    expect(decodeURIComponent(new URL(url).password)).toBe('p@ss/word');
  });

  it('leaves the password of the URL alone', () => {
    const { url } = connectionFromEnvironment({
      DATABASE_URL: 'postgresql://me:own@db/sim',
      POSTGRES_PASSWORD: 'other',
    });
    expect(new URL(url).password).toBe('own');
  });

  it('is put together from parts', () => {
    const { url } = connectionFromEnvironment({ ...parts, DATABASE_PASSWORD: 'a b' });
    expect(url).toBe('postgresql://me:a%20b@db:5432/sim');
  });

  it('may be reached by IPv6 and by a socket’s folder', () => {
    const ipv6 = connectionFromEnvironment({ ...parts, DATABASE_HOST: '::1', DATABASE_PORT: '5' });
    expect(ipv6.url).toBe('postgresql://me@[::1]:5/sim');
    const socket = connectionFromEnvironment({ ...parts, DATABASE_HOST: '/run/postgresql' });
    expect(new URL(socket.url).searchParams.get('host')).toBe('/run/postgresql');
  });

  it('counts an empty variable as unset', () => {
    expect(connectionFromEnvironment({ ...parts, DATABASE_URL: '' }).url).toContain('@db:5432/sim');
  });

  it.each([
    [{ DATABASE_SSL: 'require' }, 'require'],
    [{ DATABASE_URL: 'postgresql://me@db/sim?sslmode=verify-full' }, 'verify-full'],
    [{ DATABASE_URL: 'postgresql://me@db/sim?sslmode=verify-ca' }, 'verify-full'],
    [{ DATABASE_URL: 'postgresql://me@db/sim?sslmode=prefer' }, 'disable'],
    [
      { DATABASE_URL: 'postgresql://me@db/sim?sslmode=require', DATABASE_SSL: 'disable' },
      'disable',
    ],
  ])('is encrypted as %o says', (environment, ssl) => {
    expect(connectionFromEnvironment({ ...parts, ...environment }).ssl).toBe(ssl);
  });

  it.each([
    [{}, 'DATABASE_HOST'],
    [{ DATABASE_HOST: 'db', DATABASE_USER: 'me' }, 'DATABASE_NAME'],
    [{ DATABASE_URL: 'mysql://db/sim' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'postgresql://db' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'nonsense' }, 'DATABASE_URL'],
    [{ ...parts, DATABASE_PORT: 'abc' }, 'DATABASE_HOST'],
    [{ ...parts, DATABASE_SSL: 'maybe' }, 'DATABASE_SSL'],
  ])('is refused as %o, naming what is wrong', (environment, variable) => {
    const attempt = () => connectionFromEnvironment(environment);
    expect(attempt).toThrow(EnvironmentError);
    expect(attempt).toThrow(expect.objectContaining({ variable }));
  });
});
