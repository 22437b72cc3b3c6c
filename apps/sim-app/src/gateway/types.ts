import type { ServerEvent, ServerEventName } from '@sim/contracts';
import type { Logger, Principal } from '@sim/service-kit';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** Events of the server with the shapes of their payloads. */
export type ServerToClient = {
  readonly [N in ServerEventName]: (payload: ServerEvent<N>) => void;
};

/** What a connection is, once it was let in. */
export interface Admission {
  readonly principal: Principal;
  /** Goes along with every command. */
  readonly token: string;
  /** From then on the token is refused, in milliseconds since the epoch. */
  readonly refusedAt: number;
  /** Wants to hear of sessions of the workspace that it has not joined. */
  readonly workspaceUpdates: boolean;
  readonly log: Logger;
}

/** Client events are read by `onAny`, so that those of any name are answered. */
type ClientToServer = Record<string, never>;

export type GatewayServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, Admission>;
export type GatewaySocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, Admission>;

/** The room of those who follow a session live. */
export const sessionRoom = (sessionId: string): string => `session:${sessionId}`;
/** The room of those who want to hear of a workspace's sessions. */
export const workspaceRoom = (workspaceId: string): string => `workspace:${workspaceId}`;
