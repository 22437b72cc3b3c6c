import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../net/ports.js';
import { checkPorts, wantedPorts } from './port-check.js';
import { startSettings } from './settings.js';

describe('the check of the ports', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  it('covers both services and their metrics', () => {
    const wanted = wantedPorts(startSettings([], {}, '/project'));
    expect(wanted.map(({ port, variable }) => [port, variable])).toEqual([
      [3000, 'PORT'],
      [3001, 'CONVERSATION_SERVICE_PORT'],
      [9090, 'METRICS_PORT'],
      [9091, 'METRICS_PORT'],
    ]);
  });

  it('leaves the metrics out where they are off', () => {
    const wanted = wantedPorts(startSettings([], { METRICS_ENABLED: 'false' }, '/project'));
    expect(wanted.map(({ port }) => port)).toEqual([3000, 3001]);
  });

  it('passes free ports and those that the system shall choose', async () => {
    const port = await freePort();
    await expect(
      checkPorts([
        { port, variable: 'PORT', use: 'the app' },
        { port: 0, variable: 'METRICS_PORT', use: 'metrics' },
      ]),
    ).resolves.toBeUndefined();
  });

  it('names the port, the variable and a way out', async () => {
    const port = await freePort();
    server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    await expect(checkPorts([{ port, variable: 'PORT', use: 'the app' }])).rejects.toThrow(
      new RegExp(`Port ${port} \\(the app\\) is in use.*PORT=\\d+ npm start`),
    );
  });
});
