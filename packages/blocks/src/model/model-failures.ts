import { isJsonObject, type BlockError, type JsonObject } from '@sim/domain';
import type { BlockContext, BlockFailure } from '@sim/engine';
import { APIConnectionError, APIError } from 'openai';
import { failure, redact } from '../failures.js';
import { ModelAnswerInvalidError, ModelBrokeOffError, ModelRefusedError } from './answer.js';
import { AnswerTooLargeError, retryAfterMs, TOO_LARGE } from './transport.js';

/** What was asked of whom. */
export interface Asked {
  readonly model: string;
  /** Never shown. */
  readonly secrets: readonly string[];
  readonly baseURL: string;
  /** The time limit in ms that ended it; null where another reason did. */
  readonly timedOut: number | null;
}

const SNIPPET_LENGTH = 300;

/** What must not be shown: servers like to repeat the key that they refuse. */
export function secretsOf(context: BlockContext, apiKey: string | null): readonly string[] {
  return apiKey === null ? context.secrets : [...context.secrets, apiKey];
}

/** `instanceof` alone leaves the library's type parameters open. */
export function isApiError(error: unknown): error is APIError {
  return error instanceof APIError;
}

/** The failure of a question to a model; what is not the model's or its server's is given back. */
export function modelFailure(context: BlockContext, error: unknown, asked: Asked): unknown {
  const told = describe(error, asked);
  return told === null ? error : failure({ ...context, secrets: asked.secrets }, told);
}

/** An answer that is not in the form that was asked for. */
export function answerInvalid(
  context: BlockContext,
  reason: string,
  secrets: readonly string[],
): BlockFailure {
  const message = `The model's answer cannot be used: ${snippet(reason, secrets)}. Try again, or name a model that follows instructions better.`;
  return failure(
    { ...context, secrets },
    { code: 'model_answer_invalid', message, retryable: true },
  );
}

/** A failure's facts; its details are an object. */
type Told = Omit<BlockError, 'details'> & { readonly details?: JsonObject };

function describe(error: unknown, asked: Asked): Told | null {
  if (asked.timedOut !== null) {
    return {
      code: 'model_timeout',
      message: `The model gave no answer within ${asked.timedOut} ms. Try again, or allow more time (OPENAI_TIMEOUT_MS).`,
      retryable: true,
    };
  }
  if (error instanceof ModelRefusedError) {
    const message = `The model declines to answer: ${snippet(error.message, asked.secrets)}. Word the request in another way.`;
    return { code: 'model_refused', message, retryable: false };
  }
  if (error instanceof ModelAnswerInvalidError) return invalid(error.message, asked);
  if (error instanceof AnswerTooLargeError) return invalid('it is too large', asked);
  if (error instanceof ModelBrokeOffError) {
    const message = `${hostOf(asked)} broke off its answer: ${snippet(error.message, asked.secrets)}. Try again.`;
    return { code: 'model_unavailable', message, retryable: true };
  }
  if (error instanceof APIConnectionError) return unreachable(error, asked);
  if (isApiError(error)) return ofStatus(error, asked);
  // The library parses what claims to be JSON.
  return error instanceof SyntaxError ? invalid('the answer is no JSON', asked) : null;
}

function invalid(reason: string, asked: Asked): Told {
  const message = `What ${hostOf(asked)} answered cannot be used: ${snippet(reason, asked.secrets)}. Check that OPENAI_BASE_URL leads to an OpenAI-compatible server, with its /v1.`;
  return { code: 'model_answer_invalid', message, retryable: true };
}

function unreachable(error: Error, asked: Asked): Told {
  const code = networkCode(error);
  if (code === 'UND_ERR_DESTROYED') {
    return { code: 'shutting_down', message: 'The service is shutting down.', retryable: true };
  }
  const message = `The model's server ${hostOf(asked)} cannot be reached${code === null ? '' : ` (${code})`}. Check OPENAI_BASE_URL and that the server runs.`;
  return { code: 'model_unavailable', message, retryable: true };
}

function ofStatus(error: APIError, asked: Asked): Told {
  const status = error.status ?? 0;
  const host = hostOf(asked);
  const details = { status };
  if (error.code === TOO_LARGE) return invalid('it is too large', asked);
  if (status === 401 || status === 403) {
    // Not with the server's words, which may hold a part of the key.
    const message = `${host} refuses the key (status ${status}). Set OPENAI_API_KEY, or the block's own API key.`;
    return { code: 'model_unavailable', message, retryable: false, details };
  }
  if (status === 429) return rateLimited(error, asked);
  if (status === 404) {
    const message = `${host} has no model "${snippet(asked.model, asked.secrets)}", or no chat completions at this address. Name another model, or check OPENAI_BASE_URL.`;
    return { code: 'model_unavailable', message, retryable: false, details };
  }
  if (status >= 500 || status === 408 || status === 409) {
    const message = `${host} fails at the moment (status ${status}). Try again later.`;
    return { code: 'model_unavailable', message, retryable: true, details };
  }
  if (status < 400) {
    const message = `${host} answers with a redirect (status ${status}). Give its final address as OPENAI_BASE_URL.`;
    return { code: 'model_unavailable', message, retryable: false, details };
  }
  const said = saidBy(error, asked);
  const message = `${host} refuses the request (status ${status})${said === '' ? '' : `: ${said}`}. Change what the block asks for, or name another model.`;
  return { code: 'model_refused', message, retryable: false, details };
}

function rateLimited(error: APIError, asked: Asked): Told {
  const spent = error.code === 'insufficient_quota';
  const wait = retryAfterMs(error.headers);
  const when = wait > 0 && Number.isFinite(wait) ? `in ${Math.ceil(wait / 1000)} s` : 'later';
  const message = spent
    ? `The quota of the key at ${hostOf(asked)} is used up. Raise it there, or use another key.`
    : `${hostOf(asked)} takes no more requests for now. Try again ${when}.`;
  return { code: 'model_rate_limited', message, retryable: !spent, details: { status: 429 } };
}

function saidBy(error: APIError, { secrets }: Asked): string {
  const body: unknown = error.error;
  const said = isJsonObject(body) && typeof body.message === 'string' ? body.message : '';
  return snippet(said, secrets).replace(/\.$/, '');
}

/** Redacted before it is cut, as half a key is still half a key. */
function snippet(text: string, secrets: readonly string[]): string {
  const line = redact(text, secrets)
    .slice(0, SNIPPET_LENGTH * 10)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > SNIPPET_LENGTH ? `${line.slice(0, SNIPPET_LENGTH)}…` : line;
}

function hostOf({ baseURL }: Asked): string {
  return URL.canParse(baseURL) ? new URL(baseURL).host : 'The server';
}

/** Errors of the network lie some causes deep. */
function networkCode(error: Error): string | null {
  let cause: unknown = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    cause = cause.cause;
  }
  return null;
}
