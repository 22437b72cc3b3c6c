import type { Request, RequestHandler } from 'express';
import { forbidden, unauthorized, type ProblemError } from '../problems/problem-error.js';
import {
  AccessTokenError,
  createAccessTokenVerifier,
  type AccessTokenVerifier,
} from './access-token.js';
import { isAtLeast, type Principal, type Role } from './principal.js';

/** Options of {@link bearerAuth}. */
export interface BearerAuthOptions {
  /** `JWT_SECRET`. */
  readonly secret: string;
  /** Who an `X-API-Key` belongs to; `null` for an unknown key. Without it, keys are not read. */
  readonly apiKeyResolver?: (apiKey: string, req: Request) => Promise<Principal | null>;
  /** Asked where a request has neither token nor key, such as for a session cookie. */
  readonly fallback?: (req: Request) => Promise<Principal | null>;
}

/**
 * Finds out who asks, by `Authorization: Bearer <JWT>`, else `X-API-Key`, else the fallback, and
 * sets `req.auth`. Otherwise 401 with `WWW-Authenticate` and a code that says why: `token_missing`,
 * `token_invalid`, `token_expired` or `api_key_invalid`.
 */
export function bearerAuth(options: BearerAuthOptions): RequestHandler {
  const verify = createAccessTokenVerifier(options.secret);
  const identify = async (req: Request): Promise<Principal> => {
    const authorization = req.get('authorization');
    if (authorization !== undefined) return principalOfToken(authorization, verify);
    const apiKey = req.get('x-api-key');
    if (apiKey !== undefined && options.apiKeyResolver !== undefined) {
      const owner = await options.apiKeyResolver(apiKey, req);
      if (owner === null)
        throw refused('api_key_invalid', 'The API key is not known or was revoked.');
      return owner;
    }
    const principal = (await options.fallback?.(req)) ?? null;
    if (principal === null) throw missing(options.apiKeyResolver !== undefined);
    return principal;
  };
  return async (req, _res, next) => {
    req.auth = await identify(req);
    req.log = req.log.child({ user: req.auth.userId });
    next();
  };
}

/** Lets only roles with at least the rights of `least` pass; 403 `role_insufficient` otherwise. */
export function requireRole(least: Role): RequestHandler {
  return (req, _res, next) => {
    const { role } = principalOf(req);
    if (isAtLeast(role, least)) next();
    else {
      next(forbidden('role_insufficient', `This needs the role ${least}; yours here is ${role}.`));
    }
  };
}

/**
 * Who asks, on a route behind {@link bearerAuth}.
 * @throws {ProblemError} 401 where nobody is known, so that a route left open by mistake stays shut.
 */
export function principalOf(req: Request): Principal {
  if (req.auth === undefined) throw missing(false);
  return req.auth;
}

async function principalOfToken(
  authorization: string,
  verify: AccessTokenVerifier,
): Promise<Principal> {
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) {
    throw refused('token_invalid', 'The Authorization header is not of the form "Bearer <token>".');
  }
  try {
    return await verify(token);
  } catch (error) {
    if (!(error instanceof AccessTokenError)) throw error;
    const advice = 'Get a new one at POST /api/v1/auth/token.';
    throw refused(error.code, `${error.message} ${advice}`);
  }
}

function missing(takesApiKeys: boolean): ProblemError {
  const or = takesApiKeys ? ' or X-API-Key: <key>' : '';
  return unauthorized(
    'token_missing',
    `Sign in first: send Authorization: Bearer <token>${or}. Tokens come from POST /api/v1/auth/token.`,
  );
}

/** RFC 6750: a credential that was sent and refused is named `invalid_token`. */
function refused(code: string, detail: string): ProblemError {
  return unauthorized(code, detail, {
    headers: { 'WWW-Authenticate': `Bearer realm="sim", error="invalid_token"` },
  });
}
