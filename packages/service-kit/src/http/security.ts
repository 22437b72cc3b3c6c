import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { forbidden } from '../problems/problem-error.js';

/**
 * Security headers: a content security policy that allows the service's own files alone, HSTS, no
 * framing by others, no sniffing.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        // Browsers count ws: of the same host as 'self'.
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'self'"],
      },
    },
    strictTransportSecurity: { maxAge: 63_072_000, includeSubDomains: true },
    referrerPolicy: { policy: 'no-referrer' },
  });
}

/** Options of {@link cors}. */
export interface CorsOptions {
  /** Trusted origins beside the request's own host, such as `https://app.example.com`. */
  readonly origins: readonly string[];
  /** Takes `localhost`, `127.0.0.1` and `[::1]` for one host, as the embedded mode does. */
  readonly embedded?: boolean;
}

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS =
  'Authorization, Content-Type, Accept, X-API-Key, X-Request-Id, If-Match, If-None-Match, ' +
  'Idempotency-Key, Last-Event-ID, Prefer';
const EXPOSED_HEADERS =
  'ETag, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, WWW-Authenticate, ' +
  'Preference-Applied';
/** How long a browser may keep a preflight's answer, in seconds. */
const PREFLIGHT_SECONDS = 600;

/**
 * Cross-origin access by list. A request without `Origin` passes; one from the request's own host
 * or a listed origin passes with CORS headers; any other gets 403 `origin_not_allowed`.
 */
export function cors(options: CorsOptions): RequestHandler {
  const isTrusted = originCheck(options);
  return (req, res, next) => {
    res.vary('Origin');
    const origin = req.get('origin');
    if (origin === undefined) {
      next();
      return;
    }
    if (!isTrusted(origin, req)) {
      next(forbidden('origin_not_allowed', notAllowed(origin)));
      return;
    }
    res.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' });
    if (isPreflight(req)) answerPreflight(res);
    else {
      res.set('Access-Control-Expose-Headers', EXPOSED_HEADERS);
      next();
    }
  };
}

/** Whether an origin is trusted for a request; socket.io and the auth library ask it too. */
export function originCheck({
  origins,
  embedded = false,
}: CorsOptions): (origin: string, req: { readonly host: string }) => boolean {
  const normalize = (origin: string): string => (embedded ? sameLoopback(origin) : origin);
  const listed = new Set(origins.map(normalize));
  return (origin, req) => {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) return false;
    if (listed.has(normalize(origin))) return true;
    // The scheme may differ from the one seen here where a proxy ends TLS.
    const { protocol } = new URL(origin);
    const own = `${protocol}//${req.host}`;
    return URL.canParse(own) && normalize(new URL(own).origin) === normalize(origin);
  };
}

function sameLoopback(origin: string): string {
  return origin.replace(/^(https?:\/\/)(127\.0\.0\.1|\[::1\])(?=:|$)/, '$1localhost');
}

const isPreflight = (req: Request): boolean =>
  req.method === 'OPTIONS' && req.get('access-control-request-method') !== undefined;

function answerPreflight(res: Response): void {
  res.vary('Access-Control-Request-Headers');
  res.set({
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': REQUEST_HEADERS,
    'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
  });
  res.status(204).end();
}

const notAllowed = (origin: string): string =>
  `The origin ${origin.slice(0, 200)} is not trusted. Add it to CORS_ORIGINS if it should be.`;
