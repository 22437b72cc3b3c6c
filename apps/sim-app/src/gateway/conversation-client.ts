import { CONVERSATION_BASE_PATH, problem } from '@sim/contracts';
import { badRequest, serviceUnavailable } from '@sim/service-kit';
import { ForwardedProblem } from './problems.js';

/** A write to conversation-service on behalf of a client. */
export interface ConversationCall {
  /** Below the base path of its API. */
  readonly path: string;
  readonly body: unknown;
  /** What makes it safe to send the same again. */
  readonly idempotencyKey: string;
  readonly token: string;
  readonly requestId: string;
  /** The client's address and the proxies before, for the limits: `X-Forwarded-For`. */
  readonly forwardedFor: string;
}

/** Sends writes to conversation-service, as a client of its API: its limits and refusals are the same. */
export type ConversationClient = (call: ConversationCall) => Promise<unknown>;

const RETRY_AFTER_SECONDS = 5;
const DEFAULT_SILENCE_MS = 120_000;

/**
 * The way to conversation-service. The result rejects with a {@link ForwardedProblem} for what the service
 * refuses, with the problem `conversation_service_unavailable` where it does not answer as it should.
 */
export function createConversationClient(options: {
  readonly serviceUrl: string;
  readonly silenceMs?: number;
}): ConversationClient {
  const silenceMs = options.silenceMs ?? DEFAULT_SILENCE_MS;
  return async (call) => {
    const request = {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${call.token}`,
        'Idempotency-Key': call.idempotencyKey,
        'X-Request-Id': call.requestId,
        'X-Forwarded-For': call.forwardedFor,
      },
      body: toJson(call.body),
    };
    const url = `${options.serviceUrl}${CONVERSATION_BASE_PATH}${call.path}`;
    const send = () => fetch(url, { ...request, signal: AbortSignal.timeout(silenceMs) });
    const response = await send()
      // A connection that was kept may be closed at the moment of its reuse; the key makes it safe.
      .catch((error: unknown) => (wasCut(error) ? send() : Promise.reject(asError(error))))
      .catch(unavailable);
    const body: unknown = await response.json().catch(unavailable);
    if (response.ok) return body;
    throw refusedBy(response, body);
  };
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new TypeError(String(error));

const CUT = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

function wasCut(error: unknown): boolean {
  const cause =
    error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' && CUT.includes(cause.code);
}

function toJson(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw badRequest('too_deep', 'The event is nested too deeply.', { cause });
  }
}

function refusedBy(response: Response, body: unknown): Error {
  const parsed = problem.safeParse(body);
  if (!parsed.success) return unavailableProblem(`status ${response.status}`);
  const retryAfter = Number(response.headers.get('retry-after'));
  return new ForwardedProblem(parsed.data, retryAfter > 0 ? retryAfter : undefined);
}

function unavailable(cause: unknown): never {
  throw unavailableProblem(cause);
}

const unavailableProblem = (cause: unknown) =>
  serviceUnavailable(
    RETRY_AFTER_SECONDS,
    'conversation_service_unavailable',
    `The conversation service cannot be reached. Try again in ${RETRY_AFTER_SECONDS} seconds.`,
    { cause },
  );
