import { accessTokenKey, verifyAccessToken, type Principal } from '@sim/service-kit';
import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import type { ConversationContext } from './context.js';

/** A key that was found good is taken for this long without asking again: a revoked one ends with it. */
const REMEMBERED_MS = 10_000;
/** Keys remembered at once. */
const REMEMBERED = 1_000;
const ASK_TIMEOUT_MS = 5_000;

const answerBody = z.object({ accessToken: z.string() });

interface Remembered {
  readonly principal: Principal;
  readonly until: number;
}

/**
 * Whose an API key is: sim-app, which keeps them, changes it for a token. The result rejects with
 * SimAppUnavailableError where sim-app does not answer as it should.
 */
export function resolveApiKey({
  config,
  secrets,
  clock,
}: Pick<ConversationContext, 'config' | 'secrets' | 'clock'>) {
  const key = accessTokenKey(secrets.jwt);
  const known = new LRUCache<string, Remembered>({ max: REMEMBERED });
  return async (apiKey: string): Promise<Principal | null> => {
    const now = clock().getTime();
    const remembered = known.get(apiKey);
    if (remembered && remembered.until > now) return remembered.principal;
    known.delete(apiKey);
    const accessToken = await exchange(config.neighbours.simAppUrl, apiKey);
    if (accessToken === null) return null;
    const principal = await verifyAccessToken(accessToken, { secret: key }).catch(refuseAnswer);
    known.set(apiKey, { principal, until: now + REMEMBERED_MS });
    return principal;
  };
}

/** The access token for a key; null for a key that sim-app refuses. */
async function exchange(simAppUrl: string, apiKey: string): Promise<string | null> {
  const response = await fetch(new URL('/api/v1/auth/token', simAppUrl), {
    method: 'POST',
    headers: { 'X-API-Key': apiKey },
    signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
  }).catch(refuseAnswer);
  if (response.status === 401 || response.status === 403) return null;
  if (!response.ok) throw new SimAppUnavailableError({ cause: `status ${response.status}` });
  const body: unknown = await response.json().catch(refuseAnswer);
  const parsed = answerBody.safeParse(body);
  return parsed.success ? parsed.data.accessToken : refuseAnswer(parsed.error);
}

function refuseAnswer(cause: unknown): never {
  throw new SimAppUnavailableError({ cause });
}

/** sim-app, which keeps the API keys, did not answer as it should. */
export class SimAppUnavailableError extends Error {
  constructor(options?: ErrorOptions) {
    super(
      'API keys cannot be checked right now. Try again shortly, or use an access token.',
      options,
    );
    this.name = 'SimAppUnavailableError';
  }
}
