import type { EventBus } from './ports.js';
import type { EngineLog } from './settings.js';
import type { Offer, TurnWork } from './turn-work.js';

/** The bus channel on which it is told that a command was left for the turn of another replica. */
const LEFT_COMMANDS = 'left-commands';

/** The turns at work in this process, by their session. */
export interface UnderWay {
  has(sessionId: string): boolean;
  /** True where whoever asked the turn last has been answered, and blocks go on. */
  hasAnswered(sessionId: string): boolean;
  /** True once the command is handed over: the turn at work here on its session answers or releases it. */
  offer(sessionId: string, offer: Offer): boolean;
  /** Keeps a turn here while it is driven. */
  whileDriven(work: TurnWork, drive: () => Promise<void>): Promise<void>;
  /** Tells other replicas that a command was left for their turn. */
  tell(sessionId: string): void;
  close(): Promise<void>;
}

/** No turns yet. Listens for word of other replicas from the first turn on. */
export function createUnderWay(bus: EventBus, log: EngineLog): UnderWay {
  const turns = new Map<string, TurnWork>();
  let listening: Promise<() => Promise<void>> | null = null;
  const listen = () => {
    listening ??= bus.subscribe(LEFT_COMMANDS, (sessionId) =>
      turns.get(sessionId)?.inbox.put({ type: 'mail' }),
    );
    listening.catch((error: unknown) => {
      // Commands that were left are found with the next heartbeat as well.
      log.warn({ err: error }, 'Other replicas are not heard.');
      listening = null;
    });
  };
  return {
    has: (sessionId) => turns.has(sessionId),
    hasAnswered: (sessionId) => turns.get(sessionId)?.asked.replied === true,
    offer(sessionId, offer) {
      const work = turns.get(sessionId);
      work?.inbox.put({ type: 'offer', offer });
      return work !== undefined;
    },
    async whileDriven(work, drive) {
      const { sessionId } = work.record;
      listen();
      turns.set(sessionId, work);
      try {
        await drive();
      } finally {
        if (turns.get(sessionId) === work) turns.delete(sessionId);
        release(work);
      }
    },
    tell(sessionId) {
      bus
        .publish(LEFT_COMMANDS, sessionId)
        .catch((error: unknown) => log.warn({ err: error }, 'bus'));
    },
    async close() {
      const unsubscribe = await listening?.catch(() => null);
      await unsubscribe?.();
    },
  };
}

/** What was handed to a turn that is over is for the next one. */
function release({ asked, inbox }: TurnWork): void {
  if (!asked.replied) asked.command.release?.();
  for (const arrived of inbox.drain()) if (arrived.type === 'offer') arrived.offer.release();
}
