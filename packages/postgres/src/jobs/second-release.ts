import type pg from 'pg';

type Connected = Parameters<pg.Pool['connect']>[0];

/**
 * Lets whoever gets a connection by a callback give it back a second time, which then does nothing. The
 * queue's library does so where the connection on which it listens breaks off while the worker stops, in a
 * promise that nobody looks after: the pool's complaint would end the process.
 * @param pool is changed, and returned
 */
export function toleratingSecondRelease(pool: pg.Pool): pg.Pool {
  const connect = pool.connect.bind(pool) as {
    (): Promise<pg.PoolClient>;
    (callback: Connected): void;
  };
  const tolerant = (callback?: Connected): Promise<pg.PoolClient> | undefined => {
    if (callback === undefined) return connect();
    connect((error, client, release) => {
      let released = false;
      callback(error, client, (destroy) => {
        // Where there is no connection, there may be no way to give it back either.
        if (released || client === undefined) return;
        released = true;
        release(destroy);
      });
    });
    return undefined;
  };
  pool.connect = tolerant as pg.Pool['connect'];
  return pool;
}
