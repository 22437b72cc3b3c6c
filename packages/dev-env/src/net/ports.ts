import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A TCP port of the loopback interface that is free now.
 *
 * The operating system picks it and the port is given back before this resolves, so another process
 * may take it first: whoever listens on it must be ready to ask for another.
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') {
    throw new TypeError('A TCP server has no port.');
  }
  return address.port;
}

/**
 * Why a port cannot be listened on: the error code of the system (`EADDRINUSE`, `EACCES`), or null
 * where it can, on every interface and on the loopback one.
 */
export async function portProblem(port: number): Promise<string | null> {
  return (await listenProblem({ port })) ?? (await listenProblem({ port, host: '127.0.0.1' }));
}

async function listenProblem(place: { port: number; host?: string }): Promise<string | null> {
  const server = createServer();
  try {
    server.listen({ ...place, exclusive: true });
    await once(server, 'listening');
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
