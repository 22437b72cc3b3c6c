import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import { scanReferences } from '../expressions/references.js';
import { operationOf } from './tools.js';

/** What an agent may do with a tool: as its model likes, or at least once. */
export type ToolUsage = 'auto' | 'force';

/** A tool that an author gave to an agent. */
export type AgentTool = {
  /** As the author knows it. */
  readonly title: string;
  readonly usage: ToolUsage;
} & (
  | {
      /** Code of the author; null where the export has lost it, or keeps it elsewhere. */
      readonly kind: 'custom';
      readonly name: string;
      readonly description: string;
      /** The JSON schema of its parameters. */
      readonly parameters: JsonObject;
      readonly code: string | null;
    }
  | {
      /** What a block of this type does; of its parameters those that the author set. */
      readonly kind: 'block';
      readonly type: string;
      readonly operation: string | null;
      readonly params: JsonObject;
      readonly name: string;
    }
  | {
      readonly kind: 'mcp';
      /** Of the server, where the export has it. */
      readonly url: string | null;
      readonly tool: string;
      readonly description: string;
      /** As the server said once; null where it must be asked. */
      readonly parameters: JsonObject | null;
      /** Arguments that the author set. */
      readonly params: JsonObject;
    }
  | { readonly kind: 'workflow' }
  | { readonly kind: 'unknown' }
);

/** Block types with an executor of ours that an agent may use as tools: they do one thing, and steer nothing. */
const CALLABLE: ReadonlySet<string> = new Set([
  'api',
  'function',
  'guardrails',
  'knowledge',
  'memory',
]);

/** Whether an agent may call the built-in executor of a block type. */
export function agentMayCall(blockType: string): boolean {
  return CALLABLE.has(blockType);
}

/** Tools of one agent beyond these are not read. */
const MAX_TOOLS = 64;

/**
 * The tools of an agent's parameters that are not switched off; null where they cannot be told, since a
 * run will give them, or they are no list.
 */
export function agentTools(params: JsonObject): readonly AgentTool[] | null {
  const list = listOf(own(params, 'tools') ?? null);
  if (list === null) return null;
  return list
    .filter((item) => textOf(item, 'usageControl') !== 'none')
    .slice(0, MAX_TOOLS)
    .map(readTool);
}

function listOf(value: JsonValue): readonly JsonValue[] | null {
  const parsed = typeof value === 'string' ? parsedText(value) : value;
  if (parsed === null) return [];
  return Array.isArray(parsed) ? (parsed as readonly JsonValue[]) : null;
}

/** Undefined for a text that is no JSON, null for a blank one. */
function parsedText(text: string): JsonValue | undefined {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function readTool(item: JsonValue): AgentTool {
  const type = textOf(item, 'type');
  const title = textOf(item, 'title') || textOf(item, 'name') || type || '(without a name)';
  const usage = textOf(item, 'usageControl') === 'force' ? 'force' : 'auto';
  const common = { title: title.slice(0, 200), usage } as const;
  if (!isJsonObject(item) || type === '') return { ...common, kind: 'unknown' };
  if (type === 'custom-tool' || isDeclaredFunction(item)) return { ...common, ...custom(item) };
  if (type === 'mcp') return { ...common, ...mcp(item) };
  if (type === 'workflow' || type === 'workflow_input') return { ...common, kind: 'workflow' };
  if (type === 'mcp-server') return { ...common, kind: 'unknown' };
  const params = objectOf(item, 'params');
  const operation = operationOf(item) ?? operationOf(params);
  const name = textOf(item, 'toolId') || (operation === null ? type : `${type}_${operation}`);
  return { ...common, kind: 'block', type, operation, params, name };
}

/** The older form of a custom tool: a function that is declared, but not written. */
function isDeclaredFunction(item: JsonObject): boolean {
  return item.type === 'function' && !Object.hasOwn(item, 'toolId') && textOf(item, 'name') !== '';
}

function custom(item: JsonObject) {
  const schema = objectOf(item, 'schema');
  const declared = isJsonObject(own(schema, 'function')) ? objectOf(schema, 'function') : schema;
  const source = Object.keys(declared).length > 0 ? declared : item;
  const code = own(item, 'code');
  return {
    kind: 'custom' as const,
    name: textOf(source, 'name') || textOf(item, 'title'),
    description: textOf(source, 'description'),
    parameters: objectOf(source, 'parameters'),
    code: typeof code === 'string' && code.trim() !== '' ? code : null,
  };
}

/** What of an MCP tool's parameters says where it is, and is no argument. */
const PLACE = ['serverId', 'serverUrl', 'serverName', 'toolName'];

function mcp(item: JsonObject) {
  const params = objectOf(item, 'params');
  const schema = objectOf(item, 'schema');
  const url = textOf(params, 'serverUrl');
  const given = Object.entries(params).filter(([key]) => !PLACE.includes(key));
  return {
    kind: 'mcp' as const,
    url: /^https?:\/\//i.test(url) ? url : null,
    tool: textOf(params, 'toolName') || textOf(item, 'title'),
    description: textOf(schema, 'description'),
    parameters: isJsonObject(own(schema, 'properties')) ? schema : null,
    params: Object.fromEntries(given),
  };
}

/** A tool of an agent as a block that would do the same: what runs it, and what it does outside. */
export interface ToolUse {
  readonly type: string;
  readonly params: JsonObject;
}

/**
 * The blocks whose work an agent may do by its tools. One whose type only a run will tell may be any: it is
 * of a type that nobody knows.
 */
export function usesOf(params: JsonObject): readonly ToolUse[] {
  const tools = agentTools(params);
  if (tools === null) return [{ type: '', params: {} }];
  return tools.flatMap((tool) => useOf(tool) ?? []);
}

/** Null where it reaches nothing outside, or is not run at all. */
export function useOf(tool: AgentTool): ToolUse | null {
  switch (tool.kind) {
    case 'block': {
      const { type, operation, params } = tool;
      const isKnown = scanReferences(type).length === 0;
      return { type: isKnown ? type : '', params: { ...params, ...(operation && { operation }) } };
    }
    case 'mcp':
      return { type: 'mcp', params: { operation: tool.tool } };
    case 'custom':
      return { type: 'function', params: { code: tool.code } };
    default:
      return null;
  }
}

function objectOf(value: JsonValue, key: string): JsonObject {
  const inner = isJsonObject(value) ? own(value, key) : undefined;
  return isJsonObject(inner) ? inner : {};
}

function textOf(value: JsonValue, key: string): string {
  const inner = isJsonObject(value) ? own(value, key) : undefined;
  return typeof inner === 'string' ? inner.trim() : '';
}
