import { REMINDER_TASK, type Engine } from '@sim/engine';
import { TIMER_TASK, type JobHandler, type SessionUpkeep } from '@sim/postgres';
import type { Logger } from '@sim/service-kit';
import { tendAll } from '../sessions/tend-all.js';

/** Jobs about single sessions: waits that are over, and people who do not answer. */
export function sessionTasks(
  engine: Pick<Engine, 'fireTimer' | 'remind'>,
  logger: Logger,
): Readonly<Record<string, JobHandler>> {
  return {
    [TIMER_TASK]: async ({ payload }) => {
      const { sessionId, timerId } = payload;
      if (typeof sessionId === 'string' && typeof timerId === 'string') {
        await engine.fireTimer(sessionId, timerId);
      } else {
        logger.warn({ payload }, 'A timer job without a session was dropped.');
      }
    },
    [REMINDER_TASK]: async ({ payload }) => {
      const { sessionId, sequence } = payload;
      if (typeof sessionId === 'string' && typeof sequence === 'number') {
        await engine.remind(sessionId, sequence);
      } else {
        logger.warn({ payload }, 'A reminder job without a session was dropped.');
      }
    },
  };
}

/** Sessions that are looked for at once. */
const BATCH = 100;

/** Ends the sessions whose time is over. */
export async function expireSessions(ports: {
  readonly upkeep: Pick<SessionUpkeep, 'expired'>;
  readonly engine: Pick<Engine, 'tend'>;
  readonly logger: Logger;
  readonly clock: () => Date;
}): Promise<void> {
  const { upkeep, clock } = ports;
  const seen = new Set<string>();
  for (;;) {
    const found = await upkeep.expired(clock(), BATCH);
    // One that could not be ended is found again.
    const fresh = found.filter((id) => !seen.has(id));
    for (const id of fresh) seen.add(id);
    await tendAll(ports, fresh);
    if (found.length < BATCH || fresh.length === 0) return;
  }
}
