import {
  ACKNOWLEDGEMENTS,
  SERVER_EVENTS,
  type Acknowledgement,
  type ClientEventName,
  type Problem,
  type ServerEvent,
  type ServerEventName,
} from '@sim/contracts';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { vi } from 'vitest';

/** One message of the server, as it came. */
export interface LiveMessage {
  readonly name: ServerEventName;
  readonly payload: unknown;
}

/** A browser's side of a live connection; everything that comes is checked against the contract. */
export interface LiveClient {
  readonly socket: Socket;
  /** Everything that came, in order. */
  readonly messages: readonly LiveMessage[];
  /** What was not as the contract has it. */
  readonly faults: readonly string[];
  /** Sends an event and gives its acknowledgement. */
  ask<N extends ClientEventName>(name: N, payload?: unknown): Promise<Acknowledgement<N>>;
  /** All payloads of a name so far. */
  all<N extends ServerEventName>(name: N): ServerEvent<N>[];
  /** The log as this client has it: what was missed and what came live. */
  log(): ServerEvent<'execution-event'>[];
  /** Resolves once there is a message of that name (and kind). */
  next<N extends ServerEventName>(
    name: N,
    wanted?: (payload: ServerEvent<N>) => boolean,
  ): Promise<ServerEvent<N>>;
  close(): void;
}

const PATIENCE = { timeout: 25_000, interval: 10 };

type Options = Partial<ManagerOptions & SocketOptions>;

/** Connects, and does not wait for it. */
export function dial(origin: string, auth: object, options: Options = {}): LiveClient {
  const socket = io(origin, {
    auth: { ...auth },
    forceNew: true,
    reconnectionDelay: 50,
    ...options,
  });
  const messages: LiveMessage[] = [];
  const faults: string[] = [];
  socket.onAny((name: ServerEventName, payload: unknown) => {
    messages.push({ name, payload });
    const parsed = SERVER_EVENTS[name].safeParse(payload);
    if (!parsed.success) faults.push(`${name}: ${parsed.error.message}`);
  });
  const all = (name: ServerEventName) =>
    messages.filter((message) => message.name === name).map(({ payload }) => payload) as never[];
  return {
    socket,
    messages,
    faults,
    async ask(name, payload) {
      const answer: unknown = await socket.timeout(25_000).emitWithAck(name, payload);
      const parsed = ACKNOWLEDGEMENTS[name].safeParse(answer);
      if (!parsed.success) faults.push(`ack of ${name}: ${parsed.error.message}`);
      return answer as never;
    },
    all,
    log: () =>
      messages.flatMap(({ name, payload }) => {
        if (name === 'execution-event') return [payload as ServerEvent<'execution-event'>];
        return name === 'session-joined' ? (payload as ServerEvent<'session-joined'>).events : [];
      }),
    next: (name, wanted = () => true) =>
      vi.waitFor(() => {
        const found = (all(name) as unknown[]).find((payload) => wanted(payload as never));
        if (found === undefined) throw new TypeError(`No ${name} came: ${seen(messages)}`);
        return found as never;
      }, PATIENCE),
    close: () => void socket.disconnect(),
  };
}

const seen = (messages: readonly LiveMessage[]) =>
  messages
    .slice(-20)
    .map(({ name }) => name)
    .join(', ');

/** Connects and waits until it is let in. */
export async function connect(origin: string, token: string, options?: Options) {
  const client = dial(origin, { token }, options);
  await vi.waitFor(() => {
    if (!client.socket.connected) throw new TypeError('Not connected.');
  }, PATIENCE);
  return client;
}

/** Connects and gives the problem that it was refused with. */
export async function refusedAt(origin: string, auth: object, options?: Options): Promise<Problem> {
  const client = dial(origin, auth, { reconnection: false, ...options });
  try {
    return await new Promise((resolve, reject) => {
      client.socket.on('connect', () => reject(new TypeError('It was let in.')));
      client.socket.on('connect_error', (error) => {
        const { data } = error as { data?: Problem };
        if (data) resolve(data);
        else reject(error);
      });
    });
  } finally {
    client.close();
  }
}
