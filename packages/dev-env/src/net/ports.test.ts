import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, portProblem } from './ports.js';

describe('ports', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  it('finds one that can be listened on', async () => {
    const port = await freePort();
    expect(port).toBeGreaterThan(0);
    expect(await portProblem(port)).toBeNull();
  });

  it.each(['127.0.0.1', '0.0.0.0', undefined])('notices a listener on %s', async (host) => {
    const port = await freePort();
    server = createServer().listen({ port, host });
    await once(server, 'listening');
    expect(await portProblem(port)).toBe('EADDRINUSE');
  });
});
