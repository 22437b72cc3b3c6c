import { sessionChannel, type DeltaMessage } from '@sim/engine';
import type { EventStream } from '@sim/service-kit';
import type { ConversationContext } from '../context.js';
import { eventBody } from './transcript.js';

/** Events read at once. */
const BATCH = 200;
/** Without word from the bus the log is looked at this often, in case a word was lost. */
const LOOK_AGAIN_MS = 5_000;

/** Pieces of text that wait for a slow client; more are lost, and arrive with the event of their block. */
const MAX_WAITING = 100;

/**
 * Sends a session's events from a sequence on, and goes on as they come. The log is read, the bus
 * only says when: so nothing is lost or doubled, whichever replica wrote it. What is being said comes
 * over the bus alone, as events of their own without an id, and may be lost.
 */
export async function streamEvents(
  { sessions, bus, logger }: Pick<ConversationContext, 'sessions' | 'bus' | 'logger'>,
  stream: EventStream,
  sessionId: string,
  fromSequence: number,
): Promise<void> {
  let next = fromSequence;
  let reading = false;
  let again = false;
  const read = async (): Promise<void> => {
    for (;;) {
      const batch = await sessions.events(sessionId, next, BATCH);
      for (const event of batch) {
        const body = eventBody(event);
        if (!(await stream.send({ id: body.sequence, event: body.type, data: body }))) return;
        next = event.sequence + 1;
      }
      if (batch.length < BATCH) return;
    }
  };
  const wake = (): void => {
    again = true;
    if (reading || stream.closed) return;
    reading = true;
    void (async () => {
      while (again && !stream.closed) {
        again = false;
        await read();
      }
    })()
      .catch((error: unknown) => logger.warn({ err: error }, 'events could not be read'))
      .finally(() => {
        reading = false;
      });
  };
  let waiting = 0;
  const pass = ({ delta }: DeltaMessage): void => {
    if (waiting >= MAX_WAITING || stream.closed) return;
    waiting += 1;
    void stream.send({ event: 'agent-message-delta', data: delta }).finally(() => {
      waiting -= 1;
    });
  };
  const unsubscribe = await bus.subscribe(sessionChannel(sessionId), (message) => {
    const delta = deltaOf(message);
    if (delta) pass(delta);
    else wake();
  });
  const timer = setInterval(wake, LOOK_AGAIN_MS).unref();
  stream.onClose(() => {
    clearInterval(timer);
    unsubscribe().catch((error: unknown) => logger.warn({ err: error }, 'unsubscribe failed'));
  });
  wake();
}

/** Null for the news that there are events. */
function deltaOf(message: string): DeltaMessage | null {
  if (!message.startsWith('{"delta":')) return null;
  return JSON.parse(message) as DeltaMessage;
}
