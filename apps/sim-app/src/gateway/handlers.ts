import { randomUUID } from 'node:crypto';
import {
  openSessionAnswer,
  turnAnswer,
  type ClientEvent,
  type ClientEventName,
} from '@sim/contracts';
import type * as z from 'zod';
import type { Call, Handlers } from './connection.js';
import type { ConversationClient } from './conversation-client.js';
import { Follower, type FollowerPorts } from './follower.js';
import type { FeedHub } from './feed-hub.js';
import { joinLimit, notJoined } from './problems.js';
import type { StateUpdate } from './session-feed.js';
import type { GatewaySocket } from './types.js';

/** What the handlers work with. */
export interface HandlerPorts extends Omit<FollowerPorts, 'hold'> {
  readonly hub: FeedHub;
  readonly conversations: ConversationClient;
  /** Who follows a session here. */
  readonly followers: FollowerList;
  /** To those who want to hear of their workspace's sessions, on every replica. */
  announce(update: StateUpdate): void;
  /** The most sessions that one connection follows. */
  readonly maxJoined: number;
}

/** The followers of this replica, by session and by connection. */
export interface FollowerList {
  of(socket: GatewaySocket): ReadonlyMap<string, Follower>;
  add(socket: GatewaySocket, sessionId: string, follower: Follower): void;
  /** Ends it, if it is still there. */
  remove(socket: GatewaySocket, sessionId: string, follower?: Follower): void;
}

/** Parses what conversation-service has answered; it is ours, so another shape is a fault of ours. */
const parsed = <S extends z.ZodType>(schema: S, body: unknown): z.output<S> => schema.parse(body);

/** What is done for each event of a client. */
export function createHandlers(ports: HandlerPorts): Handlers {
  return {
    'join-session': async (socket, { input: { sessionId, lastEventId } }) => {
      await join(socket, sessionId, lastEventId, ports);
      return { sessionId };
    },
    'leave-session': (socket, { input }) => Promise.resolve({ left: leave(socket, input, ports) }),
    'execute-command': (socket, call) => {
      const { command } = call.input;
      const body = typeof command === 'string' ? { naturalLanguageInput: command } : command;
      return takeTurn(socket, call, body, ports);
    },
    'switch-workflow-mode': (socket, call) => {
      const { targetMode } = call.input;
      return takeTurn(socket, call, actionOf('switch-mode', { mode: targetMode }), ports);
    },
    'create-conversational-workflow': async (socket, { input, requestId }) => {
      const { idempotencyKey = randomUUID(), ...body } = input;
      const answered = await ports.conversations({
        ...originOf(socket),
        path: '/sessions',
        body,
        idempotencyKey,
        requestId,
      });
      const session = parsed(openSessionAnswer, answered);
      const { sessionId } = session;
      // It is opened whether it can be followed or not.
      await join(socket, sessionId, undefined, ports).catch(ports.onFailure);
      const { workspaceId } = socket.data.principal as { workspaceId: `ws_${string}` };
      ports.announce({ sessionId, workspaceId, state: session.state, eventId: null });
      return { session };
    },
  };
}

const actionOf = (action: string, parameters: object) => ({ action, parameters });

async function join(
  socket: GatewaySocket,
  sessionId: string,
  lastEventId: number | undefined,
  ports: HandlerPorts,
): Promise<void> {
  const { followers, maxJoined } = ports;
  // Joined again: from where the client says it is.
  followers.remove(socket, sessionId);
  if (followers.of(socket).size >= maxJoined) throw joinLimit(maxJoined);
  const { workspaceId } = socket.data.principal;
  const hold = () => ports.hub.hold(sessionId, workspaceId);
  const follower = new Follower(socket, { ...ports, hold });
  followers.add(socket, sessionId, follower);
  try {
    await follower.start(lastEventId);
  } catch (error) {
    followers.remove(socket, sessionId, follower);
    throw error;
  }
}

function leave(
  socket: GatewaySocket,
  input: ClientEvent<'leave-session'>,
  { followers }: HandlerPorts,
) {
  const joined = [...followers.of(socket).keys()] as `ses_${string}`[];
  const given = input?.sessionId;
  const left = given === undefined ? joined : joined.filter((id) => id === given);
  if (given !== undefined && left.length === 0) {
    throw notJoined('This connection has not joined the session.');
  }
  for (const sessionId of left) followers.remove(socket, sessionId);
  return left;
}

/** A turn, as over REST: whoever may not, or too often, is refused there. */
async function takeTurn<N extends ClientEventName>(
  socket: GatewaySocket,
  { input, requestId }: Call<N>,
  body: object,
  { conversations, hub, send }: HandlerPorts,
) {
  const { sessionId, idempotencyKey = randomUUID() } = input as ClientEvent<'execute-command'>;
  const answered = await conversations({
    ...originOf(socket),
    path: `/sessions/${encodeURIComponent(sessionId)}/${'action' in body ? 'actions' : 'commands'}`,
    body,
    idempotencyKey,
    requestId,
  });
  const result = parsed(turnAnswer, answered);
  // What the turn brought about comes before its result; the answer says that it was stored.
  await hub
    .find(sessionId)
    ?.refresh()
    .catch(() => undefined);
  send(socket, ['command-result', { sessionId, idempotencyKey, result }]);
  const { turnId, commandProcessed } = result;
  return { sessionId, turnId, commandProcessed };
}

function originOf({ data, handshake }: GatewaySocket) {
  const before = handshake.headers['x-forwarded-for'];
  const chain = [before, handshake.address].flat().filter((part) => part !== undefined);
  return { token: data.token, forwardedFor: chain.join(', ') };
}
