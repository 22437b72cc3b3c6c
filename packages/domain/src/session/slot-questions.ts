import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { JourneyState, Slot } from '../journey/types.js';
import type { SlotRefusal } from '../conversation/types.js';
import { acceptValue } from '../conversation/slot-values.js';
import { copy } from './evolve.js';
import { stateOf } from './graph.js';
import { ask, close, emit, nextId, say, type Place, type Step } from './step.js';
import type { SlotsQuestion } from './types.js';

/** Refused answers to one slot after which a way out is offered. */
const PATIENCE = 3;

/** Asks for the slots of a state that the given values leave open. The output, where none is open. */
export function askSlots(
  step: Step,
  place: Place,
  slots: readonly Slot[],
  given: JsonObject,
  focus?: string,
): JsonValue | null {
  const values: Record<string, JsonValue> = {};
  for (const slot of slots) {
    const value = own(given, slot.name);
    if (value === undefined || value === null || slot.name === focus) continue;
    const accepted = acceptValue(slot, value);
    if (accepted.ok) setOwn(values, slot.name, accepted.value);
    else say(step, accepted.refusal.reason, { ...accepted.refusal.params, label: slot.label });
  }
  const state = stateOf(step.graph, place.stateId);
  const asked = namesToAsk(state, slots);
  const next = focus ?? nextFocus(asked, values);
  if (next === null) return slotOutput(state, slots, values);
  ask(step, {
    id: nextId(step, 'qst'),
    ...place,
    kind: 'slots',
    slots,
    values,
    asked: asked.includes(next) ? asked : [next, ...asked],
    focus: next,
    refusals: 0,
  });
  return null;
}

/** A start asks for what it needs; a form is shown to be filled in, so it asks for the rest too. */
function namesToAsk(state: JourneyState, slots: readonly Slot[]): string[] {
  const asked = state.kind === 'form' ? slots : slots.filter(({ required }) => required);
  return asked.map(({ name }) => name);
}

/** The first asked slot that has no value; null when the question is answered. */
function nextFocus(
  asked: readonly string[],
  values: Readonly<Record<string, JsonValue>>,
): string | null {
  return asked.find((name) => own(values, name) === undefined) ?? null;
}

/** Passes over the slot in focus. The state's output, once nothing is open. */
export function passSlot(step: Step, question: SlotsQuestion, slot: string): JsonValue | null {
  const asked = question.asked.filter((name) => name !== slot);
  emit(step, {
    type: 'slot-passed',
    questionId: question.id,
    slot,
    focus: nextFocus(asked, question.values),
  });
  step.mustPrompt = true;
  return settle(step, question);
}

/**
 * Takes values for slots of a question: what fits is kept, what does not is refused with the reason.
 * The state's output, once nothing is open.
 */
export function answerSlots(
  step: Step,
  question: SlotsQuestion,
  given: JsonObject,
): JsonValue | null {
  const accepted: Record<string, JsonValue> = {};
  let refused: string | null = null;
  for (const [name, value] of Object.entries(given)) {
    const slot = question.slots.find((candidate) => candidate.name === name);
    if (!slot) continue;
    const result = acceptValue(slot, value);
    if (result.ok) {
      setOwn(accepted, name, result.value);
    } else {
      refused = name;
      refuse(step, question, slot, result.refusal);
    }
  }
  const values = { ...question.values, ...accepted };
  // The question is the state's own: it changes with the event.
  const asked = copy(question);
  if (Object.keys(accepted).length > 0) {
    emit(step, {
      type: 'slots-filled',
      questionId: question.id,
      values: accepted,
      focus: refused ?? nextFocus(question.asked, values),
    });
    if (refused === null) readBack(step, asked, accepted);
    step.mustPrompt = true;
  }
  return settle(step, question);
}

function refuse(step: Step, question: SlotsQuestion, slot: Slot, refusal: SlotRefusal): void {
  emit(step, {
    type: 'slot-refused',
    questionId: question.id,
    slot: slot.name,
    reason: refusal.reason,
  });
  say(step, refusal.reason, { ...refusal.params, label: slot.label });
  const current = step.state.questions.find(({ id }) => id === question.id);
  if (current?.kind === 'slots' && current.refusals >= PATIENCE) {
    say(step, slot.required ? 'refused-often' : 'refused-often-optional', { label: slot.label });
  }
  step.mustPrompt = true;
}

/** Several values at once, and changed ones, are read back: the person sees what was understood. */
function readBack(step: Step, question: SlotsQuestion, accepted: JsonObject): void {
  const names = Object.keys(accepted);
  const changes = names.some((name) => own(question.values, name) !== undefined);
  if (names.length < 2 && !changes && step.state.config.verbosityLevel !== 'verbose') return;
  say(step, changes ? 'changed' : 'noted', { values: byLabel(question.slots, accepted) });
}

function byLabel(slots: readonly Slot[], values: JsonObject): JsonObject {
  const labelled: Record<string, JsonValue> = {};
  for (const slot of slots) {
    const value = own(values, slot.name);
    if (value !== undefined) setOwn(labelled, slot.label, value);
  }
  return labelled;
}

/** Ends the question once nothing that it needs is open. */
function settle(step: Step, question: SlotsQuestion): JsonValue | null {
  const current = step.state.questions.find(({ id }) => id === question.id);
  if (current?.kind !== 'slots' || current.focus !== null) return null;
  const answered = copy(current);
  close(step, current, 'answered');
  return slotOutput(stateOf(step.graph, question.stateId), answered.slots, answered.values);
}

/** Given values with defaults for the rest; a form's stand under `response` and `submission` too. */
function slotOutput(
  state: JourneyState,
  slots: readonly Slot[],
  given: Readonly<Record<string, JsonValue>>,
): JsonValue {
  const values: Record<string, JsonValue> = {};
  for (const slot of slots) setOwn(values, slot.name, own(given, slot.name) ?? slot.default);
  if (state.kind !== 'form') return values;
  return { response: { ...values }, submission: { ...values }, ...values };
}

/** The values that a start or form state was answered with, taken back out of its output. */
export function answeredValues(slots: readonly Slot[], output: JsonValue | undefined): JsonObject {
  const values: Record<string, JsonValue> = {};
  if (!isJsonObject(output)) return values;
  for (const slot of slots) {
    const value = own(output, slot.name);
    if (value !== undefined && value !== null) setOwn(values, slot.name, value);
  }
  return values;
}
