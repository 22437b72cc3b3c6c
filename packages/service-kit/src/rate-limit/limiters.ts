import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import { LRUCache } from 'lru-cache';
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

/** Addresses come again and again, and taking one apart costs more than looking it up. */
const networks = new LRUCache<string, string>({ max: 10_000 });

/** A request whose connection is gone has no address any more. */
function addressOf({ ip }: Request): string {
  if (ip === undefined) return 'unknown';
  const known = networks.get(ip);
  if (known !== undefined) return known;
  const network = ipKeyGenerator(ip);
  networks.set(ip, network);
  return network;
}

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
    // draft-8 hashes the caller's key for each answer, which adds up over small requests.
    standardHeaders: 'draft-7',
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
