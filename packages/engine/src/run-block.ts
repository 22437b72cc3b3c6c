import {
  createLookup,
  graphOf,
  resolveParams,
  envNames,
  stateOf,
  type BlockError,
  type BlockRun,
  type Input,
  type Journey,
  type JsonValue,
  type SessionState,
  type UnknownFieldError,
} from '@sim/domain';
import { BlockFailure, type BlockExecutor, type BlockOutput } from './ports.js';
import type { EnginePorts } from './settings.js';

/** A block about to run, resolved against the session as it stands. */
export interface BlockCall {
  readonly run: BlockRun;
  /** False for blocks that neither read nor change anything outside: they need no journal. */
  readonly external: boolean;
  /** Runs it; failures are part of the outcome, never thrown. */
  readonly outcome: (signal: AbortSignal) => Promise<BlockOutcome>;
}

/** What the journey is told of a run. */
export type BlockOutcome = Extract<Input, { type: 'block-succeeded' | 'block-failed' }>;

/** Where a block runs: the session's ids, for secrets and idempotency keys. */
export interface BlockSite {
  readonly sessionId: string;
  readonly workspaceId: string;
  readonly journey: Journey;
}

/** Binds a run to its executor. */
export function prepareBlock(
  ports: EnginePorts,
  site: BlockSite,
  state: SessionState,
  run: BlockRun,
): BlockCall {
  const target = stateOf(graphOf(site.journey), run.stateId);
  const type = target.kind === 'fork' ? 'condition' : target.blockType;
  const executor = ports.executors.get(type);
  const names = envNames(target);
  const call = async (signal: AbortSignal): Promise<BlockOutput> => {
    if (!executor) throw missingExecutor(target.label, type);
    const env = names.length > 0 ? await ports.secrets.values(site.workspaceId, names) : {};
    return runResolved(ports, site, state, { run, executor, env, signal });
  };
  return {
    run,
    external: executor !== undefined && executor.sideEffect !== 'none',
    outcome: (signal) => settle(ports, run, () => call(signal)),
  };
}

interface Resolved {
  readonly run: BlockRun;
  readonly executor: BlockExecutor;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

async function runResolved(
  ports: EnginePorts,
  site: BlockSite,
  state: SessionState,
  { run, executor, env, signal }: Resolved,
): Promise<BlockOutput> {
  const target = stateOf(graphOf(site.journey), run.stateId);
  const lookup = createLookup(site.journey, state, run.scopeId, env);
  const resolved = resolveParams(target, lookup);
  if (!resolved.ok) throw unresolved(resolved.error);
  const { params, bindings } = resolved.value;
  const secrets = resolved.secrets.filter((value) => value.length >= SHORTEST_SECRET);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ports.settings.blockTimeoutMs)]);
  try {
    const result = await untilAborted(limit, () =>
      executor.run(params, {
        signal: limit,
        idempotencyKey: `${site.sessionId}:${run.idempotencyKey}`,
        blockName: target.label,
        bindings,
        secrets,
      }),
    );
    return { ...result, output: checkedOutput(ports, result.output, secrets) };
  } catch (error) {
    throw redacted(error, secrets, signal);
  }
}

function unresolved(error: UnknownFieldError): BlockFailure {
  return new BlockFailure(
    { code: error.code, message: error.message, retryable: false },
    { cause: error },
  );
}

/** Values too short to be told from ordinary text are not looked for. */
const SHORTEST_SECRET = 4;

async function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

function checkedOutput(
  ports: EnginePorts,
  output: JsonValue,
  secrets: readonly string[],
): JsonValue {
  const text = JSON.stringify(output);
  if (text.length > ports.settings.maxOutputLength) {
    throw new BlockFailure({
      code: 'output_too_large',
      message: `The result is larger than ${ports.settings.maxOutputLength} characters.`,
      retryable: false,
    });
  }
  const clean = hide(
    text,
    secrets.map((secret) => JSON.stringify(secret).slice(1, -1)),
  );
  return clean === text ? output : (JSON.parse(clean) as JsonValue);
}

function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce((result, secret) => result.replaceAll(secret, '***'), text);
}

function redacted(error: unknown, secrets: readonly string[], signal: AbortSignal): BlockFailure {
  const failure = toFailure(error, signal);
  const { message, details } = failure.error;
  const clean = hide(message, secrets);
  if (clean === message && !details) return failure;
  const cleanDetails =
    details && (JSON.parse(hide(JSON.stringify(details), secrets)) as NonNullable<typeof details>);
  return new BlockFailure(
    { ...failure.error, message: clean, ...(cleanDetails && { details: cleanDetails }) },
    { cause: error },
  );
}

function toFailure(error: unknown, signal: AbortSignal): BlockFailure {
  if (error instanceof BlockFailure) return error;
  if (signal.aborted) {
    return new BlockFailure({ code: 'called_off', message: 'It was called off.', retryable: true });
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new BlockFailure({ code: 'timeout', message: 'It took too long.', retryable: true });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new BlockFailure({ code: 'block_failed', message, retryable: true }, { cause: error });
}

function missingExecutor(label: string, type: string): BlockFailure {
  return new BlockFailure({
    code: 'executor_missing',
    message: `There is no tool here that runs "${type}" blocks, which "${label}" needs.`,
    retryable: true,
  });
}

async function settle(
  ports: EnginePorts,
  run: BlockRun,
  work: () => Promise<BlockOutput>,
): Promise<BlockOutcome> {
  const startedAt = ports.clock().getTime();
  const durationMs = () => Math.max(0, ports.clock().getTime() - startedAt);
  try {
    const { output, branchId = null, variables = null } = await work();
    return {
      type: 'block-succeeded',
      runId: run.id,
      output,
      branchId,
      variables,
      durationMs: durationMs(),
    };
  } catch (cause) {
    const error: BlockError = toFailure(cause, NEVER).error;
    return { type: 'block-failed', runId: run.id, error, durationMs: durationMs() };
  }
}

const NEVER = new AbortController().signal;
