import type { GatewaySocket } from './types.js';

/** A connection of engine.io, with the part of it that its types keep to themselves. */
type Connection = GatewaySocket['conn'];
interface Waiting {
  readonly writeBuffer: readonly { readonly data?: unknown }[];
}

/** What may wait for a client that reads slowly: in packets and in bytes, whichever is first. */
export interface BacklogLimit {
  readonly packets: number;
  readonly bytes: number;
}

/** As much as an event stream over HTTP may leave unread. */
export const DEFAULT_BACKLOG: BacklogLimit = { packets: 256, bytes: 1_048_576 };

/** Counting bytes is for those who may have too many. */
const FEW_PACKETS = 8;

/**
 * What waits to be sent: engine.io holds it back while the transport has not taken what was sent before,
 * so behind a full TCP window, or between two polls.
 */
function waiting(conn: Connection): Waiting['writeBuffer'] {
  return (conn as unknown as Waiting).writeBuffer;
}

/** Whether more waits for a client than may. */
export function isBehind(conn: Connection, limit: BacklogLimit): boolean {
  const packets = waiting(conn);
  if (packets.length > limit.packets) return true;
  if (packets.length <= FEW_PACKETS) return false;
  let bytes = 0;
  for (const { data } of packets) bytes += typeof data === 'string' ? data.length : 0;
  return bytes > limit.bytes;
}

/** Resolves once nothing waits any more: true, or false where the connection is over. */
export async function drained(conn: Connection): Promise<boolean> {
  while (conn.readyState === 'open' && waiting(conn).length > 0) await nextDrain(conn);
  return conn.readyState === 'open';
}

function nextDrain(conn: Connection): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      conn.off('drain', done);
      conn.off('close', done);
      resolve();
    };
    conn.on('drain', done);
    conn.on('close', done);
  });
}

/** How long a client may take to hear the end, before it is cut off. */
const LAST_WORDS_MS = 2000;

/**
 * Closes a connection once what waits was sent, without the farewell after which a client would stay away:
 * it connects again by itself. One that does not read is cut off.
 */
export function hangUp(conn: Connection, lastWordsMs = LAST_WORDS_MS): void {
  const { socket } = conn.transport as unknown as { socket?: { terminate?: () => void } };
  conn.close();
  const cut = (): void => {
    conn.close(true);
    socket?.terminate?.();
  };
  if (lastWordsMs === 0) cut();
  else setTimeout(cut, lastWordsMs).unref();
}
