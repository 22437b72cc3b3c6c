import { BlockFailure, TimeLimitError } from '@sim/engine';
import { failure } from '../../failures.js';
import { requestFailure } from '../../http/failures.js';
import type { ToolCall, ToolLimits } from '../call.js';

/** Codes of the protocol's library and of JSON-RPC. */
const CONNECTION_CLOSED = -32000;
const REQUEST_TIMEOUT = -32001;
const INVALID_PARAMS = -32602;
const SNIPPET_LENGTH = 500;

/** True where the next call needs a new connection: anything but an answer of the server itself. */
export function isLostConnection(error: unknown): boolean {
  const code = codeOf(error);
  return code === null || code >= 0 || code === CONNECTION_CLOSED || code === REQUEST_TIMEOUT;
}

/**
 * What a call over the protocol threw, as a block's failure.
 * @param isConnected it was a call over a connection that stood, not the making of one
 */
export function mcpFailure(
  call: Pick<ToolCall, 'tool' | 'context'>,
  error: unknown,
  limits: ToolLimits,
  isConnected: boolean,
): BlockFailure {
  const { tool, context } = call;
  const { timeoutMs } = limits;
  const code = codeOf(error);
  if (code === REQUEST_TIMEOUT)
    return mcpFailure(call, new TimeLimitError(timeoutMs), limits, isConnected);
  // A server that knows its clients no more answers 404.
  if (code === CONNECTION_CLOSED || (code === 404 && isConnected)) {
    const message = `The connection to the tool "${tool.name}" was lost.`;
    return failure(context, { code: 'connection_lost', message, retryable: true }, error);
  }
  if (code !== null) return refused(context, tool.name, code, error);
  const told = requestFailure(context, causeOf(error));
  if (told instanceof BlockFailure) return told;
  const message = `The server of the tool "${tool.name}" answered what is not of the protocol.`;
  return failure(context, { code: 'tool_failed', message, retryable: true }, error);
}

function refused(
  context: ToolCall['context'],
  name: string,
  code: number,
  error: unknown,
): BlockFailure {
  const reason = error instanceof Error ? error.message.slice(0, SNIPPET_LENGTH) : '';
  if (code > 0) {
    const message = `The server of the tool "${name}" answered with status ${code}.`;
    const details = { status: code };
    const retryable = code >= 500 || code === 429;
    return failure(context, { code: 'http_error', message, retryable, details }, error);
  }
  const message = `The tool "${name}" refused the call: ${reason}`;
  const isOurs = code === INVALID_PARAMS;
  return failure(
    context,
    { code: isOurs ? 'invalid_params' : 'tool_failed', message, retryable: !isOurs },
    error,
  );
}

/** The number that errors of the library carry: a status of HTTP, or a negative code of JSON-RPC. */
function codeOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number'
    ? error.code
    : null;
}

const LONGEST_CHAIN = 8;

/** `fetch failed` says nothing; what it was caused by does. */
function causeOf(error: unknown): unknown {
  let link = error;
  for (let length = 0; length < LONGEST_CHAIN; length += 1) {
    if (!(link instanceof TypeError) || link.cause === undefined) break;
    link = link.cause;
  }
  return link;
}
