import type { StateId } from '../journey/types.js';
import { scopeOf } from './evolve.js';
import { complete, run } from './flow.js';
import { ancestors, asks, stateOf, writes } from './graph.js';
import { ask, emit, nextId, placeOf, type Place, type Step } from './step.js';
import type { BlockError, RunId } from './types.js';

/** Failures that leave open whether the block did its work. */
const UNCERTAIN: ReadonlySet<string> = new Set([
  'timeout',
  'called_off',
  'connection_failed',
  'outcome_unknown',
]);

/** A block failed: it runs again, goes on by its error path, or becomes a question to the person. */
export function fail(
  step: Step,
  place: Place,
  error: BlockError,
  origin: { readonly runId: RunId; readonly durationMs: number },
): void {
  const state = stateOf(step.graph, place.stateId);
  const attempts = scopeOf(step.state, place.scopeId).nodes[place.stateId]?.attempts ?? 1;
  const retry = state.kind === 'tool' ? state.retry : null;
  const again = retry !== null && error.retryable && attempts < retry.maxTries;
  const errorPath = step.graph.outgoing.get(place.stateId)?.some(({ kind }) => kind === 'error');
  const effectDone = writes(state) && UNCERTAIN.has(error.code);
  if (!again && errorPath) {
    complete(step, place, {
      output: { error: error.message, errorCode: error.code },
      failed: true,
      effectDone,
      ...origin,
    });
    return;
  }
  emit(step, { type: 'node-failed', ...placeOf(place), ...origin, error, effectDone });
  if (again) {
    run(step, place, retry.waitBetweenTriesMs);
    return;
  }
  askRepair(step, place, error);
}

/** Asks what is to become of a block that cannot go on. */
export function askRepair(step: Step, place: Place, error: BlockError): void {
  const state = stateOf(step.graph, place.stateId);
  ask(step, {
    ...placeOf(place),
    id: nextId(step, 'qst'),
    kind: 'repair',
    error,
    options: [
      'retry',
      ...(answeredBefore(step, place).length > 0 ? (['change-input'] as const) : []),
      ...(state.kind === 'tool' ? (['skip'] as const) : []),
      'stop',
    ],
  });
}

/** The states with answers of the person that a state builds on, the latest done first. */
export function answeredBefore(step: Step, place: Place): StateId[] {
  const before = ancestors(step.graph, place.stateId);
  return scopeOf(step.state, place.scopeId)
    .order.filter((id) => before.has(id) && asks(stateOf(step.graph, id)))
    .toReversed();
}
