import { randomUUID } from 'node:crypto';
import type { ServerEventName } from '@sim/contracts';
import type { SessionListener } from './feed-hub.js';
import type { Followers } from './followers.js';
import { messagesFor, type ServerMessage } from './messages.js';
import { refusal, sessionNotFound } from './problems.js';
import type { StateUpdate } from './session-feed.js';
import type { SocketMetrics } from './socket-metrics.js';
import { sessionRoom, workspaceRoom, type GatewayServer, type GatewaySocket } from './types.js';

type Namespace = ReturnType<GatewayServer['of']>;
type Emit = (name: ServerEventName, payload: unknown) => void;

/** Everything that goes out goes through here. */
export interface Outbox {
  send(socket: GatewaySocket, message: ServerMessage): void;
  /** To those of a workspace who want to hear of its sessions and do not follow this one; on all replicas. */
  announce(update: StateUpdate): void;
  /** What a session's feed tells goes to all who follow it live here. */
  listenerFor(sessionId: string, followers: Followers, docsBase: string): SessionListener;
}

/** Sends to one connection, to the followers of a session here, or to a workspace everywhere. */
export function createOutbox(
  sockets: Namespace,
  metrics: SocketMetrics,
  hasReplicas: boolean,
): Outbox {
  const send = (socket: GatewaySocket, [name, payload]: ServerMessage): void => {
    // Names and payloads belong together in a message, which the types of `emit` do not see.
    (socket.emit as Emit).call(socket, name, payload);
    metrics.sent(name, 1);
  };
  const toFollowers = (sessionId: string, messages: readonly ServerMessage[]): void => {
    const room = sessionRoom(sessionId);
    const size = sockets.adapter.rooms.get(room)?.size ?? 0;
    if (size === 0) return;
    // Encoded once for all of them.
    const target = sockets.local.to(room);
    for (const [name, payload] of messages) {
      (target.emit as Emit).call(target, name, payload);
      metrics.sent(name, size);
    }
  };
  const announce = (update: StateUpdate): void => {
    const room = workspaceRoom(update.workspaceId);
    if (!hasReplicas && !sockets.adapter.rooms.has(room)) return;
    sockets.to(room).except(sessionRoom(update.sessionId)).emit('workflow-state-update', update);
  };
  return {
    send,
    announce,
    listenerFor: (sessionId, followers, docsBase) => {
      const tell = (messages: readonly ServerMessage[]): void => {
        toFollowers(sessionId, messages);
        followers.afterBroadcast(sessionId);
      };
      return {
        audience: () => sockets.adapter.rooms.get(sessionRoom(sessionId))?.size ?? 0,
        onEvents: (events) => tell(events.flatMap(messagesFor)),
        onState: (update) => {
          tell([['workflow-state-update', update]]);
          announce(update);
        },
        onDelta: (delta) => tell([['agent-message-delta', delta]]),
        onGone: () => {
          const about = { docsBase, instance: '/socket.io/', requestId: randomUUID() };
          const { problem } = refusal(sessionNotFound(sessionId), about);
          for (const socket of followers.dissolve(sessionId)) send(socket, ['error', { problem }]);
        },
      };
    },
  };
}
