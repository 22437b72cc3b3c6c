import type { JsonObject } from '../json.js';
import { scopeOf } from './scopes.js';
import { emit, nextId, placeOf, type Place, type Step } from './step.js';

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

/** Has a state begun when the input is dealt with. */
export function enterSoon(step: Step, place: Place, given: JsonObject = {}): void {
  step.agenda.push({ type: 'enter', place: placeOf(place), given });
}
