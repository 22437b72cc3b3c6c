import type { JourneyState } from '../journey/types.js';
import type { RetryPolicy } from '../workflow/types.js';
import { scopeOf, scopesOutwards } from './scopes.js';
import { callOff, callOffInside, complete } from './completion.js';
import { run } from './running.js';
import { ancestors, asks, hasBody, stateOf, writes } from './graph.js';
import { ask, emit, nextId, placeOf, say, type Place, type Step } from './step.js';
import type { BlockError, RunId } from './types.js';

/** Failures that leave open whether the block did its work. */
const UNCERTAIN: ReadonlySet<string> = new Set([
  'timeout',
  'called_off',
  'connection_failed',
  'outcome_unknown',
]);

/** Where a failure comes from: a run, or what stands inside a state. */
export interface Origin {
  readonly runId: RunId | null;
  readonly durationMs: number;
  /** False where running it again may do again what it did; true where left out. */
  readonly repeatable?: boolean;
}

/**
 * A block failed: it runs again, goes on by its error path or that of a loop, parallel or call around it,
 * or becomes a question to the person.
 */
export function fail(
  step: Step,
  place: Place,
  error: BlockError,
  { repeatable, ...origin }: Origin,
): void {
  const state = stateOf(step.graph, place.stateId);
  const effectDone = mayHaveActed(state, error);
  // What may have been done already is done again on the person's word alone.
  const retry = effectDone && repeatable === false ? null : retryOf(step, place, error);
  if (retry === null && hasErrorWay(step, place)) {
    complete(step, place, {
      output: { error: error.message, errorCode: error.code },
      failed: true,
      ...(effectDone && { effectDone }),
      ...origin,
    });
    return;
  }
  callOffInside(step, place);
  emit(step, { type: 'node-failed', ...placeOf(place), ...origin, error, effectDone });
  if (retry !== null) {
    run(step, place, pauseBefore(step, place, retry));
    return;
  }
  const outer = catcherOf(step, place, error);
  if (outer) fail(step, outer, error, { runId: null, durationMs: 0 });
  else askRepair(step, place, error);
}

/** True where a block that acts outside may have done so though it failed. */
export function mayHaveActed(state: JourneyState, { code }: BlockError): boolean {
  return writes(state) && UNCERTAIN.has(code);
}

/** No pause between two tries is doubled beyond this. */
const LONGEST_PAUSE_MS = 60_000;

/** The author's pause before the second try, doubled before each further one. */
function pauseBefore(
  step: Step,
  { scopeId, stateId }: Place,
  { waitBetweenTriesMs }: RetryPolicy,
): number {
  const attempts = scopeOf(step.state, scopeId).nodes[stateId]?.attempts ?? 1;
  const doubled = waitBetweenTriesMs * 2 ** Math.min(attempts - 1, 20);
  return Math.max(waitBetweenTriesMs, Math.min(doubled, LONGEST_PAUSE_MS));
}

/** The author's retry, while it has a try left. */
function retryOf(step: Step, { scopeId, stateId }: Place, error: BlockError): RetryPolicy | null {
  const state = stateOf(step.graph, stateId);
  const retry = 'retry' in state ? state.retry : null;
  const attempts = scopeOf(step.state, scopeId).nodes[stateId]?.attempts ?? 1;
  return retry !== null && error.retryable && attempts < retry.maxTries ? retry : null;
}

function hasErrorWay(step: Step, { stateId }: Place): boolean {
  return (step.graph.outgoing.get(stateId) ?? []).some(({ kind }) => kind === 'error');
}

/** The nearest state around a place that goes on by itself after a failure inside it. */
function catcherOf(step: Step, place: Place, error: BlockError): Place | null {
  const around = scopesOutwards(step.state, place.scopeId).flatMap(({ parent }) => parent ?? []);
  return (
    around.find((outer) => hasErrorWay(step, outer) || retryOf(step, outer, error) !== null) ?? null
  );
}

/** Ends the session: a block cannot go on, and nothing else is to become of it. */
export function endFailed(step: Step, { stateId }: Place, error: BlockError): void {
  const { label } = stateOf(step.graph, stateId);
  callOff(step);
  emit(step, { type: 'failed', error: { ...error, stateId, suggestedActions: ['restart'] } });
  say(step, 'failed', { label, error: error.message });
  step.mustPrompt = false;
}

/** Asks what is to become of a block that cannot go on. In a run that nobody talks to, that is its end. */
export function askRepair(step: Step, place: Place, error: BlockError): void {
  if (isUnattended(step) && !ASKED_IN_ANY_CASE.has(error.code)) {
    endFailed(step, place, error);
    return;
  }
  const state = stateOf(step.graph, place.stateId);
  ask(step, {
    ...placeOf(place),
    id: nextId(step, 'qst'),
    kind: 'repair',
    error,
    options: [
      'retry',
      ...(answeredBefore(step, place).length > 0 ? (['change-input'] as const) : []),
      ...(state.kind === 'tool' || hasBody(state) ? (['skip'] as const) : []),
      'stop',
    ],
  });
}

/** Only a person can tell whether it happened, or said themselves that it shall not. */
const ASKED_IN_ANY_CASE: ReadonlySet<string> = new Set(['outcome_unknown', 'declined']);

/** Once it is talked to, its failures are questions as anywhere. */
function isUnattended({ state: { execution, mode } }: Step): boolean {
  return execution.unattended === true && mode === 'visual';
}

/** The places with answers of the person that a state builds on, the latest done first. */
export function answeredBefore(step: Step, place: Place): Place[] {
  let within = place.stateId;
  return scopesOutwards(step.state, place.scopeId).flatMap(({ id: scopeId, order, parent }) => {
    // From a child workflow no way leads to its call: that builds on what came before it all the same.
    const before = ancestors(step.graph, within);
    within = parent?.stateId ?? within;
    return order
      .filter((id) => before.has(id) && asks(stateOf(step.graph, id)))
      .toReversed()
      .map((stateId) => ({ scopeId, stateId }));
  });
}
