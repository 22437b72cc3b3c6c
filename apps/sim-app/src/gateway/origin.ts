import type { IncomingMessage } from 'node:http';
import { originCheck, type CorsOptions } from '@sim/service-kit';
import type { Express } from 'express';
import type { ServerOptions } from 'socket.io';

type AllowRequest = NonNullable<ServerOptions['allowRequest']>;
type Cors = NonNullable<ServerOptions['cors']>;
type Trust = (address: string | undefined, hop: number) => boolean;

/** The checks of engine.io that stand before every connection. */
export interface OriginRules {
  readonly allowRequest: AllowRequest;
  readonly cors: Cors;
}

/**
 * The origins that REST trusts: the request's own host and the list. Others are refused before there is a
 * connection. `isFull` says that not even a refusal with a reason can be afforded.
 */
export function originRules(
  app: Express,
  options: CorsOptions,
  isFull: () => boolean,
): OriginRules {
  const isTrusted = originCheck(options);
  const trusts = (req: Pick<IncomingMessage, 'headers' | 'socket'>): boolean => {
    const { origin } = req.headers;
    return origin === undefined || isTrusted(origin, { host: hostOf(req, app) });
  };
  return {
    allowRequest: (req, answer) => {
      if (!trusts(req)) answer('origin_not_allowed', false);
      else if (isFull()) answer('too_many_connections', false);
      else answer(null, true);
    },
    cors: (req, answer) => {
      answer(null, {
        origin: trusts(req as Pick<IncomingMessage, 'headers' | 'socket'>),
        credentials: true,
      });
    },
  };
}

/** As Express has it: a proxy's word counts where the proxy is trusted. */
function hostOf(req: Pick<IncomingMessage, 'headers' | 'socket'>, app: Express): string {
  const trust = app.get('trust proxy fn') as Trust;
  const forwarded = req.headers['x-forwarded-host'];
  const first = typeof forwarded === 'string' ? forwarded.split(',')[0]?.trim() : undefined;
  if (first !== undefined && trust(req.socket.remoteAddress, 0)) return first;
  return req.headers.host ?? '';
}
