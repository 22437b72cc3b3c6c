import { own, type JsonObject } from '../json.js';
import type { Slot } from '../journey/types.js';
import { settle, startBody } from './bodies.js';
import { isInterruption } from './evolve.js';
import { setDeadline } from './deadline.js';
import { stateOf } from './graph.js';
import { completeAsked, givenBefore } from './inputs.js';
import { holdBefore, isAskedFor, isPausePoint, needsYes } from './pace.js';
import { enterSoon, run } from './running.js';
import { inputAt, ROOT_SCOPE } from './scopes.js';
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
import type { ConfirmationPurpose } from './types.js';

/**
 * Opens the root scope and enters the journey's first state.
 * @param given values for its slots beside those of the opening
 */
export function startJourney(step: Step, given: JsonObject = {}): void {
  const { initial } = step.graph.journey;
  setDeadline(step);
  emit(step, {
    type: 'scope-opened',
    scope: {
      id: ROOT_SCOPE,
      kind: 'root',
      parent: null,
      nodes: {},
      edges: {},
      outputs: {},
      order: [],
    },
  });
  if (initial !== null) enterSoon(step, { scopeId: ROOT_SCOPE, stateId: initial }, given);
}

/** Begins what is due, and what that makes due, until nothing is. In a pause nothing begins. */
export function drain(step: Step): void {
  const { agenda } = step;
  // The list grows while it is walked.
  for (const due of agenda) {
    if (step.state.status !== 'running') break;
    if (due.type === 'settle') settle(step, due.scopeId);
    else if (isDue(step, due.place)) enter(step, due.place, due.given);
  }
  agenda.length = 0;
}

/** Its scope is still there, and it has not begun: after a pause it may have been found due twice. */
function isDue(step: Step, { scopeId, stateId }: Place): boolean {
  const scope = own(step.state.scopes, scopeId);
  return scope !== undefined && (scope.nodes[stateId]?.status ?? 'undone') === 'undone';
}

/** Comes to a state whose ways in are all decided: holds before it or begins it. */
function enter(step: Step, place: Place, given: JsonObject): void {
  if (isPausePoint(step, place)) holdBefore(step, place);
  else if (isAskedFor(step, place)) confirm(step, place, { type: 'step' });
  else begin(step, place, given);
}

/** Begins a state: asks, waits or runs, by its kind. */
export function begin(step: Step, place: Place, given: JsonObject = {}): void {
  const state = stateOf(step.graph, place.stateId);
  switch (state.kind) {
    case 'start':
      askFor(step, place, state.slots, { ...inputAt(step.state, place.scopeId), ...given });
      return;
    case 'inputs':
      askFor(step, place, state.slots, givenBefore(step, place, state.slots));
      return;
    case 'form':
      if (state.slots.length > 0) askFor(step, place, state.slots, {});
      else confirm(step, place, { type: 'acknowledge' });
      return;
    case 'timer':
      startTimer(step, place, state.delayMs);
      return;
    case 'loop':
    case 'parallel':
      startBody(step, place, state);
      return;
    case 'fork':
    case 'router':
    case 'subjourney':
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
  if (output !== null) completeAsked(step, place, output);
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
