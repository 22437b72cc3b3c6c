import type { JsonObject, JsonValue } from '@sim/domain';
import type { BlockContext, BlockFailure, ToolAdapter, ToolConfig } from '@sim/engine';
import type { Dispatcher } from 'undici';
import { failure } from '../failures.js';

/** What every adapter works within. */
export interface ToolLimits {
  /** Decides which hosts may be reached. */
  readonly dispatcher: Dispatcher;
  /** Of one call, connecting and redirects included. */
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  /** Of an answer's body, unpacked. */
  readonly maxResponseBytes: number;
}

/** One call of a tool for a block. */
export interface ToolCall<A extends ToolAdapter = ToolAdapter> {
  readonly tool: Pick<ToolConfig, 'id' | 'workspaceId' | 'name' | 'blockType'>;
  readonly adapter: A;
  /** The block's operation; null where it has none. */
  readonly operation: string | null;
  /** The block's parameters, resolved. */
  readonly params: JsonObject;
  /** Its secrets are those of the tool as well. */
  readonly context: BlockContext;
  /** Values of the `{{NAME}}` markers of the adapter; every marker has one. */
  readonly env: Readonly<Record<string, string>>;
}

/** A call that is ready and not yet made. */
export interface PreparedCall {
  /** What would be sent; secrets are still in it. */
  readonly preview: JsonObject;
  /** Makes the call. @throws BlockFailure */
  send(): Promise<JsonValue>;
}

/** A tool that cannot work as it is configured, whatever the block's parameters are. */
export function misconfigured(
  { tool, context }: Pick<ToolCall, 'tool' | 'context'>,
  reason: string,
  cause?: unknown,
): BlockFailure {
  const message = `The tool "${tool.name}" is not set up rightly: ${reason}`;
  return failure(context, { code: 'tool_misconfigured', message, retryable: false }, cause);
}

/** Parameters that the tool needs and the block does not have. */
export function missingParams(
  { tool, context }: Pick<ToolCall, 'tool' | 'context'>,
  names: readonly string[],
): BlockFailure {
  const message = `"${context.blockName}" lacks what the tool "${tool.name}" needs: ${names.join(', ')}.`;
  const details = { missing: [...names] };
  return failure(context, { code: 'invalid_params', message, retryable: false, details });
}
