import {
  agentMayCall,
  agentTools,
  isJsonObject,
  openParameters,
  own,
  setOwn,
  sideEffectOf,
  type AgentTool,
  type JsonObject,
  type JsonValue,
} from '@sim/domain';
import { BlockFailure, type BlockContext, type BlockExecutor, type ToolConfig } from '@sim/engine';
import { looseName } from '../tools/arguments.js';
import { schemaOf, type OfferedTool } from '../tools/describe.js';
import type { Tools } from '../tools/tools.js';
import type { ModelTool } from '../model/request.js';

/** What runs the tools of agents. */
export interface AgentToolPorts {
  /** Our own executors by block type; those of types that an agent may call are used. */
  readonly executors: ReadonlyMap<string, BlockExecutor>;
  /** Tools that workspaces configure; none where absent. */
  readonly tools: Pick<Tools, 'offer' | 'describe' | 'executor'> | null;
}

/** A tool that a model may ask for, and what is done then. */
export interface Offer {
  readonly tool: ModelTool;
  readonly title: string;
  /** The model shall ask for it at least once. */
  readonly forced: boolean;
  /** A call of it changes something outside. */
  readonly writes: boolean;
  readonly call: (args: JsonObject, context: BlockContext) => Promise<JsonValue>;
}

/** What an agent has to offer its model, and what it has not, in sentences. */
export interface Offers {
  readonly offers: readonly Offer[];
  readonly leftOut: readonly string[];
}

type Found = Omit<Offer, 'title' | 'forced' | 'tool'> & { readonly tool: ModelTool };
/** A tool, or why there is none. */
type Outcome = Found | string;

/**
 * Finds what runs the tools of an agent. What nothing runs is left out, with its reason.
 * @throws BlockFailure `tools_unavailable` where the tools of the workspace cannot be read
 */
export async function offersOf(
  params: JsonObject,
  ports: AgentToolPorts,
  context: BlockContext,
): Promise<Offers> {
  const listed = agentTools(params);
  if (listed === null) {
    return { offers: [], leftOut: ['The agent ran without its tools: they are no list.'] };
  }
  const found = await Promise.all(
    listed.map(async (tool) => [tool, await find(tool, ports, context)] as const),
  );
  const names = new Set<string>();
  const offers: Offer[] = [];
  const leftOut: string[] = [];
  for (const [{ title, usage }, outcome] of found) {
    if (typeof outcome === 'string') {
      leftOut.push(`The agent ran without its tool "${title.slice(0, 60)}": ${outcome}.`);
    } else {
      const tool = { ...outcome.tool, name: freshName(outcome.tool.name, names) };
      offers.push({ ...outcome, tool: bounded(tool), title, forced: usage === 'force' });
    }
  }
  return { offers, leftOut };
}

async function find(
  tool: AgentTool,
  ports: AgentToolPorts,
  context: BlockContext,
): Promise<Outcome> {
  switch (tool.kind) {
    case 'custom':
      return custom(tool, ports);
    case 'block':
      return whereTold(() => ofBlock(tool, ports, context));
    case 'mcp':
      return whereTold(() => ofServer(tool, ports, context));
    case 'workflow':
      return 'a workflow cannot be the tool of an agent here';
    case 'unknown':
      return 'it is of a kind that is not known';
    default:
      return tool satisfies never;
  }
}

/** A tool whose server or document cannot be asked is left out; tools that cannot be read stop the block. */
async function whereTold(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BlockFailure) || error.error.code === 'tools_unavailable') throw error;
    return error.error.message.replace(/\.$/, '');
  }
}

function custom(tool: AgentTool & { kind: 'custom' }, { executors }: AgentToolPorts): Outcome {
  const { name, description, parameters, code } = tool;
  const sandbox = executors.get('function');
  if (code === null || !sandbox) return 'its code is not in the workflow';
  return {
    tool: { name, description, parameters: { type: 'object', properties: {}, ...parameters } },
    writes: false,
    async call(args, context) {
      // The author's own references stand before what the model calls its arguments.
      const bindings = { params: args, ...args, ...context.bindings };
      const { output } = await sandbox.run({ code }, { ...context, bindings });
      return isJsonObject(output) ? (output.result ?? null) : output;
    },
  };
}

async function ofBlock(
  tool: AgentTool & { kind: 'block' },
  ports: AgentToolPorts,
  context: BlockContext,
): Promise<Outcome> {
  const { type, operation, params, name, title } = tool;
  const set = given({ ...params, ...(operation !== null && { operation }) });
  const configured = await offered(ports, context, type, operation);
  const ours = agentMayCall(type) ? ports.executors.get(type) : undefined;
  const executor = configured?.executor ?? ours;
  if (!executor) {
    const which = operation === null ? '' : ` with the operation "${operation}"`;
    return `nothing runs "${type}"${which}`;
  }
  const known = catalogued(type, set);
  const described = configured?.parameters ?? null;
  const parameters = described === null ? known : withTypes(described, known);
  const words = configured?.description ?? '';
  return offer(executor, {
    tool: {
      name,
      description: words || `${title}${operation === null ? '' : `: ${operation}`}`,
      parameters,
    },
    set,
    // A tool that takes anything, of a type that nobody knows.
    isOpen: described === null && Object.keys(propertiesOf(known)).length === 0,
    writes: configured
      ? executor.sideEffect === 'write'
      : sideEffectOf({ type, params: set }, {}) === 'write',
  });
}

async function ofServer(
  tool: AgentTool & { kind: 'mcp' },
  ports: AgentToolPorts,
  context: BlockContext,
): Promise<Outcome> {
  const { tool: name, url, parameters, description } = tool;
  if (name === '') return 'it does not say which tool of its server it is';
  const set = given(tool.params);
  const found = await offered(ports, context, 'mcp', name);
  // One for all tools of servers is a request with a body of its own, or another tool than this.
  if (found && !found.runsAll) {
    const told = { name, description: found.description || description };
    const schema = found.parameters ?? parameters ?? schemaOf({}, []);
    return offer(found.executor, {
      tool: { ...told, parameters: schema },
      set,
      isOpen: false,
      writes: found.executor.sideEffect === 'write',
    });
  }
  const { tools } = ports;
  if (url === null || !tools) return `nothing runs "mcp" with the operation "${name}"`;
  const config = adHoc(url, name, context);
  const described = parameters === null ? await tools.describe(config, context) : null;
  return offer(tools.executor(config), {
    tool: {
      name,
      description: description || (described?.description ?? ''),
      parameters: parameters ?? described?.parameters ?? schemaOf({}, []),
    },
    set,
    isOpen: false,
    writes: true,
  });
}

/** A tool of a server whose address stands in the workflow. */
function adHoc(url: string, tool: string, { session }: BlockContext): ToolConfig {
  return {
    id: 'tool_of_workflow',
    workspaceId: session?.workspaceId ?? '',
    name: tool,
    blockType: 'mcp',
    operation: tool,
    sideEffect: 'write',
    idempotent: false,
    adapter: { kind: 'mcp', url, headers: {}, tool },
    enabled: true,
  };
}

async function offered(
  { tools }: AgentToolPorts,
  context: BlockContext,
  blockType: string,
  operation: string | null,
): Promise<OfferedTool | null> {
  if (!tools || !context.session) return null;
  const { workspaceId } = context.session;
  try {
    return await tools.offer({ workspaceId, blockType, operation }, context);
  } catch (cause) {
    context.signal.throwIfAborted();
    if (cause instanceof BlockFailure) throw cause;
    const message = `The tools that "${context.blockName}" needs could not be read just now.`;
    throw new BlockFailure({ code: 'tools_unavailable', message, retryable: true }, { cause });
  }
}

/** What the author set is not the model's to choose, under whichever spelling of its name. */
function offer(
  executor: BlockExecutor,
  {
    tool,
    set,
    isOpen,
    writes,
  }: { tool: ModelTool; set: JsonObject; isOpen: boolean; writes: boolean },
): Found {
  const taken = new Set(Object.keys(set).map(looseName));
  const isFree = (name: string) => !taken.has(looseName(name));
  const { properties, required, ...rest } = tool.parameters;
  const open = entriesOf(properties).filter(([name]) => isFree(name));
  const names = new Set(open.map(([name]) => name));
  const needed = listOf(required).filter((name) => typeof name === 'string' && names.has(name));
  const parameters = {
    ...rest,
    type: 'object',
    properties: Object.fromEntries(open),
    ...(needed.length > 0 && { required: needed }),
  };
  return {
    tool: { ...tool, parameters },
    writes,
    async call(args, context) {
      const chosen = Object.entries(args).filter(
        ([name]) => isFree(name) && (isOpen || names.has(name)),
      );
      const { output } = await executor.run({ ...Object.fromEntries(chosen), ...set }, context);
      return output;
    },
  };
}

/** The parameters that are set to something. */
function given(params: JsonObject): JsonObject {
  const isSet = (value: JsonValue) =>
    value !== null && !(typeof value === 'string' && value.trim() === '');
  return Object.fromEntries(Object.entries(params).filter(([, value]) => isSet(value)));
}

const TYPES = { 'file[]': 'array' } as const;

/** What the catalogue knows of a block type's parameters, as a schema. */
function catalogued(type: string, set: JsonObject): JsonObject {
  const properties: Record<string, JsonValue> = {};
  const required: string[] = [];
  for (const { id, type: slot, required: isNeeded, options } of openParameters(type, set)) {
    const typed = { type: slot === 'file[]' ? TYPES[slot] : slot };
    setOwn(properties, id, options.length > 0 ? { ...typed, enum: [...options] } : typed);
    if (isNeeded) required.push(id);
  }
  return schemaOf(properties, required);
}

/** A template of a request says which parameters it reads, and not of which type they are. */
function withTypes(described: JsonObject, known: JsonObject): JsonObject {
  const byName = new Map(entriesOf(known.properties).map(([name, one]) => [looseName(name), one]));
  const properties = entriesOf(described.properties).map(([name, schema]) => {
    const isBare = isJsonObject(schema) && Object.keys(schema).length === 0;
    return [name, isBare ? (byName.get(looseName(name)) ?? { type: 'string' }) : schema] as const;
  });
  return { ...described, properties: Object.fromEntries(properties) };
}

function propertiesOf(schema: JsonObject): JsonObject {
  const properties = own(schema, 'properties');
  return isJsonObject(properties) ? properties : {};
}

function entriesOf(value: JsonValue | undefined): [string, JsonValue][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

const MAX_DESCRIPTION = 2_000;
const MAX_SCHEMA = 50_000;

function bounded({ name, description, parameters }: ModelTool): ModelTool {
  const isLarge = JSON.stringify(parameters).length > MAX_SCHEMA;
  return {
    name,
    description: description.slice(0, MAX_DESCRIPTION),
    parameters: isLarge ? { type: 'object' } : parameters,
  };
}

/** As the protocol takes names, each once. */
function freshName(wanted: string, names: Set<string>): string {
  const plain = wanted.replace(/[^\w-]+/g, '_').slice(0, 60) || 'tool';
  let name = plain;
  for (let count = 2; names.has(name); count += 1) name = `${plain}_${count}`;
  names.add(name);
  return name;
}
