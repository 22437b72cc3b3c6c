import { own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { JourneyState, JourneyVariable, Slot, StateId } from '../journey/types.js';
import { acceptValue } from '../conversation/slot-values.js';
import { hasActed, scopeOf, scopesInside, scopesOutwards } from './scopes.js';
import { askFor, confirm } from './flow.js';
import { callOffInside, callOffWhere } from './completion.js';
import { asks, descendants, stateOf, writes } from './graph.js';
import { enterSoon } from './running.js';
import { answeredValues, byLabel } from './slot-questions.js';
import { emit, placeOf, say, type Place, type Step } from './step.js';
import type { NodeState, Scope } from './types.js';

/** An answer that was given and can be changed. */
export interface AnsweredSlot {
  readonly place: Place;
  readonly slot: Slot;
}

/** Every slot of the states that are done, latest state first; inner scopes before outer ones. */
export function answeredSlots(step: Pick<Step, 'graph' | 'state'>): AnsweredSlot[] {
  return answeredPlaces(step).flatMap((place) => {
    const state = stateOf(step.graph, place.stateId);
    return asks(state) ? state.slots.map((slot) => ({ place, slot })) : [];
  });
}

function answeredPlaces(step: Pick<Step, 'graph' | 'state'>): Place[] {
  const scopes = Object.values(step.state.scopes).reverse();
  return scopes.flatMap(({ id: scopeId, order }) =>
    order
      .filter((id) => asks(stateOf(step.graph, id)))
      .toReversed()
      .map((stateId) => ({ scopeId, stateId })),
  );
}

/** The latest state that was answered by the person; null where there is none to go back to. */
export function lastAnswered(step: Step): Place | null {
  return answeredPlaces(step)[0] ?? null;
}

/**
 * The latest step that is done, not skipped, whose block has this id or name; null where there is none. Of
 * a block that asked for its inputs first it is the asking.
 */
export function placeNamed({ graph, state }: Step, name: string): Place | null {
  const wanted = name.trim().toLowerCase();
  const isMeant = (stateId: StateId) => {
    const { blockId, label } = stateOf(graph, stateId);
    return blockId === name.trim() || label.toLowerCase() === wanted;
  };
  for (const { id: scopeId, order } of Object.values(state.scopes).reverse()) {
    const found = order.filter(isMeant);
    const stateId = found.findLast((id) => asks(stateOf(graph, id))) ?? found.at(-1);
    if (stateId !== undefined) return { scopeId, stateId };
  }
  return null;
}

/** A change of earlier answers: to these values, or of one that is asked again. */
export interface Change {
  readonly slot: string | null;
  readonly values: JsonObject;
}

/** The latest answer is asked again. */
export const ASK_AGAIN: Change = { slot: null, values: {} };

/**
 * Goes back to an answered state. What follows from it is undone and will run again; where side effects
 * have happened on the way, a yes comes first. A value that does not fit changes nothing.
 */
export function goBack(step: Step, place: Place, change: Change): void {
  const values = acceptedChanges(step, place, change.values);
  step.mustPrompt = true;
  if (values === null) return;
  const accepted = { ...change, values };
  if (lostAfter(step, place).length === 0) rewindTo(step, place, accepted);
  else confirm(step, place, { type: 'rewind', toStateId: place.stateId, ...accepted });
}

/** The values as their slots keep them; null, and why, where one does not fit. */
function acceptedChanges(step: Step, { stateId }: Place, changes: JsonObject): JsonObject | null {
  const state = stateOf(step.graph, stateId);
  const accepted: Record<string, JsonValue> = {};
  for (const slot of asks(state) ? state.slots : []) {
    const value = own(changes, slot.name);
    const result = value === undefined ? null : acceptValue(slot, value);
    if (result?.ok === false) {
      say(step, result.refusal.reason, { ...result.refusal.params, label: slot.label });
      return null;
    }
    if (result) setOwn(accepted, slot.name, result.value);
  }
  return accepted;
}

/**
 * Labels of the states after a place that going back costs something: their side effects have happened, or
 * answers were given inside them, which are not kept.
 */
export function lostAfter(step: Pick<Step, 'graph' | 'state'>, place: Place): string[] {
  const scope = scopeOf(step.state, place.scopeId);
  const after = descendants(step.graph, place.stateId);
  const isBegun = ({ status, inner }: NodeState) => status === 'done' || inner === true;
  const isActing = (id: StateId) =>
    scope.nodes[id]?.status === 'running' && writes(stateOf(step.graph, id));
  const isLost = (id: StateId) => hasActed(step.state, scope, id) || holdsAnswers(step, scope, id);
  return [...after]
    .filter((id) => isActing(id) || (scope.nodes[id] && isBegun(scope.nodes[id]) && isLost(id)))
    .map((id) => stateOf(step.graph, id).label);
}

/** The person has answered something inside a loop, parallel or call. */
function holdsAnswers(
  { graph, state }: Pick<Step, 'graph' | 'state'>,
  scope: Scope,
  id: StateId,
): boolean {
  const node = scope.nodes[id];
  if (node?.inner !== true) return false;
  const isAnswer = (inner: StateId) => asks(stateOf(graph, inner));
  const left = node.echoed ?? (Object.keys(node.progress?.echoedBy ?? {}) as StateId[]);
  if (left.some(isAnswer)) return true;
  const target = stateOf(graph, id);
  if (target.kind === 'subjourney' && node.status === 'done') {
    return (graph.bodies.get(target.calls ?? '') ?? []).some(isAnswer);
  }
  return [...scopesInside(state, scope.id, new Set([id]))].some((inner) =>
    scopeOf(state, inner).order.some(isAnswer),
  );
}

/**
 * Undoes a state and all that follows from it. One that asks is asked again with the answers it had, any
 * other begins again.
 */
export function rewindTo(step: Step, place: Place, change: Change): void {
  const state = stateOf(step.graph, place.stateId);
  const scope = scopeOf(step.state, place.scopeId);
  const earlier = asks(state) ? answeredValues(state.slots, scope.outputs[place.stateId]) : {};
  undo(step, place);
  if (!asks(state)) {
    enterSoon(step, place);
    return;
  }
  const { slot, values } = change;
  const changes = Object.keys(values).length > 0;
  if (changes) say(step, 'changed', { values: byLabel(state.slots, values) });
  const latest = state.slots.findLast(({ name }) => Object.hasOwn(earlier, name))?.name;
  const focus = slot ?? (changes ? null : (latest ?? null));
  step.goesBack = true;
  askFor(step, place, state.slots, { ...earlier, ...values }, focus);
  step.goesBack = false;
}

function undo(step: Step, place: Place): void {
  const scope = scopeOf(step.state, place.scopeId);
  const after = descendants(step.graph, place.stateId);
  const reset = [...after].filter((id) => scope.nodes[id] !== undefined);
  for (const stateId of reset) callOffInside(step, { scopeId: place.scopeId, stateId });
  callOffWhere(step, ({ scopeId, stateId }) => scopeId === place.scopeId && after.has(stateId));
  noteInterrupted(step, place.scopeId, new Set(reset));
  emit(step, {
    type: 'rewound',
    scopeId: place.scopeId,
    toStateId: place.stateId,
    reset,
    edges: reset.flatMap((id) => (step.graph.outgoing.get(id) ?? []).map((way) => way.id)),
    variables: initialVariablesAt(step, place.scopeId),
  });
}

/** What acts outside and is interrupted may have acted: to do it again takes a yes. */
function noteInterrupted(step: Step, scopeId: string, reset: ReadonlySet<StateId>): void {
  const inside = scopesInside(step.state, scopeId, reset);
  for (const run of Object.values(step.state.runs)) {
    const gone = inside.has(run.scopeId) || (run.scopeId === scopeId && reset.has(run.stateId));
    if (!gone || !writes(stateOf(step.graph, run.stateId))) continue;
    emit(step, { type: 'run-called-off', ...placeOf(run), runId: run.id, effectDone: true });
  }
}

/** The workflow's variables as the author set them. */
export function initialVariables(step: Step): JsonObject {
  return valuesOf(step.graph.journey.variables);
}

function initialVariablesAt(step: Step, scopeId: string): JsonObject {
  const called = scopesOutwards(step.state, scopeId).find(({ kind }) => kind === 'subjourney');
  const child = step.graph.children.get(called?.child ?? '');
  return child ? valuesOf(child.variables) : initialVariables(step);
}

function valuesOf(variables: readonly JourneyVariable[]): JsonObject {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** What takes work, or answers within it, to do again. */
const REDONE: ReadonlySet<JourneyState['kind']> = new Set([
  'tool',
  'loop',
  'parallel',
  'subjourney',
]);

/** Says what will be redone, before it is; where that takes a yes, the question says it. */
export function sayRedone(step: Step, place: Place): void {
  if (lostAfter(step, place).length > 0) return;
  const { nodes, order } = scopeOf(step.state, place.scopeId);
  const after = descendants(step.graph, place.stateId);
  const begun = [...after].filter((id) => nodes[id]?.inner === true && !order.includes(id));
  const labels = [...order, ...begun]
    .filter((id) => after.has(id))
    .map((id) => stateOf(step.graph, id))
    .filter(({ kind }) => REDONE.has(kind))
    .map(({ label }) => label);
  const asked = asks(stateOf(step.graph, place.stateId));
  if (labels.length > 0) say(step, asked ? 'will-redo' : 'will-do-again', { steps: labels });
}
