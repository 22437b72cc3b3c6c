import { createHealth, type Health, type ServiceHealth } from '@sim/service-kit';
import type { ConversationContext } from '../context.js';

/** The probes of this service, in the shapes of the deployment guide. */
export function createServiceHealth(context: ConversationContext): Health {
  const { database, redis, logger, version } = context;
  return createHealth({
    version,
    logger,
    checks: {
      database: { check: () => checkDatabase(context) },
      redis: { check: () => checkRedis(redis), onFailure: 'degraded' },
      parlant: { check: () => checkParlant(context), onFailure: 'degraded' },
      conversationalWorkflows: { check: () => Promise.resolve({ status: 'healthy' }) },
    },
    readiness: {
      databaseMigrations: () => context.isMigrated(),
      serviceConnections: async () => {
        await database.ping();
        return true;
      },
      cacheWarming: () => context.warm(),
    },
  });
}

async function checkDatabase({ database }: ConversationContext): Promise<ServiceHealth> {
  const startedAt = performance.now();
  await database.ping();
  const { total, idle, waiting } = database.metrics();
  const latencyMs = Math.round(performance.now() - startedAt);
  return { status: 'healthy', latencyMs, pool: { total, idle, waiting } };
}

/** Turns go on without Redis, so its loss makes the service slower, not unhealthy. */
async function checkRedis(redis: ConversationContext['redis']): Promise<ServiceHealth> {
  if (!redis) return { status: 'disabled' };
  return { status: 'healthy', latencyMs: await redis.ping() };
}

async function checkParlant({ config }: ConversationContext): Promise<ServiceHealth> {
  const { parlantUrl } = config.neighbours;
  if (parlantUrl === null) return { status: 'disabled' };
  const response = await fetch(new URL('/healthz', parlantUrl));
  return { status: response.ok ? 'healthy' : 'degraded' };
}
