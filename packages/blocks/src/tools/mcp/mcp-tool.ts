import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '@sim/domain';
import { BlockFailure, type McpToolAdapter } from '@sim/engine';
import { failure, redact } from '../../failures.js';
import { parseJson } from '../../json-text.js';
import { readCall } from '../../http/call.js';
import { argumentReader, coerced } from '../arguments.js';
import {
  misconfigured,
  missingParams,
  type PreparedCall,
  type ToolCall,
  type ToolLimits,
} from '../call.js';
import type { ToolDescription } from '../describe.js';
import { fillTable, fillText } from '../template.js';
import {
  connectMcp,
  type McpConnection,
  type McpResult,
  type McpTarget,
  type McpTool,
} from './connection.js';
import { isLostConnection, mcpFailure } from './failures.js';
import { createMcpPool } from './pool.js';

type McpCall = ToolCall<McpToolAdapter>;

/** The key of the run in the call's `_meta`, as HTTP has it in its header. */
const IDEMPOTENCY_META = 'idempotencyKey';

/** Calls of tools on MCP servers, over connections that are kept. */
export function mcpTools(limits: ToolLimits) {
  const pool = createMcpPool();

  const within = async <T>(
    call: McpCall,
    work: (connection: McpConnection) => Promise<T>,
  ): Promise<T> => {
    const target = targetOf(call, limits);
    const headers = Object.entries(target.headers).sort(([a], [b]) => (a < b ? -1 : 1));
    // A connection carries the headers of its tool, so none is shared between workspaces.
    const key = JSON.stringify([call.tool.workspaceId, target.url.href, headers]);
    let isConnected = false;
    try {
      const begin = (connection: McpConnection) => {
        isConnected = true;
        return work(connection);
      };
      return await pool.use(key, () => connectMcp(target), begin, isLostConnection);
    } catch (error) {
      call.context.signal.throwIfAborted();
      throw error instanceof BlockFailure ? error : mcpFailure(call, error, limits, isConnected);
    }
  };

  const requestOf = ({ context }: McpCall) => {
    return { signal: context.signal, timeoutMs: limits.timeoutMs };
  };
  const look = async (call: McpCall): Promise<McpTool> => {
    const { context, adapter } = call;
    const find = () => within(call, (connection) => connection.tool(adapter.tool, requestOf(call)));
    // Nothing is done by looking: where the server forgot the connection, a new one is as good.
    const tool = await find().catch((error: unknown) => {
      if (error instanceof BlockFailure && error.error.code === 'connection_lost') return find();
      throw error;
    });
    if (tool) return tool;
    const message = `The server has no tool "${adapter.tool}".`;
    throw failure(context, { code: 'tool_not_found', message, retryable: false });
  };
  const describe = async (call: McpCall): Promise<ToolDescription> => {
    const { description, inputSchema } = await look(call);
    return { description, parameters: inputSchema };
  };
  const prepare = async (call: McpCall): Promise<PreparedCall> => {
    const { context, adapter } = call;
    const tool = await look(call);
    const args = argumentsFor(call, tool);
    return {
      preview: { url: targetOf(call, limits).url.href, tool: adapter.tool, arguments: args },
      send: async () => {
        const meta = { [IDEMPOTENCY_META]: context.idempotencyKey };
        const result = await within(call, (connection) =>
          connection.call(adapter.tool, args, meta, requestOf(call)),
        );
        if (result.isError) throw toolError(call, result);
        return valueOf(result);
      },
    };
  };

  return { prepare, describe, close: () => pool.close() };
}

function targetOf(call: McpCall, limits: ToolLimits): McpTarget {
  const { adapter } = call;
  const values = { ...call, params: {}, blockType: call.tool.blockType };
  try {
    const { url, headers } = readCall({
      url: fillText(adapter.url, values),
      headers: fillTable(adapter.headers, values),
    });
    const { dispatcher, maxResponseBytes: maxBytes, timeoutMs } = limits;
    return { url, headers, dispatcher, maxBytes, timeoutMs };
  } catch (error) {
    throw misconfigured(call, error instanceof Error ? error.message : String(error), error);
  }
}

/** The parameters that the tool's schema has. */
function argumentsFor(call: McpCall, { inputSchema }: McpTool): JsonObject {
  const read = argumentReader(call.params);
  const properties = own(inputSchema, 'properties');
  const args: Record<string, JsonValue> = {};
  for (const [name, schema] of Object.entries(isJsonObject(properties) ? properties : {})) {
    const given = read(name);
    if (given === undefined) continue;
    setOwn(args, name, coerced(given, isJsonObject(schema) ? schema : null));
  }
  const required = own(inputSchema, 'required');
  const missing = (Array.isArray(required) ? (required as readonly JsonValue[]) : []).filter(
    (name) => typeof name === 'string' && !Object.hasOwn(args, name),
  );
  if (missing.length > 0) throw missingParams(call, missing as string[]);
  return args;
}

const LONGEST_ERROR = 1000;

function toolError({ tool, context }: McpCall, result: McpResult): BlockFailure {
  const text = redact(textOf(result), context.secrets).trim().slice(0, LONGEST_ERROR);
  return failure(context, {
    code: 'tool_failed',
    message: text === '' ? `The tool "${tool.name}" failed.` : text,
    retryable: true,
  });
}

/** Structured content as it is; a text that is an object or a list of JSON as that; other text as text. */
function valueOf(result: McpResult): JsonValue {
  if (result.structured !== null) return result.structured;
  const text = textOf(result);
  const others = result.content.filter(({ type }) => type !== 'text');
  if (others.length > 0) return { result: text, content: result.content };
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  return parsed ?? text;
}

function textOf({ content }: McpResult): string {
  return content
    .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
    .join('\n');
}
