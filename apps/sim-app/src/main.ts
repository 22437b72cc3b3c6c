import { listen, reportFatal, runUntilSignal, serveMetrics } from '@sim/service-kit';
import { createSimApp } from './app.js';
import { readConfig } from './config.js';
import { contextFromConfig } from './context.js';

try {
  const { config, secrets } = readConfig();
  const context = contextFromConfig(config, secrets);
  const service = createSimApp(context);
  const server = await listen(service.server, config.http.port, { variable: 'PORT' });
  const metrics = config.metrics.enabled
    ? await serveMetrics(context.metrics.registry, config.metrics.port)
    : null;
  context.logger.info({ port: server.port }, 'sim-app listens');
  server.onClosing(() => service.endStreams());
  await runUntilSignal(async () => {
    service.drain();
    await server.close();
    await metrics?.close();
    await service.stop();
  });
} catch (error) {
  reportFatal(error);
}
