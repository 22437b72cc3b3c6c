import { listen, serveMetrics, type Environment } from '@sim/service-kit';
import { contextFromConfig, createSimApp, readConfig } from '@sim/sim-app';
import type { RunningService } from './services.js';

/** Runs sim-app in this process. */
export async function startSimApp(env: Environment): Promise<RunningService> {
  const { config, secrets } = readConfig(env);
  const context = contextFromConfig(config, secrets, { embedded: true });
  const service = createSimApp(context);
  const server = await listen(service.app, config.http.port, { variable: 'PORT' });
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
