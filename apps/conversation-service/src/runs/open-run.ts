import { startValueFaults, type Journey, type JsonObject } from '@sim/domain';
import { EngineError, IdempotencyClash, type SessionAnswer } from '@sim/engine';
import { unprocessable, type Principal, type ProblemError } from '@sim/service-kit';
import type { ConversationContext } from '../context.js';
import { madeBefore, repeatableBy, type Repeatable } from '../sessions/repeatable.js';

/** A run that is wanted. */
export interface RunRequest {
  readonly principal: Principal;
  readonly workflowId: string;
  readonly input: JsonObject;
  readonly idempotencyKey: string | undefined;
}

/** A run that is stored, begun or not. */
export interface OpenedRun {
  readonly sessionId: string;
  readonly workspaceId: string;
  /** The same request came before, and its run is under way or over. */
  readonly begun: boolean;
}

/** Nobody is there to read more than that. */
const SILENT = {
  askForConfirmation: false,
  verbosityLevel: 'minimal',
  showProgress: false,
  provideSuggestions: false,
} as const;

/**
 * Stores a run of a workflow, or finds the one that the same request made before.
 * @throws ProblemError `run_input_invalid`
 */
export async function openRun(
  context: ConversationContext,
  request: RunRequest,
): Promise<OpenedRun> {
  const { principal, workflowId, input, idempotencyKey: key } = request;
  const { workspaceId } = principal;
  if (key === undefined) {
    return { workspaceId, sessionId: await create(context, request), begun: false };
  }
  const repeatable = repeatableBy(principal, 'run', { workflowId, input }, key);
  const before = await runBefore(context, repeatable);
  if (before) return before;
  try {
    const sessionId = await create(context, request, repeatable);
    return { workspaceId, sessionId, begun: false };
  } catch (error) {
    // The same request came at the same time and was first.
    const first = error instanceof IdempotencyClash && (await runBefore(context, repeatable));
    if (first) return first;
    throw error;
  }
}

async function runBefore(
  { sessions }: ConversationContext,
  repeatable: Repeatable,
): Promise<OpenedRun | null> {
  const before = await madeBefore(sessions, repeatable);
  if (!before) return null;
  const { sessionId, workspaceId, leaseOwner, state } = before.record;
  return { sessionId, workspaceId, begun: leaseOwner !== null || state.status !== 'not-started' };
}

async function create(
  { engine, journeyService }: ConversationContext,
  { principal: { userId, workspaceId }, workflowId, input }: RunRequest,
  repeatable?: Repeatable,
): Promise<string> {
  const { journey } = await journeyService.current(workflowId, workspaceId);
  refuseUnfit(journey, input);
  const { sessionId } = await engine.open({
    workflowId,
    journey,
    userId,
    workspaceId,
    initialInput: input,
    config: SILENT,
    execution: { unattended: true },
    mode: 'visual',
    ...(repeatable && {
      sessionId: repeatable.sessionId,
      idempotency: repeatable.idempotency,
    }),
  });
  return sessionId;
}

function refuseUnfit(journey: Journey, input: JsonObject): void {
  const faults = startValueFaults(journey, input);
  if (faults.length > 0)
    throw unfit(faults.map(({ name, message }) => ({ path: `input.${name}`, message })));
}

function unfit(errors: readonly { path: string; message: string }[]): ProblemError {
  const [first] = errors;
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const detail = `${first?.path ?? 'input'}: ${first?.message ?? ''}${rest} Nothing was run.`;
  return unprocessable('run_input_invalid', detail, { errors });
}

/** In no key of a client. */
const START_KEY = 'run start';

/**
 * Begins a run that has not begun; where it has, that is left to whoever holds it.
 * @returns how it stands when it waits, has ended, or after `replyWithinMs`
 */
export async function beginRun(
  { engine, turnMetrics }: Pick<ConversationContext, 'engine' | 'turnMetrics'>,
  { sessionId, workspaceId, begun }: OpenedRun,
  replyWithinMs: number,
): Promise<SessionAnswer> {
  if (begun) return engine.view(sessionId, workspaceId);
  const observe = turnMetrics.begin();
  try {
    const answer = await engine.command({
      sessionId,
      workspaceId,
      input: { kind: 'act', action: 'start', parameters: {} },
      idempotencyKey: START_KEY,
      replyWithinMs,
    });
    observe.answered(answer);
    return answer.state;
  } catch (error) {
    observe.failed('start', error);
    // The same request came at the same time, and its blocks are at work.
    const underWay = error instanceof EngineError && error.code === 'session_busy';
    if (underWay) return engine.view(sessionId, workspaceId);
    throw error;
  }
}
