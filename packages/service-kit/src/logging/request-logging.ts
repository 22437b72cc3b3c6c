import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Principal } from '../auth/principal.js';
import type { Logger } from './logger.js';
import { routeTemplate, watchRoute } from './route-template.js';

declare global {
  // Express types a request by this very namespace; there is no other way to extend it.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** The request's id: on every log line, in `X-Request-Id` and in a problem's `requestId`. */
      id: string;
      /** A logger that knows the request's id and, once known, its user and session. */
      log: Logger;
      /** Who asks; set by `bearerAuth`. */
      auth?: Principal;
      /** The session that the request is about; set by {@link bindSession}. */
      sessionId?: string;
    }
  }
}

/** A request id of a client or proxy is taken over only if it cannot garble a log or a header. */
const SANE_ID = /^[\w.:-]{8,128}$/;

/** Options of {@link requestLogging}. */
export interface RequestLoggingOptions {
  /** Requests that are logged at `debug` alone, such as probes. */
  readonly quiet?: (req: Request) => boolean;
}

const isProbe = (req: Request): boolean =>
  /^\/(health|ready|live)$/.test(req.originalUrl.split('?', 1)[0] ?? '');

/**
 * Gives each request an id and a logger, and writes one line when it is over. Comes before every
 * other middleware.
 */
export function requestLogging(
  logger: Logger,
  { quiet = isProbe }: RequestLoggingOptions = {},
): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    const given = req.get('x-request-id');
    req.id = given !== undefined && SANE_ID.test(given) ? given : randomUUID();
    req.log = logger.child({ requestId: req.id });
    res.setHeader('X-Request-Id', req.id);
    watchRoute(req);
    res.once('close', () => {
      const durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
      const line = { ...describe(req, res), durationMs };
      req.log[levelOf(req, res, quiet)](line, 'request');
    });
    next();
  };
}

/** Names the session that a request is about, for every further line of it. */
export function bindSession(req: Request, sessionId: string): void {
  req.sessionId = sessionId;
  req.log = req.log.child({ session: sessionId });
}

function describe(req: Request, res: Response): object {
  return {
    method: req.method,
    route: routeTemplate(req),
    status: res.statusCode,
    ...(!res.writableFinished && { aborted: true }),
  };
}

function levelOf(req: Request, res: Response, quiet: (req: Request) => boolean) {
  if (res.statusCode >= 500) return 'error';
  if (quiet(req)) return 'debug';
  return 'info';
}
