import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { listen, PortInUseError } from './listen.js';

const hello: RequestListener = (_req, res) => void res.end('hello');
const urlOf = ({ port }: { port: number }, path = '/'): string => `http://127.0.0.1:${port}${path}`;

/** An app whose requests wait until they are let go. */
function waitingApp() {
  const waiting: (() => void)[] = [];
  const app: RequestListener = (_req, res) => void waiting.push(() => res.end('done'));
  return { app, waiting };
}

describe('listen', () => {
  it('tells the port that the system chose', async () => {
    const server = await listen(hello, 0);
    expect(server.port).toBeGreaterThan(0);
    expect(await (await fetch(urlOf(server))).text()).toBe('hello');
    await server.close();
    await expect(fetch(urlOf(server))).rejects.toThrow();
  });

  it('takes a server that something else is attached to', async () => {
    const made = createServer(hello);
    const running = await listen(made, 0, { host: '127.0.0.1' });
    expect(running.server).toBe(made);
    expect(await (await fetch(urlOf(running))).text()).toBe('hello');
    await running.close();
  });

  it('says which variable to change where the port is taken', async () => {
    const first = await listen(hello, 0);
    const second = listen(hello, first.port, { variable: 'CONVERSATION_SERVICE_PORT' });
    await expect(second).rejects.toBeInstanceOf(PortInUseError);
    await expect(second).rejects.toThrow(
      `Port ${first.port} is in use by another program. Stop that one, or set ` +
        'CONVERSATION_SERVICE_PORT to a free port',
    );
    await first.close();
  });

  it('passes on what else keeps it from listening', async () => {
    await expect(listen(hello, 0, { host: '203.0.113.1' })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });
});

describe('close', () => {
  it('lets requests in flight end', async () => {
    const { app, waiting } = waitingApp();
    const server = await listen(app, 0);
    const answer = fetch(urlOf(server));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const closed = server.close();
    waiting[0]?.();
    const response = await answer;
    expect(await response.text()).toBe('done');
    expect(response.headers.get('connection')).toBe('close');
    await closed;
  });

  it('cuts requests that take longer than the grace', async () => {
    const { app, waiting } = waitingApp();
    const server = await listen(app, 0, { graceMs: 20 });
    const answer = fetch(urlOf(server));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const refused = expect(answer).rejects.toThrow();
    await server.close();
    await refused;
  });

  it('does not wait for connections that are kept alive', async () => {
    const server = await listen(hello, 0);
    const agent = new Agent({ keepAlive: true });
    const [response] = (await once(get(urlOf(server), { agent }), 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    await server.close();
    agent.destroy();
    expect(server.server.listening).toBe(false);
  });

  it('does not wait for connections that never sent a request', async () => {
    const running = await listen((_req, res) => res.end(), 0, { graceMs: 60_000 });
    const socket = connect(running.port);
    await once(socket, 'connect');
    await running.close();
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  it('calls the hooks at once, so that streams can end', async () => {
    const server = await listen((_req, res) => {
      res.write('data: open\n\n');
      server.onClosing(() => void res.end('data: bye\n\n'));
    }, 0);
    const response = await fetch(urlOf(server));
    const body = response.text();
    await server.close();
    expect(await body).toBe('data: open\n\ndata: bye\n\n');
  });

  it('closes even where a hook fails', async () => {
    const server = await listen(hello, 0);
    const second = vi.fn();
    server.onClosing(() => Promise.reject(new RangeError('at fault')));
    server.onClosing(second);
    await server.close();
    expect(second).toHaveBeenCalledTimes(1);
  });

  it('may be called again', async () => {
    const server = await listen(hello, 0);
    const hook = vi.fn();
    server.onClosing(hook);
    await Promise.all([server.close(), server.close()]);
    await server.close();
    expect(hook).toHaveBeenCalledTimes(1);
  });
});
