import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import type { RateLimit } from '../config/service-settings.js';
import type { Logger } from '../logging/logger.js';
import { tooManyRequests } from '../problems/problem-error.js';
import { FallbackStore } from './fallback-store.js';

/** Options of the limiters. */
export interface LimiterOptions extends RateLimit {
  readonly logger: Logger;
  /** Shared by replicas, one per limiter; without it, each process counts for itself. */
  readonly store?: Store;
  /** Requests that do not count, such as reads of one's own session. */
  readonly skip?: (req: Request) => boolean;
}

/** The general limit, per address (an IPv6 address counts with its /56 network). */
export function generalLimiter(options: LimiterOptions): RequestHandler {
  return limiter(options, 'api', addressOf, 'Too many requests from this address.');
}

/** The limit of conversational commands, per user where known, else per address. After `bearerAuth`. */
export function conversationLimiter(options: LimiterOptions): RequestHandler {
  const keyOf = (req: Request): string => req.auth?.userId ?? addressOf(req);
  return limiter(options, 'conversation', keyOf, 'Too many conversational commands.');
}

/** A request whose connection is gone has no address any more. */
const addressOf = (req: Request): string =>
  req.ip === undefined ? 'unknown' : ipKeyGenerator(req.ip);

function limiter(
  { windowMs, max, logger, store, skip }: LimiterOptions,
  name: string,
  keyOf: (req: Request) => string,
  message: string,
): RequestHandler {
  return rateLimit({
    windowMs,
    limit: max,
    identifier: name,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: keyOf,
    ...(skip !== undefined && { skip }),
    ...(store !== undefined && { store: new FallbackStore(store, logger) }),
    logger: {
      error: (err, text) => logger.error({ err }, text ?? 'rate limit'),
      warn: (err, text) => logger.warn({ err }, text ?? 'rate limit'),
    },
    handler: (_req, res, next) => {
      const given = Number(res.getHeader('Retry-After'));
      const seconds = given > 0 ? given : Math.ceil(windowMs / 1000);
      next(tooManyRequests(seconds, 'rate_limited', `${message} Try again in ${seconds} seconds.`));
    },
  });
}
