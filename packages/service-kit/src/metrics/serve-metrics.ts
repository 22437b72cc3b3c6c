import { createServer, type RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import { listen, type RunningServer } from '../http/listen.js';

/**
 * Serves `/metrics` on a port of its own, which no proxy leads to.
 * @throws {PortInUseError} naming `METRICS_PORT`.
 */
export function serveMetrics(registry: Registry, port: number): Promise<RunningServer> {
  return listen(createServer(metricsListener(registry)), port, { variable: 'METRICS_PORT' });
}

const metricsListener =
  (registry: Registry): RequestListener =>
  (req, res) => {
    if (
      req.url?.split('?', 1)[0] !== '/metrics' ||
      (req.method !== 'GET' && req.method !== 'HEAD')
    ) {
      res.writeHead(404, { 'Content-Type': 'text/plain' }).end('Only GET /metrics is here.\n');
      return;
    }
    registry.metrics().then(
      (text) => res.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => res.writeHead(500, { 'Content-Type': 'text/plain' }).end('A metric failed.\n'),
    );
  };
