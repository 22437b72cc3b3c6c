import { accessTokenKey, verifyAccessToken, type Principal } from '@sim/service-kit';
import type { ConversationContext } from './context.js';

/** A key that was found good is taken for this long without asking again. */
const REMEMBERED_MS = 60_000;
/** Keys remembered; the oldest is forgotten first. */
const REMEMBERED = 1_000;
const ASK_TIMEOUT_MS = 5_000;

interface Remembered {
  readonly principal: Principal;
  readonly until: number;
}

/** Whose an API key is: sim-app, which keeps them, changes it for a token. */
export function resolveApiKey({
  config,
  secrets,
  clock,
}: Pick<ConversationContext, 'config' | 'secrets' | 'clock'>) {
  const key = accessTokenKey(secrets.jwt);
  const known = new Map<string, Remembered>();
  return async (apiKey: string): Promise<Principal | null> => {
    const now = clock().getTime();
    const remembered = known.get(apiKey);
    if (remembered && remembered.until > now) return remembered.principal;
    known.delete(apiKey);
    const response = await fetch(new URL('/api/v1/auth/token', config.neighbours.simAppUrl), {
      method: 'POST',
      headers: { 'X-API-Key': apiKey },
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    if (response.status === 401 || response.status === 403) return null;
    if (!response.ok) throw new SimAppUnavailableError(response.status);
    const { accessToken } = (await response.json()) as { accessToken: string };
    const principal = await verifyAccessToken(accessToken, { secret: key });
    known.set(apiKey, { principal, until: now + REMEMBERED_MS });
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return principal;
  };
}

/** sim-app, which keeps the API keys, did not answer as it should. */
export class SimAppUnavailableError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`sim-app answered ${status} when asked about an API key.`);
    this.name = 'SimAppUnavailableError';
    this.status = status;
  }
}
