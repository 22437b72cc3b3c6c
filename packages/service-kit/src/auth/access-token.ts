import { createSecretKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { principalClaims, type Principal } from './principal.js';

const ISSUER = 'sim-app';
const AUDIENCE = 'sim';
const ALGORITHM = 'HS256';
/** Replicas' clocks may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** Why a token is not accepted. */
export type TokenFault = 'token_invalid' | 'token_expired';

/** An access token is not accepted. */
export class AccessTokenError extends Error {
  readonly code: TokenFault;

  constructor(code: TokenFault, cause: unknown) {
    super(
      code === 'token_expired' ? 'The access token has expired.' : 'Not a valid access token.',
      {
        cause,
      },
    );
    this.name = 'AccessTokenError';
    this.code = code;
  }
}

/** The key for signing and checking, made once of `JWT_SECRET`. */
export const accessTokenKey = (secret: string): KeyObject =>
  createSecretKey(Buffer.from(secret, 'utf8'));

const toKey = (secret: string | KeyObject): KeyObject =>
  typeof secret === 'string' ? accessTokenKey(secret) : secret;

/** A JWT (HS256) that names a principal for `expiresInSeconds` from `now` on. */
export function signAccessToken(
  principal: Principal,
  options: { secret: string | KeyObject; expiresInSeconds: number; now?: Date },
): Promise<string> {
  const issuedAt = Math.floor((options.now ?? new Date()).getTime() / 1000);
  const { userId, workspaceId, role, name } = principal;
  return new SignJWT({ wid: workspaceId, role, ...(name !== undefined && { name }) })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setSubject(userId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + options.expiresInSeconds)
    .sign(toKey(options.secret));
}

/** Tokens remembered by a verifier; each takes about a kilobyte. */
const REMEMBERED = 10_000;

/** Checks access tokens, each signature once: the same token comes with every request of its client. */
export type AccessTokenVerifier = (token: string) => Promise<Principal>;

/**
 * A verifier that remembers tokens it has found good until they expire.
 * @param now the clock, in milliseconds since the epoch
 */
export function createAccessTokenVerifier(
  secret: string | KeyObject,
  now: () => number = Date.now,
): AccessTokenVerifier {
  const key = toKey(secret);
  const good = new LRUCache<string, { principal: Principal; expiresAt: number }>({
    max: REMEMBERED,
  });
  return async (token) => {
    const remembered = good.get(token);
    if (remembered && now() < remembered.expiresAt) return remembered.principal;
    good.delete(token);
    const { principal, expiresAt } = await verify(token, key, new Date(now()));
    good.set(token, { principal, expiresAt });
    return principal;
  };
}

/**
 * The principal of an access token: signature, issuer, audience and time are checked, no store is
 * asked.
 * @throws {AccessTokenError}
 */
export async function verifyAccessToken(
  token: string,
  options: { secret: string | KeyObject; now?: Date },
): Promise<Principal> {
  const { principal } = await verify(token, toKey(options.secret), options.now);
  return principal;
}

/** A token that was found good, and how long it is: milliseconds since the epoch. */
export interface VerifiedToken {
  readonly principal: Principal;
  readonly expiresAt: number;
  /** From when on the token is refused everywhere, whatever a replica's clock says. */
  readonly refusedAt: number;
}

/**
 * As {@link verifyAccessToken}, with when the token ends: for connections that outlive a request.
 * @throws {AccessTokenError}
 */
export async function inspectAccessToken(
  token: string,
  options: { secret: string | KeyObject; now?: Date },
): Promise<VerifiedToken> {
  const verified = await verify(token, toKey(options.secret), options.now);
  return { ...verified, refusedAt: verified.expiresAt + CLOCK_TOLERANCE_SECONDS * 1000 };
}

async function verify(
  token: string,
  key: KeyObject,
  now: Date | undefined,
): Promise<{ principal: Principal; expiresAt: number }> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      ...(now !== undefined && { currentDate: now }),
    });
    return { principal: principalClaims.parse(payload), expiresAt: (payload.exp ?? 0) * 1000 };
  } catch (error) {
    const expired = error instanceof errors.JWTExpired;
    throw new AccessTokenError(expired ? 'token_expired' : 'token_invalid', error);
  }
}
