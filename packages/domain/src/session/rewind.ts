import { own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { Slot, StateId } from '../journey/types.js';
import { acceptValue } from '../conversation/slot-values.js';
import { ROOT_SCOPE, scopeOf } from './evolve.js';
import { askFor, confirm } from './flow.js';
import { asks, descendants, stateOf } from './graph.js';
import { answeredValues, byLabel } from './slot-questions.js';
import { emit, say, type Place, type Step } from './step.js';

/** An answer that was given and can be changed. */
export interface AnsweredSlot {
  readonly place: Place;
  readonly slot: Slot;
}

/** Every slot of the states that are done, latest state first. */
export function answeredSlots(step: Pick<Step, 'graph' | 'state'>): AnsweredSlot[] {
  const scope = step.state.scopes[ROOT_SCOPE];
  if (!scope) return [];
  return scope.order.toReversed().flatMap((stateId) => {
    const state = stateOf(step.graph, stateId);
    if (!asks(state)) return [];
    const place = { scopeId: scope.id, stateId };
    return state.slots.map((slot) => ({ place, slot }));
  });
}

/** The latest state that was answered by the person; null where there is none to go back to. */
export function lastAnswered(step: Step): Place | null {
  const scope = step.state.scopes[ROOT_SCOPE];
  const stateId = scope?.order.findLast((id) => asks(stateOf(step.graph, id)));
  return scope && stateId !== undefined ? { scopeId: scope.id, stateId } : null;
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
  if (effectsAfter(step, place).length === 0) rewindTo(step, place, accepted);
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

/** Labels of the states after a place whose side effects have happened. */
export function effectsAfter(step: Pick<Step, 'graph' | 'state'>, place: Place): string[] {
  const scope = scopeOf(step.state, place.scopeId);
  const after = descendants(step.graph, place.stateId);
  return scope.order
    .filter((id) => after.has(id) && scope.nodes[id]?.effectDone === true)
    .map((id) => stateOf(step.graph, id).label);
}

/** Undoes a state and all that follows from it, and asks it again with the answers it had. */
export function rewindTo(step: Step, place: Place, change: Change): void {
  const state = stateOf(step.graph, place.stateId);
  if (!asks(state)) return;
  const scope = scopeOf(step.state, place.scopeId);
  const earlier = answeredValues(state.slots, scope.outputs[place.stateId]);
  const after = descendants(step.graph, place.stateId);
  const reset = [...after].filter((id) => scope.nodes[id] !== undefined);
  callOffAmong(step, place.scopeId, after);
  emit(step, {
    type: 'rewound',
    scopeId: place.scopeId,
    toStateId: place.stateId,
    reset,
    edges: reset.flatMap((id) => (step.graph.outgoing.get(id) ?? []).map((way) => way.id)),
    variables: initialVariables(step),
  });
  const { slot, values } = change;
  const changes = Object.keys(values).length > 0;
  if (changes) say(step, 'changed', { values: byLabel(state.slots, values) });
  const latest = state.slots.findLast(({ name }) => Object.hasOwn(earlier, name))?.name;
  const focus = slot ?? (changes ? null : (latest ?? null));
  askFor(step, place, state.slots, { ...earlier, ...values }, focus);
}

function callOffAmong(step: Step, scopeId: string, states: ReadonlySet<StateId>): void {
  for (const run of Object.values(step.state.runs)) {
    if (run.scopeId === scopeId && states.has(run.stateId)) {
      step.effects.push({ type: 'cancel-run', runId: run.id });
    }
  }
  for (const timer of Object.values(step.state.timers)) {
    if (timer.scopeId === scopeId && states.has(timer.stateId)) {
      step.effects.push({ type: 'cancel-timer', timerId: timer.id });
    }
  }
}

/** The workflow's variables as the author set them. */
export function initialVariables(step: Step): JsonObject {
  return Object.fromEntries(step.graph.journey.variables.map(({ name, value }) => [name, value]));
}

/** Says what will be redone, before it is. */
export function sayRedone(step: Step, place: Place): void {
  const scope = scopeOf(step.state, place.scopeId);
  const after = descendants(step.graph, place.stateId);
  const labels = scope.order
    .filter((id) => id !== place.stateId && after.has(id))
    .filter((id) => stateOf(step.graph, id).kind === 'tool')
    .map((id) => stateOf(step.graph, id).label);
  if (labels.length > 0) say(step, 'will-redo', { steps: labels });
}
