import type { Follower } from './follower.js';
import type { FollowerList } from './handlers.js';
import type { GatewaySocket } from './types.js';

/** Who follows what on this replica. */
export interface Followers extends FollowerList {
  removeAll(socket: GatewaySocket): void;
  /** After something was sent to all who follow a session live. */
  afterBroadcast(sessionId: string): void;
  /** Ends all who follow a session; gives their connections. */
  dissolve(sessionId: string): readonly GatewaySocket[];
}

const NONE: ReadonlyMap<string, Follower> = new Map();

/** An empty list. */
export function createFollowers(): Followers {
  const bySocket = new Map<GatewaySocket, Map<string, Follower>>();
  const bySession = new Map<string, Map<GatewaySocket, Follower>>();
  const remove: Followers['remove'] = (socket, sessionId, follower) => {
    const found = bySocket.get(socket)?.get(sessionId);
    if (!found || (follower && follower !== found)) {
      follower?.end();
      return;
    }
    found.end();
    drop(bySocket, socket, sessionId);
    drop(bySession, sessionId, socket);
  };
  return {
    of: (socket) => bySocket.get(socket) ?? NONE,
    add(socket, sessionId, follower) {
      put(bySocket, socket, sessionId, follower);
      put(bySession, sessionId, socket, follower);
    },
    remove,
    removeAll(socket) {
      for (const sessionId of [...(bySocket.get(socket)?.keys() ?? [])]) remove(socket, sessionId);
    },
    afterBroadcast(sessionId) {
      for (const follower of bySession.get(sessionId)?.values() ?? []) follower.afterBroadcast();
    },
    dissolve(sessionId) {
      const sockets = [...(bySession.get(sessionId)?.keys() ?? [])];
      for (const socket of sockets) remove(socket, sessionId);
      return sockets;
    },
  };
}

function put<A, B>(lists: Map<A, Map<B, Follower>>, of: A, key: B, follower: Follower): void {
  const list = lists.get(of);
  if (list) list.set(key, follower);
  else lists.set(of, new Map([[key, follower]]));
}

function drop<A, B>(lists: Map<A, Map<B, Follower>>, of: A, key: B): void {
  const list = lists.get(of);
  list?.delete(key);
  if (list?.size === 0) lists.delete(of);
}
