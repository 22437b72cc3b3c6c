import type { TurnAnswer } from './answers.js';
import { EngineError } from './errors.js';
import type { LoadedSession } from './ports.js';

/**
 * The answer that was given under a key before; null where there is none.
 * @throws EngineError `idempotency_key_reused` where the key came with another command
 */
export function knownAnswer(
  loaded: Pick<LoadedSession, 'replay'> | null,
  { requestHash }: { readonly requestHash: string },
): TurnAnswer | null {
  const replay = loaded?.replay;
  if (!replay) return null;
  if (replay.requestHash === requestHash) return replay.answer as unknown as TurnAnswer;
  throw new EngineError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another command. Use a new key for a new command.',
  );
}
