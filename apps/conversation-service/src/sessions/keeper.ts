import type { Engine } from '@sim/engine';
import type { SessionUpkeep } from '@sim/postgres';
import type { Logger } from '@sim/service-kit';
import { tendAll } from './tend-all.js';

/** Sessions looked after in one round; the rest wait for the next. */
const BATCH = 100;
/**
 * How often it is looked for turns that broke off with their replica. With a lease of six seconds another
 * goes on within eight of the moment at which one dies.
 */
const ABANDONED_EVERY_MS = 1_000;

/** What the keeper works with. */
export interface KeeperPorts {
  readonly upkeep: Pick<SessionUpkeep, 'abandoned'>;
  readonly engine: Pick<Engine, 'tend'>;
  readonly logger: Logger;
}

/** Looks after sessions whose turn broke off, until it is stopped. */
export interface Keeper {
  /** Resolves when the round under way is over. */
  stop(): Promise<void>;
}

/**
 * Starts to look for sessions whose turn broke off with its replica, so that they go on. Every replica does
 * so, and not by the queue: it must not wait behind the jobs of the replica that is gone.
 */
export function startKeeper(ports: KeeperPorts, everyMs = ABANDONED_EVERY_MS): Keeper {
  let current: Promise<void> = Promise.resolve();
  let busy = false;
  const look = (): void => {
    if (busy) return;
    busy = true;
    current = ports.upkeep
      .abandoned(BATCH)
      .then((found) => tendAll(ports, found))
      // The database may be away; the next round finds the same sessions.
      .catch((error: unknown) =>
        ports.logger.warn({ err: error }, 'sessions were not looked after'),
      )
      .finally(() => {
        busy = false;
      });
  };
  // At once: where replicas die again and again, none may live as long as an interval.
  look();
  const timer = setInterval(look, everyMs).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await current;
    },
  };
}
