import type { BlockExecutor, Clock, KnowledgeStore, MemoryStore } from '@sim/engine';
import type { Dispatcher } from 'undici';
import { agentBlock } from './agent/agent.js';
import { apiBlock } from './api.js';
import { callBlock, loopBlock, parallelBlock } from './bodies.js';
import { conditionBlock } from './condition.js';
import { evaluatorBlock } from './evaluator.js';
import { functionBlock } from './function.js';
import { guardrailsBlock } from './guardrails.js';
import { createGuardedAgent } from './http/guarded-agent.js';
import { knowledgeBlock } from './knowledge/knowledge.js';
import { createModel, type Model, type ModelOptions } from './model/model.js';
import { memoryBlock } from './memory.js';
import { responseBlock } from './response.js';
import { routerBlock } from './router.js';
import { Sandbox, type SandboxOptions } from './sandbox/sandbox.js';
import type { Tools } from './tools/tools.js';
import { variablesBlock } from './variables.js';

/** What the built-in blocks may do; every field has a default. */
export interface BlocksOptions {
  /**
   * Hosts that `api` blocks may reach though their address is not public: `host`, `host:port`, an
   * address, or a CIDR. None by default.
   */
  readonly allowPrivateHosts?: readonly string[];
  /** Of one `api` request; 30,000 ms by default. */
  readonly apiTimeoutMs?: number;
  /** Of an answer to an `api` request; 5 MiB by default. */
  readonly maxResponseBytes?: number;
  readonly sandbox?: SandboxOptions;
  /** Lets functions `fetch`, so many requests a run; they cannot by default. */
  readonly functionFetch?: { readonly maxRequests: number } | undefined;
  /** Without it there are no `agent`, `evaluator`, `router` and `router_v2`. */
  readonly model?: ModelOptions | undefined;
  /** Tools of workspaces, which agents may call too; closed by whoever made them. */
  readonly tools?: Pick<Tools, 'offer' | 'describe' | 'executor'>;
  /** What agents remember; without it there is no `memory`. */
  readonly memories?: MemoryStore;
  readonly clock?: Clock;
  /** Without it there is no `knowledge`. */
  readonly knowledge?: KnowledgeStore | undefined;
}

/** The built-in blocks, and what they hold open. */
export interface Blocks {
  /**
   * By block type. A type that is missing has no executor, and the engine says so. Nothing is started
   * before it is needed, and an idle sandbox does not keep the process alive.
   */
  readonly executors: ReadonlyMap<string, BlockExecutor>;
  /** Ends sandbox threads and connections; blocks that still run fail. Idempotent. */
  close(): Promise<void>;
}

const MAX_REDIRECTS = 5;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Builds the executors of `function`, `condition`, `api`, `variables`, `response` and `guardrails`, of what
 * loops, parallels and calls of child workflows go by, with memories that of `memory`, with a store of it that
 * of `knowledge`, and with a model those of `agent`, `evaluator`, `router` and `router_v2`.
 * @throws InvalidAllowListEntryError
 */
export function createBlocks(options: BlocksOptions = {}): Blocks {
  const sandbox = new Sandbox(options.sandbox);
  const dispatcher = createGuardedAgent({
    allowPrivateHosts: options.allowPrivateHosts ?? [],
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  });
  const api = apiBlock({
    dispatcher,
    timeoutMs: options.apiTimeoutMs ?? 30_000,
    maxRedirects: MAX_REDIRECTS,
    maxResponseBytes: options.maxResponseBytes ?? 5 * 1024 * 1024,
  });
  const model = options.model ? createModel(options.model) : null;
  const { memories = null, tools = null, clock = () => new Date() } = options;
  const ours = [
    functionBlock(sandbox, functionFetching(options, dispatcher)),
    conditionBlock(sandbox),
    api,
    variablesBlock(),
    responseBlock(),
    loopBlock(sandbox),
    parallelBlock(),
    callBlock('workflow'),
    callBlock('workflow_input'),
    guardrailsBlock({ sandbox, model }),
    ...(memories === null ? [] : [memoryBlock(memories, clock)]),
    ...(model === null ? [] : modelBlocks(model)),
    ...(options.knowledge ? [knowledgeBlock(options.knowledge, clock)] : []),
  ];
  const executors = new Map(ours.map((executor) => [executor.type, executor]));
  if (model !== null) {
    executors.set('agent', agentBlock({ model, executors, tools, memories, clock }));
  }
  return {
    executors,
    async close() {
      await Promise.all([sandbox.close(), dispatcher.destroy(), model?.close()]);
    },
  };
}

/** What functions may fetch goes through their memory: less than `api` blocks may read. */
const MAX_FETCHED = 1024 * 1024;

function functionFetching(options: BlocksOptions, dispatcher: Dispatcher) {
  if (!options.functionFetch) return null;
  return {
    dispatcher,
    timeoutMs: options.apiTimeoutMs ?? 30_000,
    maxRedirects: MAX_REDIRECTS,
    maxResponseBytes: MAX_FETCHED,
    maxBodyLength: MAX_FETCHED,
    maxRequests: options.functionFetch.maxRequests,
  };
}

function modelBlocks(model: Model): BlockExecutor[] {
  return [evaluatorBlock(model), routerBlock('router', model), routerBlock('router_v2', model)];
}
