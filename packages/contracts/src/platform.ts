import * as z from 'zod';
import { jsonObject, timestamp } from './json.js';
import { page } from './page.js';

const healthStatus = z.enum(['healthy', 'degraded', 'unhealthy', 'disabled']);

const serviceHealth = z
  .looseObject({ status: healthStatus })
  .meta({ id: 'ServiceHealth', description: 'Further fields tell details' });

/** `GET /health`, in the shape of the deployment guide. */
export const health = z
  .strictObject({
    status: healthStatus,
    timestamp,
    version: z.string(),
    services: z.strictObject({
      database: serviceHealth,
      redis: serviceHealth,
      parlant: serviceHealth,
      conversationalWorkflows: serviceHealth,
    }),
  })
  .meta({ id: 'Health' });

/** `GET /ready`. */
export const readiness = z
  .strictObject({
    ready: z.boolean(),
    checks: z.strictObject({
      databaseMigrations: z.boolean(),
      serviceConnections: z.boolean(),
      cacheWarming: z.boolean(),
    }),
    draining: z.literal(true).optional(),
  })
  .meta({ id: 'Readiness' });

export const liveness = z.strictObject({ live: z.literal(true) }).meta({ id: 'Liveness' });

export const version = z
  .looseObject({ version: z.string() })
  .meta({ id: 'Version', description: 'Further fields tell of the build' });

const rollout = { enabled: z.boolean(), percentage: z.number().min(0).max(100) };

/** The feature flags, in the shape of the deployment guide; also that of `FEATURE_FLAGS_FILE`. */
export const featureFlags = z
  .strictObject({
    conversationalWorkflows: z.strictObject({
      ...rollout,
      rules: z
        .strictObject({
          workspaceWhitelist: z.array(z.string()).optional(),
          userRoles: z.array(z.string()).optional(),
        })
        .optional(),
    }),
    nlpProviders: z.strictObject({
      openai: z.strictObject(rollout),
      internal: z.strictObject(rollout),
    }),
    realTimeUpdates: z.strictObject({ enabled: z.boolean(), maxConnections: z.int().min(0) }),
  })
  .meta({ id: 'FeatureFlags' });

/** The feature flags. */
export type FeatureFlags = z.output<typeof featureFlags>;

/** A block type that runs without further set-up. */
export const builtInTool = z
  .strictObject({
    source: z.literal('built-in'),
    id: z.string().meta({ description: 'The block type', example: 'api' }),
    name: z.string(),
    description: z.string(),
    category: z.enum(['start', 'flow', 'person', 'work', 'end']),
    sideEffect: z.enum(['none', 'read', 'write']),
  })
  .meta({ id: 'BuiltInTool' });

/** One act, with its link in the chain of its workspace. */
export const auditEntry = z
  .strictObject({
    sequence: z.int().min(1),
    at: timestamp,
    actor: z.strictObject({
      type: z.enum(['user', 'api-key', 'system']),
      id: z.string().optional(),
    }),
    action: z.string().meta({ example: 'workflow.imported' }),
    target: z.strictObject({ type: z.string(), id: z.string() }).nullable(),
    details: jsonObject,
    requestId: z.string().nullable(),
    previousHash: z.string(),
    hash: z.string().meta({ description: 'SHA-256 over the entry and the hash before it' }),
  })
  .meta({ id: 'AuditEntry' });
export const auditPage = page(auditEntry).meta({ id: 'AuditPage' });
