import type { DeltaMessage } from '@sim/engine';
import type { EventStream } from '@sim/service-kit';
import type { ConversationContext } from '../context.js';
import { followSession } from './follow-session.js';
import { eventBody } from './transcript.js';

/** Events read at once. */
const BATCH = 200;

/** Pieces of text that wait for a slow client; more are lost, and arrive with the event of their block. */
const MAX_WAITING = 100;

/**
 * Sends a session's events from a sequence on, and goes on as they come. The log is read, the bus
 * only says when: so nothing is lost or doubled, whichever replica wrote it. What is being said comes
 * over the bus alone, as events of their own without an id, and may be lost.
 */
export async function streamEvents(
  context: Pick<ConversationContext, 'sessions' | 'bus' | 'logger'>,
  stream: EventStream,
  sessionId: string,
  fromSequence: number,
): Promise<void> {
  const look = eventSender(context, stream, sessionId, fromSequence);
  const stop = await followSession(context, sessionId, {
    look: async () => {
      await look();
    },
    onDelta: deltaSender(stream),
  });
  stream.onClose(stop);
}

/** No log is longer than its column counts. */
const LAST_SEQUENCE = 2_147_483_647;

/** The sequence after the `Last-Event-ID` of a client; the given one where it came with none. */
export function firstAfter(lastEventId: string | undefined, otherwise: number): number {
  return lastEventId === undefined ? otherwise : Math.min(Number(lastEventId) + 1, LAST_SEQUENCE);
}

/** Sends what the log has beyond what was sent; the types of the events that it sent. */
export function eventSender(
  { sessions }: Pick<ConversationContext, 'sessions'>,
  stream: EventStream,
  sessionId: string,
  fromSequence: number,
): () => Promise<ReadonlySet<string>> {
  let next = fromSequence;
  return async () => {
    const sent = new Set<string>();
    for (;;) {
      const batch = await sessions.events(sessionId, next, BATCH);
      for (const event of batch) {
        const body = eventBody(event);
        if (!(await stream.send({ id: body.sequence, event: body.type, data: body }))) return sent;
        next = event.sequence + 1;
        sent.add(body.type);
      }
      if (batch.length < BATCH) return sent;
    }
  };
}

/** Sends pieces of what is being said, as many as a slow client takes. */
export function deltaSender(stream: EventStream): (message: DeltaMessage) => void {
  let waiting = 0;
  return ({ delta }) => {
    if (waiting >= MAX_WAITING || stream.closed) return;
    waiting += 1;
    void stream.send({ event: 'agent-message-delta', data: delta }).finally(() => {
      waiting -= 1;
    });
  };
}
