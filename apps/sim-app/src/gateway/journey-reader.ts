import type { Journey } from '@sim/domain';
import { EngineError, JOURNEYS_AT_HAND, type JourneyStore, type SessionRecord } from '@sim/engine';
import { LRUCache } from 'lru-cache';

/** Reads the journeys of sessions; those used last stay at hand, for they never change under their version. */
export function createJourneyReader(
  store: Pick<JourneyStore, 'journey'>,
): (record: Pick<SessionRecord, 'journeyId' | 'journeyVersion'>) => Promise<Journey> {
  const atHand = new LRUCache<string, Journey>({ max: JOURNEYS_AT_HAND });
  return async ({ journeyId, journeyVersion }) => {
    const known = atHand.get(journeyVersion);
    if (known) return known;
    const journey = await store.journey(journeyId, journeyVersion);
    if (!journey) {
      throw new EngineError(
        'workflow_not_runnable',
        `Version ${journeyVersion} of the journey is kept no more. Open a new session.`,
      );
    }
    atHand.set(journeyVersion, journey);
    return journey;
  };
}
