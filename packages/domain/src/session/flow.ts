import type { JsonObject, JsonValue } from '../json.js';
import type { JourneyState, Slot, StateId, Transition, TransitionId } from '../journey/types.js';
import { ROOT_SCOPE, scopeOf } from './evolve.js';
import { stateOf } from './graph.js';
import { askSlots } from './slot-questions.js';
import { arrive, ask, emit, nextId, say, type Place, type Step } from './step.js';
import type { BlockError, ConfirmationPurpose, ScopeId } from './types.js';

/** Opens the root scope and enters the journey's first state. */
export function startJourney(step: Step): void {
  const { initial } = step.graph.journey;
  if (initial === null) return;
  emit(step, {
    type: 'scope-opened',
    scope: {
      id: ROOT_SCOPE,
      kind: 'root',
      parent: null,
      locals: {},
      nodes: {},
      edges: {},
      outputs: {},
      order: [],
    },
  });
  enter(step, { scopeId: ROOT_SCOPE, stateId: initial });
}

/** Begins a state whose ways in are all decided: asks, waits or runs, by its kind. */
export function enter(step: Step, place: Place): void {
  const state = stateOf(step.graph, place.stateId);
  switch (state.kind) {
    case 'start':
      askFor(step, place, state.slots, step.state.initialInput);
      return;
    case 'form':
      if (state.slots.length > 0) askFor(step, place, state.slots, {});
      else confirm(step, place, { type: 'acknowledge' });
      return;
    case 'timer':
      startTimer(step, place, state.delayMs);
      return;
    case 'fork':
    case 'response':
      run(step, place);
      return;
    case 'tool':
      if (needsYes(step, place)) confirm(step, place, { type: 'side-effect' });
      else run(step, place);
      return;
    default:
      state satisfies never;
  }
}

/** Asks for slots, and goes on at once where the given values leave nothing open. */
export function askFor(
  step: Step,
  place: Place,
  slots: readonly Slot[],
  given: JsonObject,
  focus?: string,
): void {
  const output = askSlots(step, place, slots, given, focus);
  if (output !== null) complete(step, place, { output });
}

function needsYes(step: Step, place: Place): boolean {
  const state = stateOf(step.graph, place.stateId);
  if (state.kind !== 'tool' || state.sideEffect !== 'write') return false;
  const happened = scopeOf(step.state, place.scopeId).nodes[place.stateId]?.effectDone === true;
  return step.state.config.askForConfirmation || happened;
}

/** Asks for a yes or no. */
export function confirm(step: Step, place: Place, purpose: ConfirmationPurpose): void {
  ask(step, { id: nextId(step, 'qst'), ...place, kind: 'confirmation', purpose });
}

function startTimer(step: Step, place: Place, delayMs: number): void {
  const fireAt = new Date(Date.parse(step.now) + delayMs).toISOString();
  const timer = { id: nextId(step, 'tmr'), ...place, fireAt };
  emit(step, { type: 'timer-set', timer });
  step.effects.push({ type: 'start-timer', timer });
  say(step, 'timer-set', { label: stateOf(step.graph, place.stateId).label, fireAt, delayMs });
}

/** Runs the block of a state; a further attempt keeps the idempotency key of the first. */
export function run(step: Step, place: Place, delayMs = 0): void {
  const node = scopeOf(step.state, place.scopeId).nodes[place.stateId];
  const id = nextId(step, 'run');
  const block = {
    id,
    ...place,
    attempt: (node?.attempts ?? 0) + 1,
    idempotencyKey: node?.idempotencyKey ?? `${place.stateId}:${id}`,
  };
  emit(step, { type: 'node-started', ...place, run: block });
  step.effects.push({ type: 'run-block', run: block, delayMs });
}

/** What a state that is done leaves. */
export interface Completion {
  readonly output: JsonValue;
  readonly runId?: `run_${string}`;
  readonly branchId?: string | null;
  readonly failed?: boolean;
  readonly durationMs?: number;
  readonly variables?: JsonObject | null;
}

/** Ends a state, decides the ways out of it, and enters what has become ready. */
export function complete(step: Step, place: Place, completion: Completion): void {
  const state = stateOf(step.graph, place.stateId);
  const failed = completion.failed === true;
  const branchId = completion.branchId ?? null;
  const ways = step.graph.outgoing.get(place.stateId) ?? [];
  const taken = ways.filter((way) => isTaken(way, failed, branchId));
  const spread = decideWays(step, place.scopeId, ways, new Set(taken.map(({ id }) => id)));
  emit(step, {
    type: 'node-completed',
    ...place,
    runId: completion.runId ?? null,
    output: completion.output,
    branchId,
    effectDone: state.kind === 'tool' && state.sideEffect === 'write',
    failed,
    taken: taken.map(({ id }) => id),
    dead: spread.dead,
    skipped: spread.skipped,
    durationMs: completion.durationMs ?? 0,
    variables: completion.variables ?? null,
  });
  if (state.kind === 'response' && !failed) {
    finish(step, completion.output);
    return;
  }
  for (const stateId of spread.ready) enter(step, { scopeId: place.scopeId, stateId });
}

function isTaken(way: Transition, failed: boolean, branchId: string | null): boolean {
  if (way.kind === 'error') return failed;
  if (failed) return false;
  return way.kind === 'next' || way.branchId === branchId;
}

interface Spread {
  readonly dead: TransitionId[];
  readonly skipped: StateId[];
  readonly ready: StateId[];
}

/**
 * Spreads what is decided: a state is ready when all its ways in are decided and one is taken; it is
 * skipped when none is, and then its own ways out are dead too.
 */
function decideWays(
  step: Step,
  scopeId: ScopeId,
  ways: readonly Transition[],
  taken: ReadonlySet<TransitionId>,
): Spread {
  const spread: Spread = { dead: [], skipped: [], ready: [] };
  const open = [...ways];
  for (let way = open.pop(); way !== undefined; way = open.pop()) {
    const live = taken.has(way.id);
    if (!live) spread.dead.push(way.id);
    const arrivals = arrive(step, scopeId, way.to, live);
    if (arrivals.undecided > 0) continue;
    if (arrivals.live) {
      spread.ready.push(way.to);
    } else {
      spread.skipped.push(way.to);
      open.push(...(step.graph.outgoing.get(way.to) ?? []));
    }
  }
  const { position } = step.graph;
  spread.ready.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  return spread;
}

/** A block failed: it runs again, goes on by its error path, or becomes a question to the person. */
export function fail(
  step: Step,
  place: Place,
  error: BlockError,
  origin: { readonly runId: `run_${string}` | null; readonly durationMs: number },
): void {
  const state = stateOf(step.graph, place.stateId);
  const attempts = scopeOf(step.state, place.scopeId).nodes[place.stateId]?.attempts ?? 1;
  const retry = state.kind === 'tool' ? state.retry : null;
  const again = retry !== null && error.retryable && attempts < retry.maxTries;
  const errorPath = step.graph.outgoing.get(place.stateId)?.some(({ kind }) => kind === 'error');
  if (!again && errorPath) {
    const { runId, durationMs } = origin;
    complete(step, place, {
      output: { error: error.message, errorCode: error.code },
      failed: true,
      durationMs,
      ...(runId && { runId }),
    });
    return;
  }
  emit(step, { type: 'node-failed', ...place, ...origin, error });
  if (again) {
    run(step, place, retry.waitBetweenTriesMs);
    return;
  }
  askRepair(step, place, error);
}

/** Asks what is to become of a block that cannot go on. */
export function askRepair(step: Step, place: Place, error: BlockError): void {
  const state = stateOf(step.graph, place.stateId);
  const { order } = scopeOf(step.state, place.scopeId);
  const answered = order.some((id) => hasSlots(stateOf(step.graph, id)));
  ask(step, {
    id: nextId(step, 'qst'),
    ...place,
    kind: 'repair',
    error,
    options: [
      'retry',
      ...(answered ? (['change-input'] as const) : []),
      ...(state.kind === 'tool' ? (['skip'] as const) : []),
      'stop',
    ],
  });
}

/** True for states that ask the person for values. */
export function hasSlots(state: JourneyState): boolean {
  return (state.kind === 'start' || state.kind === 'form') && state.slots.length > 0;
}

/** Ends the journey with its result; what else is under way is called off. */
export function finish(step: Step, output: JsonValue): void {
  callOff(step);
  emit(step, { type: 'completed', output });
  say(step, 'completed', { name: step.graph.journey.name, output });
  step.mustPrompt = false;
}

/** Cancels every run and timer that is under way. */
export function callOff(step: Step): void {
  for (const runId of Object.keys(step.state.runs)) {
    step.effects.push({ type: 'cancel-run', runId: runId as `run_${string}` });
  }
  for (const timerId of Object.keys(step.state.timers)) {
    step.effects.push({ type: 'cancel-timer', timerId: timerId as `tmr_${string}` });
  }
}

/** Ends the journey where nothing is left to do: its result is the last terminal state's output. */
export function finishWhenDone(step: Step): void {
  const { state, graph } = step;
  if (state.status !== 'running') return;
  const busy =
    state.questions.length > 0 || step.runCount > 0 || Object.keys(state.timers).length > 0;
  const root = state.scopes[ROOT_SCOPE];
  if (busy || !root) return;
  const last =
    root.order.findLast((id) => (graph.outgoing.get(id) ?? []).length === 0) ?? root.order.at(-1);
  finish(step, last === undefined ? null : (root.outputs[last] ?? null));
}
