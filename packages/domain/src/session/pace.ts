import { hasBody, stateOf, writes } from './graph.js';
import { scopeOf } from './scopes.js';
import { emit, placeOf, say, type Place, type Step } from './step.js';

/** True before a step for which the opening asked for a pause that has not been taken yet. */
export function isPausePoint({ graph, state }: Step, { scopeId, stateId }: Place): boolean {
  const points = state.execution.pausePoints ?? [];
  if (points.length === 0) return false;
  const { blockId, label } = stateOf(graph, stateId);
  const held = scopeOf(state, scopeId).nodes[stateId]?.held === true;
  return !held && (points.includes(blockId) || points.includes(label));
}

/** Pauses before a step; going on begins it. */
export function holdBefore(step: Step, place: Place): void {
  emit(step, { type: 'pause-point-reached', ...placeOf(place) });
  say(step, 'pause-point', { label: stateOf(step.graph, place.stateId).label });
}

/** True where the person is asked before a step for no other reason than that they want every step. */
export function isAskedFor(step: Step, place: Place): boolean {
  if (step.state.execution.executionMode !== 'step-by-step') return false;
  const { kind } = stateOf(step.graph, place.stateId);
  const asksItself = kind === 'start' || kind === 'form' || kind === 'inputs';
  return !asksItself && !needsYes(step, place);
}

/** A block that acts outside waits for a yes, in any mode where it may have acted before. */
export function needsYes({ graph, state }: Step, { scopeId, stateId }: Place): boolean {
  if (!writes(stateOf(graph, stateId))) return false;
  const { redo, nodes } = scopeOf(state, scopeId);
  const happened = redo === true || nodes[stateId]?.effectDone === true;
  const { config, execution } = state;
  return happened || (config.askForConfirmation && execution.executionMode !== 'autonomous');
}

/** True where a step can be left out: nothing else hangs on its decision. */
export function isDispensable(step: Step, { stateId }: Place): boolean {
  const state = stateOf(step.graph, stateId);
  return state.kind === 'tool' || state.kind === 'timer' || hasBody(state);
}
