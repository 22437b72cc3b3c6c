import { randomUUID } from 'node:crypto';
import {
  CLIENT_EVENTS,
  isClientEventName,
  type Acknowledgement,
  type ClientEvent,
  type ClientEventName,
  type RefusedEvent,
} from '@sim/contracts';
import { badRequest, invalidInput, type ProblemError } from '@sim/service-kit';
import { hangUp, isBehind, type BacklogLimit } from './backlog.js';
import { createEventBudget, type EventRate } from './event-rate.js';
import { floods, refusal, shuttingDown, tooSlow } from './problems.js';
import type { GatewaySocket } from './types.js';

/** One event of a client, under its own request id. */
export interface Call<N extends ClientEventName> {
  readonly name: N;
  readonly input: ClientEvent<N>;
  readonly requestId: string;
}

type Success<N extends ClientEventName> = Extract<Acknowledgement<N>, { ok: true }>;

/** What is done for each event; what it throws is acknowledged as a problem. */
export type Handlers = {
  readonly [N in ClientEventName]: (
    socket: GatewaySocket,
    call: Call<N>,
  ) => Promise<Omit<Success<N>, 'ok'>>;
};

/** What answering events takes. */
export interface ConnectionPorts {
  readonly handlers: Handlers;
  readonly docsBase: string;
  readonly eventRate: EventRate;
  readonly backlog: BacklogLimit;
  isDraining(): boolean;
  /** Told of work under way, which a shutdown lets finish. */
  track(work: Promise<void>): void;
  received(event: string): void;
  readonly sendError: (
    socket: GatewaySocket,
    refused: Omit<RefusedEvent, 'ok'> & { readonly closing?: true },
    event?: ClientEventName,
  ) => void;
}

/** Who goes on after so many refusals in a row is no client that makes a mistake. */
const PATIENCE = 1000;

/** How much more than what followers leave waiting is too much. */
const UNREAD_FACTOR = 4;

type Acknowledge = (answer: unknown) => void;

/** Answers every event of a connection: of any name, any shape and at any rate, each once. */
export function answerEvents(socket: GatewaySocket, ports: ConnectionPorts): void {
  const budget = createEventBudget(ports.eventRate);
  const { packets, bytes } = ports.backlog;
  const mostUnread = { packets: packets * UNREAD_FACTOR, bytes: bytes * UNREAD_FACTOR };
  socket.onAny((name: string, ...args: unknown[]) => {
    ports.received(name);
    const last = args.at(-1);
    const acknowledge = typeof last === 'function' ? (last as Acknowledge) : null;
    const given = acknowledge === null ? args : args.slice(0, -1);
    // Followers wait for a slow client; answers that it does not read must not pile up.
    if (isBehind(socket.conn, mostUnread)) {
      dismiss(socket, tooSlow(), ports);
      return;
    }
    if (!budget.take()) {
      if (budget.refused > PATIENCE) dismiss(socket, floods(), ports);
      else refuse(socket, { name, acknowledge, requestId: randomUUID() }, floods(), ports);
      return;
    }
    ports.track(answer(socket, name, given, acknowledge, ports));
  });
}

/** Tells why, and closes the connection; the client may connect again. */
export function dismiss(
  socket: GatewaySocket,
  problem: ProblemError,
  { docsBase, sendError }: Pick<ConnectionPorts, 'docsBase' | 'sendError'>,
): void {
  const about = { docsBase, instance: INSTANCE, requestId: randomUUID() };
  sendError(socket, { ...refusal(problem, about), closing: true });
  hangUp(socket.conn);
}

const INSTANCE = '/socket.io/';

async function answer(
  socket: GatewaySocket,
  name: string,
  args: readonly unknown[],
  acknowledge: Acknowledge | null,
  ports: ConnectionPorts,
): Promise<void> {
  const requestId = randomUUID();
  const startedAt = performance.now();
  const log = socket.data.log.child({ requestId, event: name.slice(0, 40) });
  try {
    if (ports.isDraining()) throw shuttingDown();
    const done = await handle(socket, name, args, requestId, ports.handlers);
    acknowledge?.({ ok: true, ...done });
    log.info({ ok: true, durationMs: Math.round(performance.now() - startedAt) }, 'socket event');
  } catch (error) {
    const { problem } = refuse(socket, { name, acknowledge, requestId }, error, ports);
    const line = { code: problem.code, ...(problem.status >= 500 && { err: error }) };
    log[problem.status === 500 ? 'error' : 'info'](line, 'socket event refused');
  }
}

async function handle(
  socket: GatewaySocket,
  name: string,
  args: readonly unknown[],
  requestId: string,
  handlers: Handlers,
): Promise<object> {
  if (!isClientEventName(name)) {
    const known = Object.keys(CLIENT_EVENTS).join(', ');
    throw badRequest('event_unknown', `There is no event of this name. There are ${known}.`);
  }
  if (args.length > 1) {
    throw badRequest('invalid_event', 'An event has one argument, and its acknowledgement.');
  }
  const parsed = CLIENT_EVENTS[name].safeParse(args[0]);
  if (!parsed.success) throw invalidInput(parsed.error, 'event');
  // The table leads from a name to its own schema and handler, which types cannot follow.
  const handler = handlers[name] as (socket: GatewaySocket, call: unknown) => Promise<object>;
  return handler(socket, { name, input: parsed.data, requestId });
}

/** To the acknowledgement, or as `error` to a client that wanted none. */
function refuse(
  socket: GatewaySocket,
  of: { name: string; acknowledge: Acknowledge | null; requestId: string },
  error: unknown,
  { docsBase, sendError }: ConnectionPorts,
): Omit<RefusedEvent, 'ok'> {
  const event = isClientEventName(of.name) ? of.name : undefined;
  const instance = event === undefined ? INSTANCE : `${INSTANCE}${event}`;
  const refused = refusal(error, { docsBase, instance, requestId: of.requestId });
  if (of.acknowledge !== null) of.acknowledge({ ok: false, ...refused });
  else sendError(socket, refused, event);
  return refused;
}
