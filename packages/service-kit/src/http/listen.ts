import { createServer, Server, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A port is taken; says which variable changes it. */
export class PortInUseError extends Error {
  readonly port: number;
  readonly variable: string;

  constructor(port: number, variable: string, cause: unknown) {
    super(
      `Port ${port} is in use by another program. Stop that one, or set ${variable} to a free port, ` +
        `such as ${variable}=${port < 65_535 ? port + 1 : port - 1}.`,
      { cause },
    );
    this.name = 'PortInUseError';
    this.port = port;
    this.variable = variable;
  }
}

/** Options of {@link listen}. */
export interface ListenOptions {
  /** The variable that sets the port, for the message of {@link PortInUseError}. Default `PORT`. */
  readonly variable?: string;
  readonly host?: string;
  /** How long requests in flight may take at the end, in milliseconds. Default 10 s. */
  readonly graceMs?: number;
}

/** A server that listens. */
export interface RunningServer {
  /** The actual port, where 0 was asked for. */
  readonly port: number;
  readonly server: Server;
  /** Called when the server begins to close, such as to end event streams. */
  onClosing(hook: () => void | Promise<void>): void;
  /**
   * Accepts no more, lets requests in flight end within the grace and cuts what is left. May be
   * called again; resolves when every connection is gone.
   */
  close(): Promise<void>;
}

const DEFAULT_GRACE_MS = 10_000;
/** How often connections that became idle are looked for while closing. */
const IDLE_SWEEP_MS = 50;

/**
 * Listens with an app or a server made before (as socket.io needs it).
 * @throws {PortInUseError}
 */
export async function listen(
  app: RequestListener | Server,
  port: number,
  options: ListenOptions = {},
): Promise<RunningServer> {
  const server = app instanceof Server ? app : createServer(app);
  const inFlight = trackResponses(server);
  const sockets = trackSockets(server);
  await startListening(server, port, options);
  const hooks: (() => void | Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    server,
    onClosing: (hook) => void hooks.push(hook),
    close: () =>
      (closing ??= closeGracefully(
        { server, inFlight, sockets },
        hooks,
        options.graceMs ?? DEFAULT_GRACE_MS,
      )),
  };
}

function startListening(server: Server, port: number, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const inUse = error.code === 'EADDRINUSE';
      reject(inUse ? new PortInUseError(port, options.variable ?? 'PORT', error) : error);
    };
    server.once('error', onError);
    server.listen({ port, ...(options.host !== undefined && { host: options.host }) }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

/** The answers that are not finished. Once the server closes, each ends its connection. */
function trackResponses(server: Server): Set<ServerResponse> {
  const inFlight = new Set<ServerResponse>();
  server.prependListener('request', (_req, res: ServerResponse) => {
    inFlight.add(res);
    res.once('close', () => inFlight.delete(res));
    if (!server.listening) res.setHeader('Connection', 'close');
  });
  return inFlight;
}

/** The open connections. */
function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

interface Tracked {
  readonly server: Server;
  readonly inFlight: ReadonlySet<ServerResponse>;
  readonly sockets: ReadonlySet<Socket>;
}

/** Node takes a connection that never sent anything for one whose request is under way. */
function closeIdle({ server, sockets }: Tracked): void {
  server.closeIdleConnections();
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
}

async function closeGracefully(
  tracked: Tracked,
  hooks: readonly (() => void | Promise<void>)[],
  graceMs: number,
): Promise<void> {
  const { server, inFlight, sockets } = tracked;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const res of inFlight) {
    if (!res.headersSent) res.setHeader('Connection', 'close');
  }
  // Node does not count upgraded connections among the server's own.
  const cut = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, graceMs);
  const sweep = setInterval(() => closeIdle(tracked), IDLE_SWEEP_MS);
  // A hook that fails must not keep the others, or the server, from ending.
  await Promise.allSettled(hooks.map(async (hook) => hook()));
  await closed;
  clearTimeout(cut);
  clearInterval(sweep);
}
