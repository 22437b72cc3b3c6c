import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A shop that answers no first order: who placed it is left waiting. */
export interface Shop {
  readonly url: string;
  /** The headers of each order. */
  readonly orders: IncomingHttpHeaders[];
  readonly unanswered: ServerResponse[];
  close(): Promise<void>;
}

/** Opens a shop on a free port. */
export async function startShop(): Promise<Shop> {
  const orders: IncomingHttpHeaders[] = [];
  const unanswered: ServerResponse[] = [];
  const server = createServer((req, res) => {
    orders.push(req.headers);
    res.setHeader('content-type', 'application/json');
    if (orders.length === 1) unanswered.push(res);
    else res.end('{"id": 7}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/orders`,
    orders,
    unanswered,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
