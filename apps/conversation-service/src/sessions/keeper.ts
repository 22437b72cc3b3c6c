import type { Engine } from '@sim/engine';
import type { SessionUpkeep } from '@sim/postgres';
import type { Logger } from '@sim/service-kit';

/** Sessions looked after in one round; the rest wait for the next. */
const BATCH = 100;
/** Sessions looked after at once: one whose block takes long does not hold up the others. */
const AT_ONCE = 8;
/**
 * How often it is looked for turns that broke off with their replica. With a lease of six seconds another
 * goes on within eight of the moment at which one dies.
 */
const ABANDONED_EVERY_MS = 1_000;

/** What the keeper works with. */
export interface KeeperPorts {
  readonly upkeep: Pick<SessionUpkeep, 'expired' | 'abandoned'>;
  readonly engine: Pick<Engine, 'tend'>;
  readonly logger: Logger;
  readonly clock: () => Date;
}

/** Looks after sessions that nobody asks about, until it is stopped. */
export interface Keeper {
  /** Resolves when the round under way is over. */
  stop(): Promise<void>;
}

/**
 * Starts to look after sessions: those whose time is over expire, those whose turn broke off go on.
 * Every replica does so; a session that another tends to already is left to it.
 */
export function startKeeper(ports: KeeperPorts, expiryIntervalMs: number): Keeper {
  const rounds = [
    repeat(ports, expiryIntervalMs, () => ports.upkeep.expired(ports.clock(), BATCH)),
    repeat(ports, ABANDONED_EVERY_MS, () => ports.upkeep.abandoned(BATCH)),
  ];
  return {
    stop: async () => {
      await Promise.all(rounds.map((stop) => stop()));
    },
  };
}

function repeat(
  { engine, logger }: KeeperPorts,
  everyMs: number,
  find: () => Promise<readonly string[]>,
): () => Promise<void> {
  let current: Promise<void> = Promise.resolve();
  let busy = false;
  const round = async (): Promise<void> => {
    const waiting = [...(await find())];
    const tend = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        const sessionId = id;
        // One that cannot be tended to must not keep the others from it.
        await engine
          .tend(sessionId)
          .catch((err: unknown) =>
            logger.warn({ err, sessionId }, 'a session was not looked after'),
          );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, tend));
  };
  const look = (): void => {
    if (busy) return;
    busy = true;
    current = round()
      // The database may be away; the next round finds the same sessions.
      .catch((error: unknown) => logger.warn({ err: error }, 'sessions were not looked after'))
      .finally(() => {
        busy = false;
      });
  };
  // At once: where replicas die again and again, none may live as long as an interval.
  look();
  const timer = setInterval(look, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await current;
  };
}
