import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

/** One address for several replicas: a new connection goes to the replica that is named at the time. */
export interface Balancer {
  readonly origin: string;
  /** Where new connections go; those that are open stay. */
  leadTo(origin: string): void;
  close(): Promise<void>;
}

/** Stands before replicas as a proxy with affinity does. */
export async function startBalancer(first: string): Promise<Balancer> {
  let target = new URL(first);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection({ host: target.hostname, port: Number(target.port) });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    leadTo(origin) {
      target = new URL(origin);
    },
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
