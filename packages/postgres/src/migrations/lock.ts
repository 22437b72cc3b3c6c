import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { MigrationLockError } from './errors.js';

/** Any two numbers that nothing else in the database locks. */
const LOCK = [0x51_4d, 0x4d_49] as const;
const LONGEST_PAUSE_MS = 250;

/**
 * Holds the database's migration lock during the work, waiting for whoever has it.
 *
 * Waiting inside `pg_advisory_lock` would hold a snapshot, for whose end a CREATE INDEX CONCURRENTLY of
 * the holder waits in turn: a deadlock. So this asks again and again, each time in a statement of its own.
 *
 * The lock is the connection's and goes with it; PgBouncer in transaction mode hands connections round,
 * so migrations want to reach the server itself.
 *
 * @throws MigrationLockError
 */
export async function withMigrationLock<T>(
  client: pg.Client,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const begun = performance.now();
  while (!(await tryLock(client))) {
    const waited = performance.now() - begun;
    if (waited > waitMs) throw new MigrationLockError(waited);
    await delay(LONGEST_PAUSE_MS * (0.5 + Math.random() / 2));
  }
  try {
    return await work();
  } finally {
    // A connection that broke has given the lock back already.
    await client.query('SELECT pg_advisory_unlock($1, $2)', [...LOCK]).catch(() => undefined);
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock($1, $2) AS locked',
    [...LOCK],
  );
  return rows[0]?.locked === true;
}
