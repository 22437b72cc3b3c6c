import { Router, type Response } from 'express';
import type { Logger } from '../logging/logger.js';
import { CheckTimeoutError, timedCheck, type CheckLimits } from './timed-check.js';

/** `degraded` works with less; `disabled` is switched off by configuration. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'disabled';

/** What a check finds; further fields are shown as they are and must not be secret. */
export interface ServiceHealth {
  readonly status: HealthStatus;
  readonly [detail: string]: unknown;
}

/** One service that `/health` looks at. */
export interface ServiceCheck {
  readonly check: () => Promise<ServiceHealth>;
  /** What a check that throws or takes too long means; `unhealthy` where not given. */
  readonly onFailure?: 'degraded' | 'unhealthy';
}

/** What `/ready` asks; a check that throws or takes too long counts as false. */
export interface ReadinessChecks {
  readonly databaseMigrations: () => Promise<boolean>;
  readonly serviceConnections: () => Promise<boolean>;
  readonly cacheWarming: () => Promise<boolean>;
}

/** Options of {@link createHealth}. */
export interface HealthOptions extends Partial<CheckLimits> {
  readonly version: string;
  /** By the name shown, such as `database`. */
  readonly checks: Readonly<Record<string, ServiceCheck>>;
  readonly readiness: ReadinessChecks;
  readonly logger: Logger;
  /** Shown by `/version` beside the version, such as the revision. */
  readonly build?: Readonly<Record<string, string>>;
}

/** The probes of a service. */
export interface Health {
  /** `/health`, `/ready`, `/live` and `/version`, to be mounted where they belong. */
  readonly router: Router;
  /** Makes `/ready` answer 503 from now on, so that no new requests are sent here. */
  drain(): void;
}

const DEFAULT_TIMEOUT_MS = 2000;
const DEFAULT_CACHE_MS = 1000;

/** Builds the probes. Only an unhealthy service makes `/health` answer 503; `/live` always answers. */
export function createHealth(options: HealthOptions): Health {
  const limits: CheckLimits = {
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    cacheMs: options.cacheMs ?? DEFAULT_CACHE_MS,
    now: options.now ?? Date.now,
  };
  const services = mapValues(options.checks, (service, name) =>
    serviceCheck(name, service, limits, options.logger),
  );
  const readiness = mapValues({ ...options.readiness }, (check, name) =>
    readinessCheck(name, check, limits, options.logger),
  );
  let draining = false;

  const router = Router();
  router.get('/health', async (_req, res) => {
    const found = await resolveAll(services);
    const status = overall(Object.values(found));
    const timestamp = new Date().toISOString();
    const body = { status, timestamp, version: options.version, services: found };
    answer(res, status === 'unhealthy' ? 503 : 200, body);
  });
  router.get('/ready', async (_req, res) => {
    const checks = await resolveAll(readiness);
    const ready = !draining && Object.values(checks).every(Boolean);
    answer(res, ready ? 200 : 503, { ready, checks, ...(draining && { draining }) });
  });
  router.get('/live', (_req, res) => answer(res, 200, { live: true }));
  router.get('/version', (_req, res) =>
    answer(res, 200, { version: options.version, ...options.build }),
  );
  return {
    router,
    drain: () => {
      draining = true;
    },
  };
}

function serviceCheck(
  name: string,
  service: ServiceCheck,
  limits: CheckLimits,
  logger: Logger,
): () => Promise<ServiceHealth> {
  const run = timedCheck(service.check, limits);
  const noteFailure = onceInARow(logger, name);
  return () =>
    run().then(
      (found) => {
        noteFailure(undefined);
        return found;
      },
      (error: unknown) => {
        noteFailure(error);
        // The probe is public: why a check fails is for the log.
        const reason = error instanceof CheckTimeoutError ? error.message : 'check failed';
        return { status: service.onFailure ?? 'unhealthy', error: reason };
      },
    );
}

function readinessCheck(
  name: string,
  check: () => Promise<boolean>,
  limits: CheckLimits,
  logger: Logger,
): () => Promise<boolean> {
  const run = timedCheck(check, limits);
  const noteFailure = onceInARow(logger, name);
  return () =>
    run().then(
      (ok) => {
        noteFailure(undefined);
        return ok;
      },
      (error: unknown) => {
        noteFailure(error);
        return false;
      },
    );
}

/** Logs the first of successive failures: probes come every few seconds. */
function onceInARow(logger: Logger, name: string): (error: unknown) => void {
  let failing = false;
  return (err) => {
    if (err !== undefined && !failing) logger.warn({ err, check: name }, 'a health check fails');
    failing = err !== undefined;
  };
}

function overall(services: readonly ServiceHealth[]): HealthStatus {
  if (services.some(({ status }) => status === 'unhealthy')) return 'unhealthy';
  return services.some(({ status }) => status === 'degraded') ? 'degraded' : 'healthy';
}

function answer(res: Response, status: number, body: object): void {
  res.status(status).set('Cache-Control', 'no-store').json(body);
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, v]) => [name, map(v, name)]));
}

async function resolveAll<T>(
  checks: Readonly<Record<string, () => Promise<T>>>,
): Promise<Record<string, T>> {
  const entries = Object.entries(checks).map(async ([name, run]) => [name, await run()] as const);
  return Object.fromEntries(await Promise.all(entries));
}
