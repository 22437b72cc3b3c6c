import { LRUCache } from 'lru-cache';
import type { McpConnection } from './connection.js';

/** Of all workspaces together. */
const MAX_CONNECTIONS = 50;
const IDLE_MS = 5 * 60_000;

interface Pooled {
  readonly connection: Promise<McpConnection>;
  users: number;
  /** Out of the pool: closed when nobody uses it any more. */
  isOut: boolean;
}

/** Connections that are kept for the next call, as opening one takes several round trips. */
export interface McpPool {
  /**
   * Works with the connection of a key. Where the work fails by `isLost`, the connection is not used again.
   */
  use<T>(
    key: string,
    connect: () => Promise<McpConnection>,
    work: (connection: McpConnection) => Promise<T>,
    isLost: (error: unknown) => boolean,
  ): Promise<T>;
  /** Closes all; calls under way fail. */
  close(): Promise<void>;
}

/** An empty pool. */
export function createMcpPool(): McpPool {
  const all = new Set<Pooled>();
  const drop = (pooled: Pooled) => {
    if (!pooled.isOut || pooled.users > 0) return;
    all.delete(pooled);
    void closeOf(pooled);
  };
  const pool = new LRUCache<string, Pooled>({
    max: MAX_CONNECTIONS,
    ttl: IDLE_MS,
    ttlAutopurge: true,
    updateAgeOnGet: true,
    dispose: (pooled) => {
      pooled.isOut = true;
      drop(pooled);
    },
  });
  const open = (key: string, connect: () => Promise<McpConnection>): Pooled => {
    const pooled: Pooled = { connection: connect(), users: 0, isOut: false };
    all.add(pooled);
    pool.set(key, pooled);
    return pooled;
  };
  const forget = (key: string, pooled: Pooled) => {
    if (pool.peek(key) === pooled) pool.delete(key);
  };
  return {
    async use(key, connect, work, isLost) {
      const pooled = pool.get(key) ?? open(key, connect);
      pooled.users += 1;
      try {
        const connection = await pooled.connection.catch((error: unknown) => {
          forget(key, pooled);
          throw error;
        });
        return await work(connection);
      } catch (error) {
        if (isLost(error)) forget(key, pooled);
        throw error;
      } finally {
        pooled.users -= 1;
        drop(pooled);
      }
    },
    async close() {
      const open = [...all];
      pool.clear();
      await Promise.all(open.map(closeOf));
    },
  };
}

/** Never rejects. */
async function closeOf({ connection }: Pooled): Promise<void> {
  await connection.then(
    (opened) => opened.close(),
    () => undefined,
  );
}
