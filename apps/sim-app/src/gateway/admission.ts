import { handshakeAuth } from '@sim/contracts';
import {
  AccessTokenError,
  fieldErrors,
  inspectAccessToken,
  signAccessToken,
  unauthorized,
  type Principal,
} from '@sim/service-kit';
import type { Admission, GatewaySocket } from './types.js';

/** What tells who connects. */
export interface AdmissionPorts {
  readonly secret: string;
  /** How long a token lives that an API key is changed for, in seconds. */
  readonly tokenSeconds: number;
  /** Whom an API key acts for, or null. */
  resolveApiKey(key: string, of: object): Promise<Principal | null>;
  readonly clock: () => Date;
}

type Credentials = Omit<Admission, 'log'>;

/**
 * Who connects, by the token or the API key of the handshake.
 * @throws ProblemError 401
 */
export async function identify(
  { handshake, request }: Pick<GatewaySocket, 'handshake' | 'request'>,
  ports: AdmissionPorts,
): Promise<Credentials> {
  const parsed = handshakeAuth.safeParse(handshake.auth);
  if (!parsed.success) {
    const [first] = fieldErrors(parsed.error);
    throw unauthorized('token_invalid', `auth of the handshake: ${first?.path}: ${first?.message}`);
  }
  const { token, apiKey, workspaceUpdates = false } = parsed.data;
  const { authorization, 'x-api-key': keyHeader } = handshake.headers;
  const bearer = token ?? /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  const key = apiKey ?? (typeof keyHeader === 'string' ? keyHeader : undefined);
  if (bearer !== undefined) return { ...(await ofToken(bearer, ports)), workspaceUpdates };
  if (key !== undefined) return { ...(await ofKey(key, request, ports)), workspaceUpdates };
  throw unauthorized(
    'token_missing',
    'Connect with auth: {token} or auth: {apiKey}. Tokens come from POST /api/v1/auth/token.',
  );
}

async function ofToken(token: string, { secret, clock }: AdmissionPorts) {
  try {
    const { principal, refusedAt } = await inspectAccessToken(token, { secret, now: clock() });
    return { principal, token, refusedAt };
  } catch (error) {
    if (!(error instanceof AccessTokenError)) throw error;
    throw unauthorized(
      error.code,
      `${error.message} Get a new one at POST /api/v1/auth/token and connect again.`,
    );
  }
}

/** A key may be revoked: what it is changed for ends, and connecting again asks for it anew. */
async function ofKey(key: string, request: object, ports: AdmissionPorts) {
  const principal = await ports.resolveApiKey(key, request);
  if (principal === null) {
    throw unauthorized('api_key_invalid', 'The API key is not known or was revoked.');
  }
  const token = await signAccessToken(principal, {
    secret: ports.secret,
    expiresInSeconds: ports.tokenSeconds,
    now: ports.clock(),
  });
  return ofToken(token, ports);
}
