import { createConnection } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../net/ports.js';
import { startRedisServer, type RedisServer } from './redis-server.js';

const servers: RedisServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** What the server says to a line; null where nobody listens. */
const ask = (port: number, line: string) =>
  new Promise<string | null>((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write(`${line}\r\n`));
    socket.once('data', (data: Buffer) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', () => resolve(null));
  });

const present = await startRedisServer();
await present?.stop();

describe.skipIf(present === null)('a Redis of the machine (needs redis-server)', () => {
  const start = async (port?: number) => {
    const server = await startRedisServer(port);
    if (server) servers.push(server);
    return server;
  };

  it('answers once it is started, and is gone once it is stopped', async () => {
    const server = await start();
    const port = server?.port ?? 0;
    expect(server?.url).toBe(`redis://127.0.0.1:${port}`);
    expect(await ask(port, 'PING')).toBe('+PONG\r\n');
    await server?.stop();
    expect(await ask(port, 'PING')).toBeNull();
  });

  it('comes back at the same port, also after it was killed', async () => {
    const port = await freePort();
    const first = await start(port);
    await ask(port, 'SET a 1');
    await first?.stop('SIGKILL');
    await start(port);
    // It keeps nothing.
    expect(await ask(port, 'GET a')).toBe('$-1\r\n');
  });
});
