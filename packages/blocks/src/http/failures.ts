import type { BlockError } from '@sim/domain';
import { TimeLimitError, type BlockContext, type BlockFailure } from '@sim/engine';
import { errors } from 'undici';
import { failure, redact } from '../failures.js';
import { InvalidCallError, type HttpCall } from './call.js';
import { ResponseTooLargeError, TooManyRedirectsError, type HttpAnswer } from './exchange.js';
import { AddressForbiddenError } from './guarded-agent.js';

/** Worth another try: the server is busy or broken for the moment. */
const RETRYABLE_STATUSES = new Set([408, 425, 429]);
const SNIPPET_LENGTH = 1000;

/** An answer with a status from 400 on, as a block's failure. */
export function httpError(
  context: BlockContext,
  call: Pick<HttpCall, 'method' | 'url'>,
  answer: HttpAnswer,
): BlockFailure {
  const { status, data } = answer;
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return failure(context, {
    code: 'http_error',
    message: `${call.url.host} answered ${call.method} with status ${status}.`,
    retryable: status >= 500 || RETRYABLE_STATUSES.has(status),
    details: { status, data: redact(text, context.secrets).slice(0, SNIPPET_LENGTH) },
  });
}

/**
 * What a request threw, as a block's failure; what is not the request's fault is given back as it is.
 */
export function requestFailure(context: BlockContext, error: unknown): unknown {
  const told = error instanceof TimeLimitError ? timedOut(error.limitMs) : describe(error);
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
