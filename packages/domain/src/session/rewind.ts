import type { JsonObject, JsonValue } from '../json.js';
import type { Slot, StateId } from '../journey/types.js';
import { ROOT_SCOPE, scopeOf } from './evolve.js';
import { askFor, confirm, hasSlots } from './flow.js';
import { descendants, stateOf } from './graph.js';
import { answeredValues } from './slot-questions.js';
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
    if (state.kind !== 'start' && state.kind !== 'form') return [];
    const place = { scopeId: scope.id, stateId };
    return state.slots.map((slot) => ({ place, slot }));
  });
}

/** The latest state that was answered by the person; null where there is none to go back to. */
export function lastAnswered(step: Step): Place | null {
  const scope = step.state.scopes[ROOT_SCOPE];
  const stateId = scope?.order.findLast((id) => hasSlots(stateOf(step.graph, id)));
  return scope && stateId !== undefined ? { scopeId: scope.id, stateId } : null;
}

/** A change of an earlier answer: to this value, or to be asked again. */
export interface Change {
  readonly slot: string | null;
  readonly value: JsonValue;
}

/**
 * Goes back to an answered state. What follows from it is undone and will run again; where side effects
 * have happened on the way, a yes comes first.
 */
export function goBack(step: Step, place: Place, change: Change): void {
  const effects = effectsAfter(step, place);
  if (effects.length === 0) {
    rewindTo(step, place, change);
    return;
  }
  confirm(step, place, { type: 'rewind', toStateId: place.stateId, ...change });
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
  if (state.kind !== 'start' && state.kind !== 'form') return;
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
  const changed = state.slots.find(({ name }) => name === change.slot);
  if (changed && change.value !== null) {
    say(step, 'changed', { values: { [changed.label]: change.value } });
  }
  askFor(step, place, state.slots, ...answersAfter(earlier, change, state.slots));
}

function answersAfter(
  earlier: JsonObject,
  change: Change,
  slots: readonly Slot[],
): [JsonObject, string?] {
  const { slot, value } = change;
  if (slot !== null && value !== null) return [{ ...earlier, [slot]: value }];
  const focus = slot ?? slots.findLast(({ name }) => Object.hasOwn(earlier, name))?.name;
  return focus === undefined ? [earlier] : [earlier, focus];
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
