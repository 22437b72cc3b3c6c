import { operationOf, toolFor, type JsonObject, type JsonValue } from '@sim/domain';
import {
  BlockFailure,
  type BlockContext,
  type BlockExecutor,
  type SecretStore,
  type ToolConfig,
  type ToolFinder,
  type ToolStore,
  writtenForms,
} from '@sim/engine';
import { LRUCache } from 'lru-cache';
import { failure } from '../failures.js';
import { createGuardedAgent } from '../http/guarded-agent.js';
import { createAdapters } from './adapters.js';
import { misconfigured, type PreparedCall, type ToolCall, type ToolLimits } from './call.js';
import type { OfferedTool } from './describe.js';
import { toolOutput, withoutSecrets } from './output.js';
import { markersOf } from './template.js';

/** What tools may do; all but the stores has a default. */
export interface ToolsOptions {
  readonly store: ToolStore;
  /** Values of `{{NAME}}` in the adapters. */
  readonly secrets: SecretStore;
  /** As in {@link BlocksOptions.allowPrivateHosts}. */
  readonly allowPrivateHosts?: readonly string[];
  /** Of one call; 30,000 ms by default. */
  readonly timeoutMs?: number;
  /** Of an answer; 5 MiB by default. */
  readonly maxResponseBytes?: number;
  /** How far behind the store a look-up may be; 5,000 ms by default. */
  readonly staleMs?: number;
}

/** The tools of all workspaces, and what they hold open. */
export interface Tools extends ToolFinder {
  /** Runs blocks by a tool, whether it is enabled or not. */
  executor(tool: ToolConfig): BlockExecutor;
  /**
   * What a call would send, without sending it; a document is fetched and a server asked for its tool.
   * @throws BlockFailure as a run does
   */
  preview(tool: ToolConfig, params: JsonObject, context: BlockContext): Promise<JsonObject>;
  /**
   * The tool for an operation of a block type as an agent may call it; a document is fetched and a server
   * asked for what it takes. Null where there is none.
   * @throws BlockFailure where that cannot be told
   */
  offer(
    use: {
      readonly workspaceId: string;
      readonly blockType: string;
      readonly operation: string | null;
    },
    context: BlockContext,
  ): Promise<OfferedTool | null>;
  /** As {@link offer}, of a tool that is at hand. */
  describe(tool: ToolConfig, context: BlockContext): Promise<OfferedTool>;
  /** Ends connections; calls that still run fail. Idempotent. */
  close(): Promise<void>;
}

const MAX_REDIRECTS = 5;
const CONNECT_TIMEOUT_MS = 10_000;
/** Workspaces whose tools are at hand, and the characters of their configuration in all. */
const MAX_WORKSPACES = 500;
const MAX_CHARACTERS = 50_000_000;

/**
 * Calls the tools that workspaces configure: by HTTP, by OpenAPI documents, on MCP servers. Beside the codes
 * of `api` blocks, a call fails with `tool_failed`, `tool_not_found`, `tool_misconfigured`,
 * `connection_lost` or `invalid_output`.
 * @throws InvalidAllowListEntryError
 */
export function createTools(options: ToolsOptions): Tools {
  const dispatcher = createGuardedAgent({
    allowPrivateHosts: options.allowPrivateHosts ?? [],
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  });
  const limits: ToolLimits = {
    dispatcher,
    timeoutMs: options.timeoutMs ?? 30_000,
    maxRedirects: MAX_REDIRECTS,
    maxResponseBytes: options.maxResponseBytes ?? 5 * 1024 * 1024,
  };
  const adapters = createAdapters(limits);
  const atHand = new LRUCache<string, readonly ToolConfig[]>({
    max: MAX_WORKSPACES,
    maxSize: MAX_CHARACTERS,
    ttl: options.staleMs ?? 5_000,
    sizeCalculation: (tools) => JSON.stringify(tools).length,
    fetchMethod: (workspaceId) => options.store.enabled(workspaceId),
  });

  const perform = async (
    tool: ToolConfig,
    params: JsonObject,
    context: BlockContext,
    work: (prepared: PreparedCall) => Promise<JsonValue>,
  ): Promise<JsonObject> => {
    const call = await withSecrets(options.secrets, tool, params, context);
    return shown(call, await work(await adapters.prepare(call)));
  };
  const executor = (tool: ToolConfig): BlockExecutor => ({
    type: tool.blockType,
    sideEffect: tool.sideEffect,
    idempotent: tool.idempotent,
    run: async (params, context) => ({
      output: await perform(tool, params, context, (prepared) => prepared.send()),
    }),
  });
  const describe = async (tool: ToolConfig, context: BlockContext): Promise<OfferedTool> => {
    const told = await adapters.describe(await withSecrets(options.secrets, tool, {}, context));
    return { ...told, executor: executor(tool), runsAll: tool.operation === null };
  };

  return {
    executor,
    describe,
    async offer({ workspaceId, blockType, operation }, context) {
      const tool = toolFor((await atHand.fetch(workspaceId)) ?? [], blockType, operation);
      return tool && describe(tool, context);
    },
    preview: (tool, params, context) =>
      perform(tool, params, context, ({ preview }) => Promise.resolve(preview)),
    async find(workspaceId, blockType, operation) {
      const tool = toolFor((await atHand.fetch(workspaceId)) ?? [], blockType, operation);
      return tool && executor(tool);
    },
    async close() {
      await adapters.close();
      await dispatcher.destroy();
    },
  };
}

/** The adapter's secrets are hidden from reports as those of the block are. */
async function withSecrets(
  store: SecretStore,
  tool: ToolConfig,
  params: JsonObject,
  context: BlockContext,
): Promise<ToolCall> {
  const { adapter, workspaceId } = tool;
  const names = markersOf({ ...adapter, ...(adapter.kind === 'openapi' && { document: null }) });
  const env = names.length === 0 ? {} : await secretsOf(store, tool, names, context);
  const absent = names.filter((name) => !Object.hasOwn(env, name));
  if (absent.length > 0) {
    throw misconfigured(
      { tool, context },
      `it needs the secret ${absent.join(', ')}, which the workspace does not have.`,
    );
  }
  const secrets = [...context.secrets, ...Object.values(env).flatMap(writtenForms)];
  return {
    tool: { id: tool.id, workspaceId, name: tool.name, blockType: tool.blockType },
    adapter,
    operation: operationOf(params) ?? tool.operation,
    params,
    context: { ...context, secrets },
    env,
  };
}

async function secretsOf(
  store: SecretStore,
  { workspaceId, name }: ToolConfig,
  names: readonly string[],
  context: BlockContext,
): Promise<Readonly<Record<string, string>>> {
  try {
    return await store.values(workspaceId, names);
  } catch (cause) {
    const message = `The secrets that the tool "${name}" needs could not be read just now.`;
    throw failure(context, { code: 'secrets_unavailable', message, retryable: true }, cause);
  }
}

function shown({ context }: ToolCall, value: JsonValue): JsonObject {
  try {
    return withoutSecrets(toolOutput(value), context.secrets);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message = 'The answer of the tool is nested too deep.';
    throw failure(context, { code: 'invalid_output', message, retryable: false }, cause);
  }
}

/** A try of a tool, outside of any session. */
export interface ToolTrial {
  readonly params: JsonObject;
  /** Only shows what would be sent. */
  readonly dryRun: boolean;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** What came of a trial. */
export type TrialOutcome =
  | { readonly ok: true; readonly output: JsonObject }
  | { readonly ok: false; readonly error: BlockFailure['error'] };

/** Calls a tool once; what it fails with is part of the outcome. Throws what is no failure of the tool. */
export async function tryTool(
  tools: Tools,
  tool: ToolConfig,
  { params, dryRun, ...trial }: ToolTrial,
): Promise<TrialOutcome> {
  const context = { ...trial, blockName: tool.name, bindings: {}, secrets: [] };
  try {
    if (dryRun) return { ok: true, output: await tools.preview(tool, params, context) };
    const { output } = await tools.executor(tool).run(params, context);
    return { ok: true, output: toolOutput(output) };
  } catch (error) {
    if (error instanceof BlockFailure) return { ok: false, error: error.error };
    if (!trial.signal.aborted) throw error;
    return {
      ok: false,
      error: { code: 'called_off', message: 'It was called off.', retryable: true },
    };
  }
}
