import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPool } from '../connection/database.js';
import { serverUrl } from '../testing/server-url.js';
import { toleratingSecondRelease } from './second-release.js';

let pool: pg.Pool;
beforeEach(() => {
  pool = toleratingSecondRelease(createPool({ url: serverUrl(), pool: { max: 1 } }));
});
afterEach(() => pool.end());

const byCallback = () =>
  new Promise<{ client: pg.PoolClient; release: (destroy?: boolean) => void }>(
    (resolve, reject) => {
      pool.connect((error, client, release) => {
        if (client) resolve({ client, release });
        else reject(error ?? new TypeError('no client'));
      });
    },
  );

describe('a pool that tolerates a second release', () => {
  it('takes a connection back once, however often it is given', async () => {
    const { client, release } = await byCallback();
    release();
    expect(pool.idleCount).toBe(1);
    expect(() => release()).not.toThrow();
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
    // The next to have it is not robbed of it by the one before.
    const next = await byCallback();
    expect(next.client).toBe(client);
    release();
    expect(pool.idleCount).toBe(0);
    next.release();
  });

  it('closes a connection that is given back as broken', async () => {
    const { release } = await byCallback();
    release(true);
    expect(pool.totalCount).toBe(0);
    expect(() => release()).not.toThrow();
  });

  it('gives connections by promises and answers queries as ever', async () => {
    const client = await pool.connect();
    client.release();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('lets nothing be given back where it is closed already', async () => {
    const closed = toleratingSecondRelease(createPool({ url: serverUrl() }));
    await closed.end();
    const release = await new Promise<(destroy?: boolean) => void>((resolve) =>
      closed.connect((_error, _client, done) => resolve(done)),
    );
    expect(() => release()).not.toThrow();
  });

  it('tells of a server that is not there', async () => {
    const gone = toleratingSecondRelease(createPool({ url: 'postgres://a:b@127.0.0.1:9/none' }));
    await expect(gone.connect()).rejects.toThrow('ECONNREFUSED');
    const told = new Promise((resolve) => gone.connect((error) => resolve(error)));
    expect(await told).toMatchObject({ code: 'ECONNREFUSED' });
    await gone.end();
  });
});
