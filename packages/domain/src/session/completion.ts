import type { JsonValue } from '../json.js';
import type { StateId } from '../journey/types.js';
import { hasBody, stateOf, writes, type JourneyGraph } from './graph.js';
import { enterSoon } from './running.js';
import { ROOT_SCOPE, scopeOf, scopesInside, scopesOutwards } from './scopes.js';
import { emit, placeOf, say, type Place, type Step } from './step.js';
import type { RunId, Scope, ScopeId } from './types.js';
import { decideWays, isTaken } from './ways.js';

/** What a state that is done leaves. */
export interface Completion {
  readonly output: JsonValue;
  readonly runId?: RunId | null;
  readonly branchId?: string | null;
  readonly failed?: boolean;
  /** Whether a side effect went with it; where left out, it did if a block that has one ran. */
  readonly effectDone?: boolean;
  readonly durationMs?: number;
  readonly variables?: Record<string, JsonValue> | null;
}

/** Ends a state, decides the ways out of it, and has what became ready begun. */
export function complete(step: Step, place: Place, completion: Completion): void {
  const state = stateOf(step.graph, place.stateId);
  const failed = completion.failed === true;
  const branchId = completion.branchId ?? null;
  const ways = step.graph.outgoing.get(place.stateId) ?? [];
  const taken = ways.filter((way) => isTaken(way, failed, branchId));
  const spread = decideWays(step, place.scopeId, ways, new Set(taken.map(({ id }) => id)));
  if (hasBody(state)) callOffInside(step, place);
  const ran = completion.runId !== undefined && completion.runId !== null;
  emit(step, {
    type: 'node-completed',
    ...placeOf(place),
    runId: completion.runId ?? null,
    output: completion.output,
    branchId,
    effectDone: completion.effectDone ?? (ran && writes(state)),
    failed,
    taken: taken.map(({ id }) => id),
    dead: spread.dead,
    skipped: spread.skipped,
    durationMs: completion.durationMs ?? 0,
    variables: completion.variables ?? null,
  });
  if (state.kind === 'response' && !failed) {
    respond(step, place.scopeId, completion.output);
    return;
  }
  for (const stateId of spread.ready) enterSoon(step, { scopeId: place.scopeId, stateId });
  if (place.scopeId !== ROOT_SCOPE) step.agenda.push({ type: 'settle', scopeId: place.scopeId });
}

/** A response ends the run of its workflow: the journey, or the child that it stands in. */
function respond(step: Step, scopeId: ScopeId, output: JsonValue): void {
  const child = scopesOutwards(step.state, scopeId).find(({ kind }) => kind === 'subjourney');
  if (child) completeChild(step, child, output);
  else finish(step, output);
}

/** Ends the call of a child workflow with what it gave. */
export function completeChild(step: Step, scope: Scope, result: JsonValue): void {
  const child = step.graph.children.get(scope.child ?? '');
  if (!scope.parent) return;
  complete(step, scope.parent, {
    output: { success: true, childWorkflowName: child?.name ?? '', result },
  });
}

/** Ends the journey with its result; what else is under way is called off. */
function finish(step: Step, output: JsonValue): void {
  callOff(step);
  emit(step, { type: 'completed', output });
  say(step, 'completed', { name: step.graph.journey.name, output });
  step.mustPrompt = false;
}

/** Cancels every run and timer that is under way, and the time-out of the whole. */
export function callOff(step: Step): void {
  callOffWhere(step, () => true);
  const { deadline } = step.state;
  if (deadline) step.effects.push({ type: 'cancel-timer', timerId: deadline.id });
}

/** Cancels what is under way inside a state. */
export function callOffInside(step: Step, { scopeId, stateId }: Place): void {
  const inside = scopesInside(step.state, scopeId, new Set([stateId]));
  if (inside.size > 0) callOffWhere(step, (place) => inside.has(place.scopeId));
}

/** Cancels the runs and timers at the places that a test picks. */
export function callOffWhere(step: Step, test: (place: Place) => boolean): void {
  for (const run of Object.values(step.state.runs)) {
    if (test(run)) step.effects.push({ type: 'cancel-run', runId: run.id });
  }
  for (const timer of Object.values(step.state.timers)) {
    if (test(timer)) step.effects.push({ type: 'cancel-timer', timerId: timer.id });
  }
}

/** Ends the journey where nothing is left to do. */
export function finishWhenDone(step: Step): void {
  const { state, graph } = step;
  if (state.status !== 'running') return;
  const busy =
    state.questions.length > 0 || step.runCount > 0 || Object.keys(state.timers).length > 0;
  if (!busy) finish(step, resultOf(graph, scopeOf(state, ROOT_SCOPE)));
}

/** The result of a workflow without a response: the last terminal state's output. */
export function resultOf(graph: JourneyGraph, { order, outputs }: Scope): JsonValue {
  const isLast = (id: StateId) => (graph.outgoing.get(id) ?? []).length === 0;
  const last = order.findLast(isLast) ?? order.at(-1);
  return last === undefined ? null : (outputs[last] ?? null);
}
