import {
  createLookup,
  graphOf,
  resolveParams,
  envNames,
  stateOf,
  type BlockRun,
  type Input,
  type Journey,
  type JourneyState,
  type JsonObject,
  type SessionState,
  type UnknownFieldError,
} from '@sim/domain';
import { keptOutput } from './block-output.js';
import { answersFor, findExecutor } from './find-executor.js';
import { BlockFailure, type BlockExecutor, type BlockOutput } from './ports.js';
import { hide, hideDeep, secretsToHide } from './redaction.js';
import { streamOf } from './run-stream.js';
import type { EnginePorts } from './settings.js';
import { TimeLimitError, withinLimit } from './time-limit.js';

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

/** What a block needs of the engine's ports. */
export type BlockPorts = Pick<
  EnginePorts,
  'executors' | 'tools' | 'secrets' | 'clock' | 'log' | 'settings'
> &
  Partial<Pick<EnginePorts, 'bus'>>;

/** Binds a run to its executor. Never rejects: that there is none is told by the outcome. */
export async function prepareBlock(
  ports: BlockPorts,
  site: BlockSite,
  state: SessionState,
  run: BlockRun,
): Promise<BlockCall> {
  const target = stateOf(graphOf(site.journey), run.stateId);
  const type = target.kind === 'fork' ? 'condition' : target.blockType;
  const given = answersFor(target, state, run.scopeId);
  const found = await findExecutor(ports, site.workspaceId, target, given).catch((error: unknown) =>
    toFailure(error),
  );
  const executor = found instanceof BlockFailure ? null : found;
  const names = envNames(target);
  const call = async (signal: AbortSignal): Promise<BlockOutput> => {
    if (found instanceof BlockFailure) throw found;
    if (!executor) throw missingExecutor(target.label, type);
    const env = await readSecrets(ports, site, target, names);
    return runResolved(ports, site, state, { run, executor, env, signal });
  };
  return {
    run,
    external: executor !== null && executor.sideEffect !== 'none',
    outcome: (signal) => settle(ports, run, executor?.idempotent ?? true, () => call(signal)),
  };
}

interface Resolved {
  readonly run: BlockRun;
  readonly executor: BlockExecutor;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

async function runResolved(
  ports: BlockPorts,
  site: BlockSite,
  state: SessionState,
  { run, executor, env, signal }: Resolved,
): Promise<BlockOutput> {
  const target = stateOf(graphOf(site.journey), run.stateId);
  const isBody = target.kind === 'loop' || target.kind === 'parallel';
  const lookup = createLookup(site.journey, state, run.scopeId, env, isBody ? target.id : null);
  const resolved = resolveParams(target, lookup, answersFor(target, state, run.scopeId));
  if (!resolved.ok) throw unresolved(resolved.error);
  const { params, bindings } = resolved.value;
  const { blockTimeoutMs, maxOutputLength } = ports.settings;
  const secrets = secretsToHide(resolved.secrets);
  const said = streamOf(ports, site, run, secrets);
  try {
    const result = await withinLimit(signal, blockTimeoutMs, (limit) =>
      executor.run(params, {
        signal: limit,
        idempotencyKey: `${site.sessionId}:${run.idempotencyKey}`,
        blockName: target.label,
        bindings,
        secrets,
        session: { sessionId: site.sessionId, workspaceId: site.workspaceId },
        ...(said && { stream: said.push }),
      }),
    );
    return keptOutput(result, secrets, maxOutputLength);
  } catch (error) {
    throw redacted(toFailure(error, signal), secrets);
  } finally {
    await said?.end();
  }
}

async function readSecrets(
  ports: BlockPorts,
  { workspaceId }: BlockSite,
  { label }: JourneyState,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  if (names.length === 0) return {};
  try {
    return await ports.secrets.values(workspaceId, names);
  } catch (cause) {
    ports.log.error({ err: cause, workspaceId, names }, 'Secrets could not be read.');
    const message = `The secrets that "${label}" needs could not be read just now.`;
    throw new BlockFailure({ code: 'secrets_unavailable', message, retryable: true }, { cause });
  }
}

function unresolved(error: UnknownFieldError): BlockFailure {
  return new BlockFailure(
    { code: error.code, message: error.message, retryable: false },
    { cause: error },
  );
}

function redacted(failure: BlockFailure, secrets: readonly string[]): BlockFailure {
  if (secrets.length === 0) return failure;
  const { message, details } = failure.error;
  const error = {
    ...failure.error,
    message: hide(message, secrets),
    ...(details && { details: hideDeep(details, secrets) as JsonObject }),
  };
  return new BlockFailure(error, { cause: failure });
}

function toFailure(error: unknown, signal?: AbortSignal): BlockFailure {
  if (error instanceof BlockFailure) return error;
  if (signal?.aborted) {
    return new BlockFailure({ code: 'called_off', message: 'It was called off.', retryable: true });
  }
  if (error instanceof TimeLimitError || isTimeout(error)) {
    return new BlockFailure({ code: 'timeout', message: 'It took too long.', retryable: true });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new BlockFailure({ code: 'block_failed', message, retryable: true }, { cause: error });
}

/** What `AbortSignal.timeout` aborts with, where a block sets a limit of its own. */
function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

/** Types that run once a model is configured, without any tool. */
const BY_MODEL: ReadonlySet<string> = new Set(['agent', 'evaluator']);

function missingExecutor(label: string, type: string): BlockFailure {
  return new BlockFailure({
    code: 'executor_missing',
    message: BY_MODEL.has(type)
      ? 'A language model is needed, and none is configured here.'
      : `There is no tool here that runs "${type}" blocks, which "${label}" needs.`,
    retryable: true,
  });
}

async function settle(
  ports: BlockPorts,
  run: BlockRun,
  repeatable: boolean,
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
    const { error } = toFailure(cause);
    return { type: 'block-failed', runId: run.id, error, durationMs: durationMs(), repeatable };
  }
}
