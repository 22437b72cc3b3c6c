import { CONVERSATION_BASE_PATH } from '@sim/contracts';
import { createHealth, type Health, type ServiceHealth } from '@sim/service-kit';
import type { SimAppContext } from '../context.js';

/** A service that takes longer is as good as away. */
const ASK_TIMEOUT_MS = 1500;

/** The probes of this service, in the shapes of the deployment guide. */
export function createSimAppHealth(context: SimAppContext): Health {
  const { database, redis, logger, version, config } = context;
  const { revision } = config.platform;
  return createHealth({
    version,
    logger,
    ...(revision !== undefined && { build: { revision } }),
    checks: {
      database: { check: () => checkDatabase(context) },
      // Requests are answered without Redis, limits then counting per process.
      redis: { check: () => checkRedis(redis), onFailure: 'degraded' },
      // Only conversation-service speaks to Parlant, and tells of it in its own /health.
      parlant: { check: () => Promise.resolve({ status: 'disabled' }) },
      conversationalWorkflows: { check: () => checkConversations(context), onFailure: 'degraded' },
    },
    readiness: {
      databaseMigrations: () => context.isMigrated(),
      serviceConnections: async () => {
        await database.ping();
        return true;
      },
      cacheWarming: () => Promise.resolve(true),
    },
  });
}

async function checkDatabase({ database }: SimAppContext): Promise<ServiceHealth> {
  const startedAt = performance.now();
  await database.ping();
  const { total, idle, waiting } = database.metrics();
  const latencyMs = Math.round(performance.now() - startedAt);
  return { status: 'healthy', latencyMs, pool: { total, idle, waiting } };
}

async function checkRedis(redis: SimAppContext['redis']): Promise<ServiceHealth> {
  if (redis === null) return { status: 'disabled' };
  return { status: 'healthy', latencyMs: await redis.ping() };
}

async function checkConversations({ config }: SimAppContext): Promise<ServiceHealth> {
  const { enabled, serviceUrl } = config.conversation;
  if (!enabled) return { status: 'disabled' };
  const startedAt = performance.now();
  const response = await fetch(`${serviceUrl}${CONVERSATION_BASE_PATH}/ready`, {
    signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
  });
  await response.body?.cancel();
  const latencyMs = Math.round(performance.now() - startedAt);
  return { status: response.ok ? 'healthy' : 'degraded', latencyMs };
}
