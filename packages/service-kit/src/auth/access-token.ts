import { createSecretKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
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

/**
 * The principal of an access token: signature, issuer, audience and time are checked, no store is
 * asked.
 * @throws {AccessTokenError}
 */
export async function verifyAccessToken(
  token: string,
  options: { secret: string | KeyObject; now?: Date },
): Promise<Principal> {
  try {
    const { payload } = await jwtVerify(token, toKey(options.secret), {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      ...(options.now !== undefined && { currentDate: options.now }),
    });
    return principalClaims.parse(payload);
  } catch (error) {
    const expired = error instanceof errors.JWTExpired;
    throw new AccessTokenError(expired ? 'token_expired' : 'token_invalid', error);
  }
}
