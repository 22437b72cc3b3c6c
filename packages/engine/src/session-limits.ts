import { EngineError } from './errors.js';
import type { OpeningRefusal } from './ports.js';
import type { EnginePorts } from './settings.js';

type Counted = Pick<EnginePorts, 'sessions' | 'settings'>;

/**
 * Refuses what would make one live session more than there may be. Sessions that go on again are counted
 * before they do; those that are opened are counted by the store, which lets nobody pass at the same time.
 * @throws EngineError `too_many_sessions`
 */
export async function refuseTooMany(ports: Counted, userId: string): Promise<void> {
  const { maxConcurrentSessions, maxSessionsPerUser } = ports.settings;
  const { live, yours } = await countLive(ports, userId);
  if (live >= maxConcurrentSessions) throw refusal('in-all', { live, yours });
  if (yours >= maxSessionsPerUser) throw refusal('per-user', { live, yours });
}

/** What an opening is refused with that the store did not let pass. */
export async function tooMany(
  ports: Counted,
  userId: string,
  limit: OpeningRefusal,
): Promise<EngineError> {
  return refusal(limit, await countLive(ports, userId));
}

async function countLive({ sessions }: Counted, userId: string) {
  const [live, yours] = await Promise.all([sessions.countLive(), sessions.countLive(userId)]);
  return { live, yours };
}

function refusal(
  limit: OpeningRefusal,
  counts: { readonly live: number; readonly yours: number },
): EngineError {
  const which = limit === 'in-all' ? 'in all' : 'of yours';
  return new EngineError(
    'too_many_sessions',
    `There are too many live sessions ${which}. End one that is no longer needed, or try again later.`,
    counts,
  );
}
