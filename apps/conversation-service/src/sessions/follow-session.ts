import { sessionChannel, type DeltaMessage } from '@sim/engine';
import type { ConversationContext } from '../context.js';

/** Without word from the bus the session is looked at this often, in case a word was lost. */
const LOOK_AGAIN_MS = 5_000;

/** What is done with the news of a session. */
export interface Follower {
  /** Something may have happened. Called once at a time, and again where more happened meanwhile. */
  look(): Promise<void>;
  /** A piece of a model's text that is being written: stored nowhere, it may be lost. */
  onDelta?(message: DeltaMessage): void;
}

/**
 * Has a session looked at now and whenever something happened in it, whichever replica did it.
 * @returns what ends that
 */
export async function followSession(
  { bus, logger }: Pick<ConversationContext, 'bus' | 'logger'>,
  sessionId: string,
  follower: Follower,
): Promise<() => void> {
  let looking = false;
  let again = false;
  const end = new AbortController();
  const isOver = (): boolean => end.signal.aborted;
  const wake = (): void => {
    again = true;
    if (looking || isOver()) return;
    looking = true;
    void (async () => {
      while (again && !isOver()) {
        again = false;
        await follower.look();
      }
    })()
      .catch((error: unknown) =>
        logger.warn({ err: error, sessionId }, 'a session could not be read'),
      )
      .finally(() => {
        looking = false;
      });
  };
  const unsubscribe = await bus.subscribe(sessionChannel(sessionId), (message) => {
    const delta = deltaIn(message);
    if (delta) follower.onDelta?.(delta);
    else wake();
  });
  const timer = setInterval(wake, LOOK_AGAIN_MS).unref();
  wake();
  return () => {
    if (isOver()) return;
    end.abort();
    clearInterval(timer);
    unsubscribe().catch((error: unknown) => logger.warn({ err: error }, 'unsubscribe failed'));
  };
}

/** Null for the news that there are events. */
function deltaIn(message: string): DeltaMessage | null {
  if (!message.startsWith('{"delta":')) return null;
  return JSON.parse(message) as DeltaMessage;
}
