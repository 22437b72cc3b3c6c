import type { BlockExecutor } from '@sim/engine';
import { apiBlock } from './api.js';
import { callBlock, loopBlock, parallelBlock } from './bodies.js';
import { conditionBlock } from './condition.js';
import { functionBlock } from './function.js';
import { createGuardedAgent } from './http/guarded-agent.js';
import { responseBlock } from './response.js';
import { Sandbox, type SandboxOptions } from './sandbox/sandbox.js';
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
 * Builds the executors of `function`, `condition`, `api`, `variables` and `response`, and of what loops,
 * parallels and calls of child workflows go by.
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
  const executors = [
    functionBlock(sandbox),
    conditionBlock(sandbox),
    api,
    variablesBlock(),
    responseBlock(),
    loopBlock(sandbox),
    parallelBlock(),
    callBlock('workflow'),
    callBlock('workflow_input'),
  ];
  return {
    executors: new Map(executors.map((executor) => [executor.type, executor])),
    async close() {
      await Promise.all([sandbox.close(), dispatcher.destroy()]);
    },
  };
}
