import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { JourneyState, Slot } from '../journey/types.js';
import type { SlotRefusal } from '../conversation/types.js';
import { acceptValue } from '../conversation/slot-values.js';
import { stateOf } from './graph.js';
import { inputAt, scopeOf } from './scopes.js';
import { ask, close, emit, nextId, placeOf, say, type Place, type Step } from './step.js';
import type { ExecutionConfig, SlotsQuestion } from './types.js';

/** Refused answers to one slot after which a way out is offered. */
const PATIENCE = 3;

/** Given values by what their slots make of them. */
interface Reading {
  readonly values: Record<string, JsonValue>;
  /** Names of the slots with a value, in their order. */
  readonly given: string[];
  readonly refused: { readonly slot: Slot; readonly refusal: SlotRefusal }[];
}

function read(slots: readonly Slot[], given: JsonObject, longest?: number): Reading {
  const reading: Reading = { values: {}, given: [], refused: [] };
  for (const slot of slots) {
    const value = own(given, slot.name);
    if (value === undefined || value === null) continue;
    const accepted = acceptValue(slot, value, longest);
    if (!accepted.ok) {
      reading.refused.push({ slot, refusal: accepted.refusal });
    } else if (accepted.value !== null) {
      setOwn(reading.values, slot.name, accepted.value);
      reading.given.push(slot.name);
    }
  }
  return reading;
}

/**
 * The slots of a start that given values leave open: needed and absent, or given and refused.
 * @param longest of texts, in characters; where absent, what a person is held to
 */
export function openSlots(slots: readonly Slot[], given: JsonObject, longest?: number): Slot[] {
  const { values, refused } = read(slots, given, longest);
  return slots.filter(
    (slot) =>
      refused.some((other) => other.slot === slot) ||
      (slot.required && !Object.hasOwn(values, slot.name)),
  );
}

/** Why the value that is given for a slot does not fit it; null where it does, or none is given. */
export function refusalOf(slot: Slot, given: JsonObject, longest?: number): SlotRefusal | null {
  return read([slot], given, longest).refused[0]?.refusal ?? null;
}

/** Names of given values that no slot asks for. */
export function unaskedFields(slots: readonly Slot[], given: JsonObject): string[] {
  const asked = new Set(slots.map(({ name }) => name));
  return Object.keys(given).filter((name) => !asked.has(name));
}

/**
 * Asks for the slots of a state that the given values leave open, and for those that they do not fit.
 * The output, where none is open.
 * @param focus a slot to ask in any case; its given value is left aside
 */
export function askSlots(
  step: Step,
  place: Place,
  slots: readonly Slot[],
  given: JsonObject,
  focus: string | null,
): JsonValue | null {
  const state = stateOf(step.graph, place.stateId);
  const others = slots.filter(({ name }) => name !== focus);
  const { refused, ...known } = read(others, given, longestAt(step, place));
  for (const { slot, refusal } of refused) {
    say(step, refusal.reason, { ...refusal.params, label: slot.label });
  }
  const open = refused.map(({ slot }) => slot.name);
  const asked = [
    ...new Set([...namesToAsk(state, slots), ...open, ...(focus === null ? [] : [focus])]),
  ];
  const next = focus ?? nextFocus(asked, known.values);
  if (next === null) return slotOutput(step, place, slots, known.values);
  ask(step, {
    ...placeOf(place),
    id: nextId(step, 'qst'),
    kind: 'slots',
    slots,
    ...known,
    asked,
    focus: next,
    refusals: 0,
  });
  return null;
}

/** What a program passes on may be of any length; undefined for what a person is held to. */
function longestAt(step: Step, { scopeId, stateId }: Place): number | undefined {
  if (stateOf(step.graph, stateId).kind !== 'start') return undefined;
  const { kind } = scopeOf(step.state, scopeId);
  return kind === 'subjourney' ? Infinity : longestStartValue(step.state.execution);
}

/** Of the texts that a session is started with, in characters. */
export function longestStartValue({ unattended }: ExecutionConfig): number | undefined {
  return unattended === true ? Infinity : undefined;
}

/** A start asks for what it needs; a form is shown to be filled in, so it asks for the rest too. */
export function namesToAsk(state: JourneyState, slots: readonly Slot[]): string[] {
  const asked = state.kind === 'form' ? slots : slots.filter(({ required }) => required);
  return asked.map(({ name }) => name);
}

/** The first asked slot that has no value; null when the question is answered. */
export function nextFocus(
  asked: readonly string[],
  values: Readonly<Record<string, JsonValue>>,
): string | null {
  return asked.find((name) => own(values, name) === undefined) ?? null;
}

/** Leaves a slot out. The state's output, once nothing is open. */
export function passSlot(step: Step, question: SlotsQuestion, slot: string): JsonValue | null {
  pass(step, question, [slot], focusAfter(question, {}, [slot]));
  return settle(step, question);
}

function pass(
  step: Step,
  { id: questionId }: SlotsQuestion,
  slots: readonly string[],
  focus: string | null,
): void {
  for (const slot of slots) emit(step, { type: 'slot-passed', questionId, slot, focus });
  step.mustPrompt = true;
}

/** The slot to ask for once some have values and some are left out. */
function focusAfter(
  question: SlotsQuestion,
  accepted: JsonObject,
  passed: readonly string[],
): string | null {
  const asked = question.asked.filter((name) => !passed.includes(name));
  return nextFocus(asked, { ...question.values, ...accepted });
}

/**
 * Takes values for slots of a question: what fits is kept, what does not is refused with the reason,
 * and an optional slot that is given nothing is left out.
 * The state's output, once nothing is open.
 */
export function answerSlots(
  step: Step,
  question: SlotsQuestion,
  given: JsonObject,
): JsonValue | null {
  const accepted: Record<string, JsonValue> = {};
  const passed: string[] = [];
  const unknown: string[] = [];
  let refused: string | null = null;
  for (const [name, value] of Object.entries(given)) {
    const slot = question.slots.find((candidate) => candidate.name === name);
    const result = slot && acceptValue(slot, value);
    if (!slot || !result) {
      unknown.push(name);
    } else if (!result.ok) {
      refused = name;
      refuse(step, question, slot, result.refusal);
    } else if (result.value === null) {
      passed.push(name);
    } else {
      setOwn(accepted, name, result.value);
    }
  }
  if (unknown.length > 0) say(step, 'unknown-slot', { names: unknown });
  const focus = refused ?? focusAfter(question, accepted, passed);
  if (Object.keys(accepted).length > 0) {
    const before = { ...question.values };
    emit(step, { type: 'slots-filled', questionId: question.id, values: accepted, focus });
    if (refused === null) readBack(step, question, before, accepted);
  }
  pass(step, question, passed, focus);
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
  const stuck = current?.kind === 'slots' && current.focus === slot.name;
  if (stuck && current.refusals >= PATIENCE) {
    say(step, slot.required ? 'refused-often' : 'refused-often-optional', { label: slot.label });
  }
  step.mustPrompt = true;
}

/** Several values at once, and changed ones, are read back: the person sees what was understood. */
function readBack(
  step: Step,
  question: SlotsQuestion,
  before: JsonObject,
  accepted: JsonObject,
): void {
  const names = Object.keys(accepted);
  const changes = names.some((name) => Object.hasOwn(before, name));
  if (names.length < 2 && !changes && step.state.config.verbosityLevel !== 'verbose') return;
  say(step, changes ? 'changed' : 'noted', { values: byLabel(question.slots, accepted) });
}

/** Values under the names that people know them by. */
export function byLabel(slots: readonly Slot[], values: JsonObject): JsonObject {
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
  close(step, current, 'answered');
  return slotOutput(step, question, current.slots, current.values);
}

/**
 * Given values with defaults for the rest. A form's stand under `response` and `submission` too; a start
 * passes on what it was given beside them, as Sim does.
 */
function slotOutput(
  step: Step,
  place: Place,
  slots: readonly Slot[],
  given: Readonly<Record<string, JsonValue>>,
): JsonValue {
  const state = stateOf(step.graph, place.stateId);
  const values: Record<string, JsonValue> = {};
  for (const slot of slots) setOwn(values, slot.name, own(given, slot.name) ?? slot.default);
  if (state.kind === 'inputs') return values;
  if (state.kind === 'form')
    return { response: { ...values }, submission: { ...values }, ...values };
  const input = inputAt(step.state, place.scopeId);
  const rest = unaskedFields(slots, input).map((name): [string, JsonValue] => [
    name,
    own(input, name) ?? null,
  ]);
  return { ...Object.fromEntries(rest), ...values };
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
