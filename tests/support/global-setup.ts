import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, startRedisServer } from '@sim/dev-env';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** An empty database of a PostgreSQL that lives as long as the run; tests make databases of their own beside it. */
    postgresUrl: string;
    /** Null where the machine has no `redis-server`: tests that need it skip and say so. */
    redisUrl: string | null;
  }
}

/** Nothing of a test run must survive a power cut: the server may skip every flush. */
const FAST_AND_LOSABLE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  shared_buffers: '64MB',
};

/** One PostgreSQL and, where the machine has it, one Redis for all test files of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sim-test-postgres-'));
  const [postgres, redis] = await Promise.all([
    startEmbeddedPostgres({ dataDir, settings: FAST_AND_LOSABLE }),
    startRedisServer(),
  ]);
  project.provide('postgresUrl', postgres.url);
  project.provide('redisUrl', redis?.url ?? null);
  return async () => {
    await Promise.all([postgres.stop(), redis?.stop()]);
    await rm(dataDir, { recursive: true, force: true });
  };
}
