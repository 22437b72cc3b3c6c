import type { JsonObject, JsonValue } from '../json.js';
import type { Slot } from '../journey/types.js';
import { isInterruption, ROOT_SCOPE, scopeOf } from './evolve.js';
import { stateOf, writes } from './graph.js';
import { askSlots } from './slot-questions.js';
import {
  ask,
  close,
  emit,
  nextId,
  pendingQuestion,
  placeOf,
  say,
  type Place,
  type Step,
} from './step.js';
import type { ConfirmationPurpose, RunId } from './types.js';
import { decideWays, isTaken } from './ways.js';

/**
 * Opens the root scope and enters the journey's first state.
 * @param given values for its slots beside those of the opening
 */
export function startJourney(step: Step, given: JsonObject = {}): void {
  const { initial } = step.graph.journey;
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
  if (initial !== null) enter(step, { scopeId: ROOT_SCOPE, stateId: initial }, given);
}

/** Begins a state whose ways in are all decided: asks, waits or runs, by its kind. */
export function enter(step: Step, place: Place, given: JsonObject = {}): void {
  const state = stateOf(step.graph, place.stateId);
  switch (state.kind) {
    case 'start':
      askFor(step, place, state.slots, { ...step.state.initialInput, ...given });
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
  focus: string | null = null,
): void {
  const output = askSlots(step, place, slots, given, focus);
  if (output !== null) complete(step, place, { output });
}

function needsYes(step: Step, place: Place): boolean {
  if (!writes(stateOf(step.graph, place.stateId))) return false;
  const happened = scopeOf(step.state, place.scopeId).nodes[place.stateId]?.effectDone === true;
  return step.state.config.askForConfirmation || happened;
}

/** Asks for a yes or no. What interrupts takes the place of an earlier interruption. */
export function confirm(step: Step, place: Place, purpose: ConfirmationPurpose): void {
  const id = nextId(step, 'qst');
  const question = { ...placeOf(place), id, kind: 'confirmation', purpose } as const;
  const pending = pendingQuestion(step.state);
  if (pending && isInterruption(pending) && isInterruption(question)) {
    close(step, pending, 'superseded');
  }
  ask(step, question);
}

function startTimer(step: Step, place: Place, delayMs: number): void {
  const fireAt = new Date(Date.parse(step.now) + delayMs).toISOString();
  const timer = { ...placeOf(place), id: nextId(step, 'tmr'), fireAt };
  emit(step, { type: 'timer-set', timer });
  step.effects.push({ type: 'start-timer', timer });
  say(step, 'timer-set', { label: stateOf(step.graph, place.stateId).label, fireAt, delayMs });
}

/** Runs the block of a state; a further attempt keeps the idempotency key of the first. */
export function run(step: Step, place: Place, delayMs = 0): void {
  const node = scopeOf(step.state, place.scopeId).nodes[place.stateId];
  const id = nextId(step, 'run');
  const block = {
    ...placeOf(place),
    id,
    attempt: (node?.attempts ?? 0) + 1,
    idempotencyKey: node?.idempotencyKey ?? `${place.stateId}:${id}`,
  };
  emit(step, { type: 'node-started', ...placeOf(place), run: block });
  step.effects.push({ type: 'run-block', run: block, delayMs });
}

/** What a state that is done leaves. */
export interface Completion {
  readonly output: JsonValue;
  readonly runId?: RunId;
  readonly branchId?: string | null;
  readonly failed?: boolean;
  /** Whether a side effect went with it; where left out, it did if a block that has one ran. */
  readonly effectDone?: boolean;
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
    ...placeOf(place),
    runId: completion.runId ?? null,
    output: completion.output,
    branchId,
    effectDone: completion.effectDone ?? (completion.runId !== undefined && writes(state)),
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
  // In a pause what is under way comes to its end, and nothing begins.
  if (step.state.status === 'paused') return;
  for (const stateId of spread.ready) enter(step, { scopeId: place.scopeId, stateId });
}

/** Ends the journey with its result; what else is under way is called off. */
function finish(step: Step, output: JsonValue): void {
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
  if (busy) return;
  const { order, outputs } = scopeOf(state, ROOT_SCOPE);
  const last = order.findLast((id) => (graph.outgoing.get(id) ?? []).length === 0) ?? order.at(-1);
  finish(step, last === undefined ? null : (outputs[last] ?? null));
}
