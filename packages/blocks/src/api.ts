import type { BlockError, JsonObject } from '@sim/domain';
import type { BlockContext, BlockExecutor, BlockFailure } from '@sim/engine';
import { errors, type Dispatcher } from 'undici';
import { failure, redact } from './failures.js';
import { InvalidCallError, readCall, type HttpCall } from './http/call.js';
import {
  exchange,
  ResponseTooLargeError,
  TooManyRedirectsError,
  type HttpAnswer,
} from './http/exchange.js';
import { AddressForbiddenError } from './http/guarded-agent.js';

export interface ApiOptions {
  /** Decides which hosts may be reached. */
  readonly dispatcher: Dispatcher;
  /** From the first byte sent to the last received, redirects and all. */
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  /** Of an answer's body, unpacked. */
  readonly maxResponseBytes: number;
}

/** Worth another try: the server is busy or broken for the moment. */
const RETRYABLE_STATUSES = new Set([408, 425, 429]);
const SNIPPET_LENGTH = 1000;

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
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(limit)]);
      try {
        const call = withKey(readCall(params), context.idempotencyKey);
        const { dispatcher, maxRedirects, maxResponseBytes: maxBytes } = options;
        const { secrets } = context;
        const answer = await exchange(call, {
          dispatcher,
          signal,
          maxRedirects,
          maxBytes,
          secrets,
        });
        if (answer.status >= 400) throw httpError(context, call, answer);
        return { output: { ...answer } };
      } catch (error) {
        context.signal.throwIfAborted();
        throw asFailure(context, error, signal.aborted ? limit : null);
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

function httpError(context: BlockContext, call: HttpCall, answer: HttpAnswer): BlockFailure {
  const { status, data } = answer;
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return failure(context, {
    code: 'http_error',
    message: `${call.url.host} answered ${call.method} with status ${status}.`,
    retryable: status >= 500 || RETRYABLE_STATUSES.has(status),
    details: { status, data: redact(text, context.secrets).slice(0, SNIPPET_LENGTH) },
  });
}

/** @param limit the time limit that ended the request, null where another reason did */
function asFailure(context: BlockContext, error: unknown, limit: number | null): unknown {
  const told = limit === null ? describe(error) : timedOut(limit);
  return told ? failure(context, told, error) : error;
}

function timedOut(limit: number): BlockError {
  return {
    code: 'timeout',
    message: `The request took longer than ${limit} ms.`,
    retryable: true,
  };
}

function describe(error: unknown): BlockError | null {
  if (!(error instanceof Error)) return null;
  const { message } = error;
  if (error instanceof AddressForbiddenError) {
    const details = { host: error.host, range: error.range };
    return { code: 'address_forbidden', message, retryable: false, details };
  }
  if (error instanceof InvalidCallError)
    return { code: 'invalid_params', message, retryable: false };
  if (error instanceof TooManyRedirectsError) {
    return { code: 'too_many_redirects', message, retryable: false };
  }
  if (error instanceof ResponseTooLargeError) {
    return { code: 'response_too_large', message, retryable: false };
  }
  if (error instanceof errors.ClientDestroyedError || error instanceof errors.ClientClosedError) {
    return { code: 'shutting_down', message: 'The service is shutting down.', retryable: true };
  }
  const reason = networkReason(error);
  return reason === null ? null : { code: 'connection_failed', message: reason, retryable: true };
}

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host does not exist.',
  EAI_AGAIN: 'The host name could not be looked up.',
  ECONNREFUSED: 'The host refused the connection.',
  ECONNRESET: 'The connection broke off.',
  EPIPE: 'The connection broke off.',
  ETIMEDOUT: 'The host could not be reached in time.',
  EHOSTUNREACH: 'The host could not be reached.',
  ENETUNREACH: 'The host could not be reached.',
  UND_ERR_CONNECT_TIMEOUT: 'The host could not be reached in time.',
  UND_ERR_SOCKET: 'The connection broke off.',
  Z_BUF_ERROR: 'The answer broke off.',
  Z_DATA_ERROR: 'The answer could not be unpacked.',
};

/** Null where it is not the network's fault, which would be ours. */
function networkReason(error: Error): string | null {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === null) return null;
  return NETWORK_REASONS[code] ?? `The connection failed (${code}).`;
}
