import type { JsonObject, JsonValue } from '@sim/domain';
import { withinLimit } from '@sim/engine';
import { InvalidCallError, readCall, type HttpCall } from '../http/call.js';
import { exchange, type HttpAnswer } from '../http/exchange.js';
import { httpError, requestFailure } from '../http/failures.js';
import { misconfigured, type PreparedCall, type ToolCall, type ToolLimits } from './call.js';

/**
 * A request that is ready to be sent, with the run's `Idempotency-Key` unless it has one of its own.
 * @param params method, url, headers and body, in the form of an `api` block
 * @throws BlockFailure `tool_misconfigured` where they make no request
 */
export function preparedRequest(
  call: ToolCall,
  params: JsonObject,
  limits: ToolLimits,
): PreparedCall {
  const request = withKey(readRequest(call, params), call.context.idempotencyKey);
  const { method, url, headers, body } = request;
  return {
    preview: { method, url: url.href, headers: shownHeaders(headers), body },
    send: () => send(call, request, limits),
  };
}

function readRequest(call: ToolCall, params: JsonObject): HttpCall {
  try {
    return readCall(params);
  } catch (error) {
    throw error instanceof InvalidCallError ? misconfigured(call, error.message, error) : error;
  }
}

/** Name and password in one are no text of a secret, and are hidden whole. */
function shownHeaders(headers: HttpCall['headers']): JsonObject {
  const { authorization, ...others } = headers;
  if (authorization === undefined) return headers;
  return { ...others, authorization: authorization.replace(/^(basic) .*$/i, '$1 ***') };
}

function withKey(request: HttpCall, key: string): HttpCall {
  return { ...request, headers: { 'idempotency-key': key, ...request.headers } };
}

async function send(call: ToolCall, request: HttpCall, limits: ToolLimits): Promise<JsonValue> {
  const answer = await guarded(call, request, limits);
  if (answer.status >= 400) throw httpError(call.context, request, answer);
  return answer.data;
}

/**
 * One exchange within the limits of tools.
 * @throws BlockFailure `timeout`, `address_forbidden`, `connection_failed`, `too_many_redirects`,
 * `response_too_large`; the context's reason where it is called off
 */
export async function guarded(
  { context }: Pick<ToolCall, 'context'>,
  request: HttpCall,
  { dispatcher, timeoutMs, maxRedirects, maxResponseBytes: maxBytes }: ToolLimits,
): Promise<HttpAnswer> {
  const { secrets } = context;
  try {
    return await withinLimit(context.signal, timeoutMs, (signal) =>
      exchange(request, { dispatcher, signal, maxRedirects, maxBytes, secrets }),
    );
  } catch (error) {
    context.signal.throwIfAborted();
    throw requestFailure(context, error);
  }
}
