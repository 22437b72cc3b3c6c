import type { Journey } from '@sim/domain';
import { EngineError } from './errors.js';
import type { JourneyStore } from './ports.js';

/** Journeys that a process keeps at hand; some 100 KB each. */
const CAPACITY = 200;

/** Reads journeys through a small cache: they never change under their version. */
export function createJourneyCache(store: JourneyStore) {
  const known = new Map<string, Journey>();
  return {
    /** @throws EngineError `workflow_not_runnable` where the session's journey is kept no more */
    async get(session: { journeyId: string; journeyVersion: string }): Promise<Journey> {
      const { journeyId, journeyVersion } = session;
      const cached = known.get(journeyVersion);
      if (cached) {
        // The latest used stands last; the first is the one to forget.
        known.delete(journeyVersion);
        known.set(journeyVersion, cached);
        return cached;
      }
      const journey = await store.journey(journeyId, journeyVersion);
      if (!journey) {
        throw new EngineError(
          'workflow_not_runnable',
          `Version ${journeyVersion} of the journey is kept no more. Open a new session.`,
        );
      }
      known.set(journeyVersion, journey);
      const [oldest] = known.keys();
      if (known.size > CAPACITY && oldest !== undefined) known.delete(oldest);
      return journey;
    },
  };
}
