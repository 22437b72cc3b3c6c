import { MemoryBus } from '@sim/memory';
import { listen } from '@sim/service-kit';
import { contextFromConfig, createSimApp, readConfig } from '@sim/sim-app';

/*
 * sim-app of the socket benchmark, in a process of its own. Words of the bus come from the benchmark, so
 * that no Redis is needed; everything else is as it is deployed.
 */

const { config, secrets } = readConfig();
const bus = new MemoryBus();
const service = createSimApp(contextFromConfig(config, secrets, { bus }));
const server = await listen(service.server, 0, { host: '127.0.0.1' });
process.on('message', ({ channel, message }: { channel: string; message: string }) => {
  void bus.publish(channel, message);
});
process.send?.({ port: server.port });
