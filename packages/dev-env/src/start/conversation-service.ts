import {
  contextFromConfig,
  createConversationService,
  readConfig,
} from '@sim/conversation-service';
import { listen, serveMetrics, type Environment } from '@sim/service-kit';
import type { EventBus } from '@sim/engine';
import type { RunningService } from './services.js';

/** Runs conversation-service in this process. Without Redis, `bus` tells the other service. */
export async function startConversationService(
  env: Environment,
  bus: EventBus,
): Promise<RunningService> {
  const { config, secrets } = readConfig(env);
  const context = contextFromConfig(config, secrets, {
    embedded: true,
    ...(config.redis === undefined && { bus }),
  });
  const service = createConversationService(context);
  const server = await listen(service.app, config.http.port, {
    variable: 'CONVERSATION_SERVICE_PORT',
  });
  const metrics = config.metrics.enabled
    ? await serveMetrics(context.metrics.registry, config.metrics.port)
    : null;
  server.onClosing(() => service.endStreams());
  service.start();
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
