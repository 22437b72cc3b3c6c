import type { JsonObject } from '@sim/domain';
import { withinLimit, type BlockExecutor } from '@sim/engine';
import type { Dispatcher } from 'undici';
import { readCall, type HttpCall } from './http/call.js';
import { exchange } from './http/exchange.js';
import { httpError, requestFailure } from './http/failures.js';

export interface ApiOptions {
  /** Decides which hosts may be reached. */
  readonly dispatcher: Dispatcher;
  /** From the first byte sent to the last received, redirects and all. */
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  /** Of an answer's body, unpacked. */
  readonly maxResponseBytes: number;
}

/**
 * `api`: one HTTP request, `{data, status, headers}`. Writes carry the run's `Idempotency-Key`, so a
 * second attempt is safe. Fails with `invalid_params`, `address_forbidden`, `connection_failed`,
 * `timeout`, `too_many_redirects`, `response_too_large`, or `http_error` from status 400 on.
 */
export function apiBlock(options: ApiOptions): BlockExecutor {
  return {
    type: 'api',
    sideEffect: 'write',
    idempotent: true,
    async run(params, context) {
      const limit = timeLimit(params, options);
      try {
        const call = withKey(readCall(params), context.idempotencyKey);
        const { dispatcher, maxRedirects, maxResponseBytes: maxBytes } = options;
        const { secrets } = context;
        const answer = await withinLimit(context.signal, limit, (signal) =>
          exchange(call, { dispatcher, signal, maxRedirects, maxBytes, secrets }),
        );
        if (answer.status >= 400) throw httpError(context, call, answer);
        return { output: { ...answer } };
      } catch (error) {
        context.signal.throwIfAborted();
        throw requestFailure(context, error);
      }
    },
  };
}

/** The block's own `timeout` (ms) where it is shorter than ours. */
function timeLimit(params: JsonObject, options: ApiOptions): number {
  const own = Number(params.timeout ?? NaN);
  return own > 0 ? Math.min(own, options.timeoutMs) : options.timeoutMs;
}

function withKey(call: HttpCall, idempotencyKey: string): HttpCall {
  return call.method === 'GET' || call.method === 'HEAD' || call.method === 'OPTIONS'
    ? call
    : { ...call, headers: { 'idempotency-key': idempotencyKey, ...call.headers } };
}
