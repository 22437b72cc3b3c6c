import type { Engine } from '@sim/engine';
import type { Logger } from '@sim/service-kit';

/** Sessions looked after at once: one whose block takes long does not hold up the others. */
const AT_ONCE = 8;

/** Looks after sessions. One that cannot be tended to does not keep the others from it. */
export async function tendAll(
  { engine, logger }: { readonly engine: Pick<Engine, 'tend'>; readonly logger: Logger },
  sessionIds: readonly string[],
): Promise<void> {
  const waiting = [...sessionIds];
  const tend = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const sessionId = id;
      await engine
        .tend(sessionId)
        .catch((err: unknown) => logger.warn({ err, sessionId }, 'a session was not looked after'));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, tend));
}
