import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { routeTemplate, watchRoute } from '../logging/route-template.js';

/** Upper bounds in seconds: a turn takes milliseconds, a call to a model may take half a minute. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The metrics of one app. */
export interface Metrics {
  /** Register further metrics here (`registers: [registry]`), never in prom-client's global one. */
  readonly registry: Registry;
  /** Counts and times every request; comes before the routes. */
  readonly middleware: RequestHandler;
}

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /** The `service` label of every series. */
  readonly service: string;
  /** Metrics of the process and the event loop; once per process. Default true. */
  readonly processMetrics?: boolean;
}

/**
 * A registry of its own with `http_requests_total{method,route,status}` and
 * `http_request_duration_seconds{method,route,status}`. Routes are templates; what no route took is
 * `unmatched`, so that no caller can make up labels.
 */
export function createMetrics({ service, processMetrics = true }: MetricsOptions): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  if (processMetrics) collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'HTTP requests answered',
    labelNames,
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer, in seconds',
    labelNames,
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  const middleware: RequestHandler = (req, res, next) => {
    const startedAt = performance.now();
    watchRoute(req);
    res.once('close', () => {
      const labels = {
        method: KNOWN_METHODS.has(req.method) ? req.method : 'OTHER',
        route: routeTemplate(req),
        // A client that leaves before the answer has none; nginx's number for it.
        status: String(res.headersSent ? res.statusCode : CLIENT_CLOSED_REQUEST),
      };
      requests.inc(labels);
      durations.observe(labels, (performance.now() - startedAt) / 1000);
    });
    next();
  };
  return { registry, middleware };
}

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const CLIENT_CLOSED_REQUEST = 499;
