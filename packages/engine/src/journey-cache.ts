import type { Journey } from '@sim/domain';
import { LRUCache } from 'lru-cache';
import { EngineError } from './errors.js';
import type { JourneyStore } from './ports.js';

/** Journeys that a process keeps at hand; some 100 KB each. */
export const JOURNEYS_AT_HAND = 200;

/** Reads journeys through a small cache: they never change under their version. */
export function createJourneyCache(store: JourneyStore) {
  const known = new LRUCache<string, Journey>({ max: JOURNEYS_AT_HAND });
  const remember = (journey: Journey): void => {
    known.set(journey.version, journey);
  };
  return {
    /** Keeps a journey at hand that will be asked for. */
    remember,
    /** @throws EngineError `workflow_not_runnable` where the session's journey is kept no more */
    async get(session: { journeyId: string; journeyVersion: string }): Promise<Journey> {
      const { journeyId, journeyVersion } = session;
      const cached = known.get(journeyVersion);
      if (cached) return cached;
      const journey = await store.journey(journeyId, journeyVersion);
      if (!journey) {
        throw new EngineError(
          'workflow_not_runnable',
          `Version ${journeyVersion} of the journey is kept no more. Open a new session.`,
        );
      }
      remember(journey);
      return journey;
    },
  };
}
