import { describe, expect, it } from 'vitest';
import { clientConfig, poolConfig } from './options.js';

const url = 'postgresql://sim:secret@db.example:5433/sim';

describe('the settings of a pool', () => {
  it('carry our names over to the driver’s', () => {
    const config = poolConfig({
      url,
      applicationName: 'sim-app',
      pool: { min: 5, max: 7, idleTimeoutMs: 1000, acquireTimeoutMs: 2000 },
      statementTimeoutMs: 3000,
    });
    expect(config).toMatchObject({
      connectionString: url,
      application_name: 'sim-app',
      min: 5,
      max: 7,
      idleTimeoutMillis: 1000,
      connectionTimeoutMillis: 2000,
      statement_timeout: 3000,
    });
  });

  it('wait half a minute for a connection where nothing is said', () => {
    expect(poolConfig({ url })).toMatchObject({ max: 20, connectionTimeoutMillis: 30_000 });
  });

  it('keep the start-up packet plain behind a pooler, which refuses settings in it', () => {
    const config = poolConfig({ url, pooler: 'transaction', statementTimeoutMs: 3000 });
    expect(config).toMatchObject({ query_timeout: 3000 });
    expect(config).not.toHaveProperty('statement_timeout');
  });
});

describe('the encryption of a connection', () => {
  it.each([
    [undefined, false],
    ['disable', false],
    ['require', { rejectUnauthorized: false }],
    ['verify-full', { rejectUnauthorized: true }],
  ] as const)('for %s', (ssl, expected) => {
    const config = clientConfig({ url, ...(ssl !== undefined && { ssl }) });
    expect(config.ssl).toEqual(expected);
  });

  it('is not overruled by the URL', () => {
    const config = clientConfig({ url: `${url}?sslmode=disable`, ssl: 'verify-full' });
    expect(config.connectionString).toBe(url);
  });
});
