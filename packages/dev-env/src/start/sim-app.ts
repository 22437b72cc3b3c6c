import { listen, serveMetrics, type Environment } from '@sim/service-kit';
import { contextFromConfig, createSimApp, readConfig } from '@sim/sim-app';
import type { EventBus } from '@sim/engine';
import type { RunningService } from './services.js';

/** Runs sim-app in this process. Without Redis, `bus` says what the other service has done. */
export async function startSimApp(env: Environment, bus: EventBus): Promise<RunningService> {
  const { config, secrets } = readConfig(env);
  const context = contextFromConfig(config, secrets, {
    embedded: true,
    ...(config.redis === undefined && { bus }),
  });
  const service = createSimApp(context);
  const server = await listen(service.server, config.http.port, { variable: 'PORT' });
  const metrics = config.metrics.enabled
    ? await serveMetrics(context.metrics.registry, config.metrics.port)
    : null;
  server.onClosing(() => service.endStreams());
  return {
    port: server.port,
    async close() {
      service.drain();
      await server.close();
      await metrics?.close();
      await service.stop();
    },
  };
}
