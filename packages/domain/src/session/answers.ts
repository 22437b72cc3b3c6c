import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { JourneyState, LoopState, ParallelState, Slot } from '../journey/types.js';
import { answerSlots, passSlot } from './slot-questions.js';
import { isInterruption } from './evolve.js';
import { answeredBefore, askRepair, endFailed } from './failures.js';
import { startBody } from './bodies.js';
import { answerChoice } from './choices.js';
import { callOff, complete } from './completion.js';
import { begin, startJourney } from './flow.js';
import { stateOf } from './graph.js';
import { completeAsked } from './inputs.js';
import {
  answeredSlots,
  ASK_AGAIN,
  goBack,
  initialVariables,
  rewindTo,
  type AnsweredSlot,
  type Change,
} from './rewind.js';
import { isDispensable } from './pace.js';
import { goOn } from './pause.js';
import { run } from './running.js';
import { scopeOf } from './scopes.js';
import { close, emit, pendingQuestion, say, type Place, type Step } from './step.js';
import type {
  BlockError,
  ConfirmationQuestion,
  Question,
  RepairQuestion,
  SlotsQuestion,
} from './types.js';

/** Takes values for the slots of the pending question, by name. */
export function giveValues(step: Step, question: SlotsQuestion, values: JsonObject): void {
  const output = answerSlots(step, question, values);
  if (output !== null) completeAsked(step, question, output);
}

/** Leaves the slot in focus out, where it may be. */
export function passOver(step: Step, question: SlotsQuestion): void {
  const slot = question.slots.find(({ name }) => name === question.focus);
  step.mustPrompt = true;
  if (!slot) return;
  if (slot.required) {
    say(step, 'cannot-skip-slot', { label: slot.label });
    return;
  }
  const output = passSlot(step, question, slot.name);
  if (output !== null) completeAsked(step, question, output);
}

/** Answers a yes-or-no question. */
export function answerConfirmation(step: Step, question: ConfirmationQuestion, yes: boolean): void {
  if (question.purpose.type === 'step' && !yes) {
    hold(step, question);
    return;
  }
  close(step, question, yes ? 'confirmed' : 'denied');
  const { purpose } = question;
  switch (purpose.type) {
    case 'side-effect':
      if (yes) run(step, question);
      else askRepair(step, question, declined(step, question));
      return;
    case 'step':
      begin(step, question);
      return;
    case 'acknowledge':
      if (yes) complete(step, question, { output: { response: {}, submission: {} } });
      else askRepair(step, question, declined(step, question));
      return;
    case 'cancel':
      if (yes) cancel(step);
      else stay(step);
      return;
    case 'restart':
      if (yes) restart(step);
      else stay(step);
      return;
    case 'rewind': {
      const place = { scopeId: question.scopeId, stateId: purpose.toStateId };
      if (yes) rewindInAnyCase(step, place, purpose);
      else say(step, 'left-as-it-was');
      return;
    }
    default:
      purpose satisfies never;
  }
}

/** The step waits for its yes. */
function hold(step: Step, question: ConfirmationQuestion): void {
  const { label } = stateOf(step.graph, question.stateId);
  say(step, 'step-held', { label, dispensable: String(isDispensable(step, question)) });
  step.mustPrompt = false;
}

/** Leaves a step out that waits for its yes. */
export function leaveOut(step: Step, question: ConfirmationQuestion): void {
  const { label } = stateOf(step.graph, question.stateId);
  if (!isDispensable(step, question)) {
    say(step, 'cannot-skip-step', { label });
    return;
  }
  close(step, question, 'skip');
  say(step, 'skipped', { label });
  step.mustPrompt = true;
  complete(step, question, { output: null });
}

/** Who goes back in a pause goes on with it. */
function rewindInAnyCase(step: Step, place: Place, change: Change): void {
  const paused = step.state.status === 'paused';
  if (paused) emit(step, { type: 'resumed' });
  rewindTo(step, place, change);
  if (paused) goOn(step);
}

function stay(step: Step): void {
  say(step, step.state.status === 'paused' ? 'is-paused' : 'going-on');
}

function declined(step: Step, question: ConfirmationQuestion): BlockError {
  const { label } = stateOf(step.graph, question.stateId);
  return { code: 'declined', message: `${label} was not done.`, retryable: true };
}

/** Ends the session on the person's word. */
export function cancel(step: Step): void {
  callOff(step);
  emit(step, { type: 'cancelled' });
  say(step, 'cancelled');
  step.mustPrompt = false;
}

/** Begins again with nothing answered. */
export function restart(step: Step): void {
  callOff(step);
  emit(step, { type: 'restarted', variables: initialVariables(step) });
  say(step, 'restarted');
  startJourney(step);
}

/** Answers what is to become of a failed block; what is no option here is told. */
export function answerRepair(step: Step, question: RepairQuestion, given: JsonValue): void {
  step.mustPrompt = true;
  const option = question.options.find((candidate) => candidate === given);
  switch (option) {
    case undefined:
      say(step, 'not-an-option');
      return;
    case 'change-input':
      changeInput(step, question);
      return;
    case 'retry':
      close(step, question, option);
      retry(step, question);
      return;
    case 'skip':
      close(step, question, option);
      say(step, 'skipped', { label: stateOf(step.graph, question.stateId).label });
      complete(step, question, { output: null });
      return;
    case 'stop':
      endFailed(step, question, question.error);
      return;
    default:
      option satisfies never;
  }
}

function retry(step: Step, question: RepairQuestion): void {
  const state = stateOf(step.graph, question.stateId);
  if (state.kind === 'form') complete(step, question, { output: { response: {}, submission: {} } });
  else if (isBody(state) && !isBegun(step, question)) startBody(step, question, state);
  else run(step, question);
}

function isBody(state: JourneyState): state is LoopState | ParallelState {
  return state.kind === 'loop' || state.kind === 'parallel';
}

/** Its condition failed, not its beginning: only that is tried again. */
function isBegun(step: Step, { scopeId, stateId }: Place): boolean {
  return scopeOf(step.state, scopeId).nodes[stateId]?.progress !== undefined;
}

/** Only answers that the failed block builds on can mend it. */
function changeInput(step: Step, question: RepairQuestion): void {
  const before = answeredBefore(step, question);
  const isBefore = ({ place }: AnsweredSlot) =>
    before.some(({ scopeId, stateId }) => scopeId === place.scopeId && stateId === place.stateId);
  const slots = answeredSlots(step).filter(isBefore);
  const [latest] = before;
  if (latest !== undefined && slots.length === 1) {
    goBack(step, latest, ASK_AGAIN);
  } else {
    say(step, 'which-change', { labels: slots.map(({ slot }) => slot.label) });
  }
}

/** Has an earlier answer asked again: of the pending question, or of a state that is done. */
export function reask(step: Step, name: string): void {
  dropInterruption(step);
  const pending = pendingQuestion(step.state);
  if (pending?.kind === 'slots' && pending.slots.some((slot) => slot.name === name)) {
    refocus(step, pending, name);
    return;
  }
  const found = answeredSlots(step).find(({ slot }) => slot.name === name);
  if (found) goBack(step, found.place, { slot: name, values: {} });
  else sayWhichChange(step);
}

/**
 * Changes earlier answers: those of the pending question, else of the state that was answered last of
 * those meant. One state at a time; what belongs to another is told.
 */
export function changeAnswers(step: Step, values: JsonObject): void {
  const pending = pendingQuestion(step.state);
  const here = pending?.kind === 'slots' ? picked(values, pending.slots) : {};
  const earlier = answeredSlots(step).filter(({ slot }) => Object.hasOwn(values, slot.name));
  if (pending?.kind === 'slots' && Object.keys(here).length > 0) {
    sayLeftAside(step, earlier, here);
    giveValues(step, pending, here);
    return;
  }
  const [latest] = earlier;
  if (!latest) {
    sayWhichChange(step);
    return;
  }
  const { place } = latest;
  const slots = earlier.filter((other) => other.place.stateId === place.stateId);
  const changes = picked(
    values,
    slots.map(({ slot }) => slot),
  );
  sayLeftAside(step, earlier, changes);
  goBack(step, place, { slot: null, values: changes });
}

/** The values that are for one of these slots. */
function picked(values: JsonObject, slots: readonly Slot[]): JsonObject {
  const names = new Set(slots.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

function sayLeftAside(step: Step, meant: readonly AnsweredSlot[], taken: JsonObject): void {
  const rest = meant.filter(({ slot }) => !Object.hasOwn(taken, slot.name));
  const labels = rest.map(({ slot }) => slot.label);
  if (labels.length > 0) say(step, 'left-aside', { labels });
}

/** Asks which of the answers is meant. */
export function sayWhichChange(step: Step): void {
  step.mustPrompt = true;
  const labels = answeredSlots(step).map(({ slot }) => slot.label);
  if (labels.length === 0) say(step, 'nothing-to-change');
  else say(step, 'which-change', { labels });
}

/** Takes a value of the pending question back and asks for it again. */
export function refocus(step: Step, question: SlotsQuestion, name: string): void {
  const values = { [name]: null };
  emit(step, { type: 'slots-filled', questionId: question.id, values, focus: name });
  step.mustPrompt = true;
}

/** What was asked about the session itself is left aside for what the person wants now. */
function dropInterruption(step: Step): void {
  const pending = pendingQuestion(step.state);
  if (pending && isInterruption(pending)) close(step, pending, 'superseded');
}

/** Answers the pending question with data instead of language; what does not fit it is told. */
export function answerWith(step: Step, parameters: JsonObject): void {
  const meant = own(parameters, 'questionId');
  const question = meant === undefined ? pendingQuestion(step.state) : questionOf(step, meant);
  step.mustPrompt = true;
  if (!question) {
    say(step, meant === undefined ? 'nothing-asked' : 'no-longer-asked');
    return;
  }
  const value = own(parameters, 'value') ?? null;
  // Data for slots is not taken for a yes: what it was sent for is no longer asked, or not yet.
  const forSlots = Object.hasOwn(parameters, 'values') || Object.hasOwn(parameters, 'slot');
  if (question.kind === 'slots') {
    answerSlotsBy(step, question, parameters, value);
  } else if (forSlots) {
    say(step, 'not-asked-for');
  } else if (question.kind === 'repair') {
    answerRepair(step, question, own(parameters, 'option') ?? value);
  } else if (question.kind === 'choice') {
    answerChoice(step, question, own(parameters, 'option') ?? value);
  } else if (typeof value === 'boolean') {
    answerConfirmation(step, question, value);
  } else {
    say(step, 'yes-or-no');
  }
}

/** The question that an answer names, wherever it stands among those that are asked. */
function questionOf({ state }: Step, id: JsonValue): Question | null {
  return state.questions.find((question) => question.id === id) ?? null;
}

function answerSlotsBy(
  step: Step,
  question: SlotsQuestion,
  parameters: JsonObject,
  value: JsonValue,
): void {
  const values = own(parameters, 'values');
  const name = own(parameters, 'slot') ?? question.focus;
  if (isJsonObject(values) && Object.keys(values).length > 0) giveValues(step, question, values);
  else if (values === undefined && typeof name === 'string') {
    giveValues(step, question, { [name]: value });
  } else say(step, 'answer-unreadable');
}
