import { EngineError } from './errors.js';
import type { EnginePorts } from './settings.js';

/**
 * Refuses what would make one live session more than there may be.
 * @throws EngineError `too_many_sessions`
 */
export async function refuseTooMany(
  { sessions, settings }: Pick<EnginePorts, 'sessions' | 'settings'>,
  userId: string,
): Promise<void> {
  const { maxConcurrentSessions, maxSessionsPerUser } = settings;
  const [all, own] = await Promise.all([sessions.countLive(), sessions.countLive(userId)]);
  const over =
    all >= maxConcurrentSessions ? 'in all' : own >= maxSessionsPerUser ? 'of yours' : '';
  if (over === '') return;
  throw new EngineError(
    'too_many_sessions',
    `There are too many live sessions ${over}. End one that is no longer needed, or try again later.`,
    { live: all, yours: own },
  );
}
