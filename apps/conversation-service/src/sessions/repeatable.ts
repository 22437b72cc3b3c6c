import { createHash } from 'node:crypto';
import { EngineError, type LoadedSession, type OpenRequest, type SessionStore } from '@sim/engine';
import type { Principal } from '@sim/service-kit';

/** A session that a request makes which may come twice: the key decides its id, so the second finds the first. */
export interface Repeatable extends Required<Pick<OpenRequest, 'sessionId' | 'idempotency'>> {
  readonly workspaceId: string;
}

/** What makes sessions; the same key of a client means another one for each. */
type Maker = 'open' | 'run';

/** The session that a request under a key makes. */
export function repeatableBy(
  { userId, workspaceId }: Principal,
  maker: Maker,
  request: unknown,
  key: string,
): Repeatable {
  const digest = sha256(
    JSON.stringify([workspaceId, userId, key, ...(maker === 'open' ? [] : [maker])]),
  );
  return {
    workspaceId,
    sessionId: `ses_${digest.slice(0, 20)}`,
    // A blank is in no key of a client, so a turn under the same key stays another request.
    idempotency: { key: `${maker} ${key}`, requestHash: sha256(JSON.stringify(request)) },
  };
}

/**
 * The session that the request made when it came before, with the answer that was stored; null where it is new.
 * @throws EngineError `idempotency_key_reused`
 */
export async function madeBefore(
  sessions: Pick<SessionStore, 'load'>,
  { sessionId, workspaceId, idempotency }: Repeatable,
): Promise<LoadedSession | null> {
  const { key: idempotencyKey, requestHash } = idempotency;
  const loaded = await sessions.load({ sessionId, workspaceId, idempotencyKey });
  if (!loaded || loaded.replay?.requestHash === requestHash) return loaded;
  throw new EngineError(
    'idempotency_key_reused',
    'This Idempotency-Key opened another session. Use a new key for a new session.',
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
