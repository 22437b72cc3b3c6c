import {
  contextFromConfig,
  createConversationService,
  readConfig,
} from '@sim/conversation-service';
import { listen, serveMetrics, type Environment } from '@sim/service-kit';
import type { RunningService } from './services.js';

/** Runs conversation-service in this process. */
export async function startConversationService(env: Environment): Promise<RunningService> {
  const { config, secrets } = readConfig(env);
  const context = contextFromConfig(config, secrets, { embedded: true });
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
