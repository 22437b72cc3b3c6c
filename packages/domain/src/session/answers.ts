import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import { answerSlots, passSlot } from './slot-questions.js';
import { askRepair, callOff, complete, run, startJourney } from './flow.js';
import { stateOf } from './graph.js';
import { answeredSlots, goBack, initialVariables, lastAnswered, rewindTo } from './rewind.js';
import { close, emit, pendingQuestion, say, type Step } from './step.js';
import type {
  BlockError,
  ConfirmationQuestion,
  RepairOption,
  RepairQuestion,
  SlotsQuestion,
} from './types.js';

/** Takes values for the slots of the pending question, by name. */
export function giveValues(step: Step, question: SlotsQuestion, values: JsonObject): void {
  const output = answerSlots(step, question, values);
  if (output !== null) complete(step, question, { output });
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
  if (output !== null) complete(step, question, { output });
}

/** Answers a yes-or-no question. */
export function answerConfirmation(step: Step, question: ConfirmationQuestion, yes: boolean): void {
  close(step, question, yes ? 'confirmed' : 'denied');
  const { purpose } = question;
  switch (purpose.type) {
    case 'side-effect':
      if (yes) run(step, question);
      else askRepair(step, question, declined(step, question));
      return;
    case 'acknowledge':
      if (yes) complete(step, question, { output: { response: {}, submission: {} } });
      else askRepair(step, question, declined(step, question));
      return;
    case 'cancel':
      if (yes) cancel(step);
      else say(step, 'going-on');
      return;
    case 'restart':
      if (yes) restart(step);
      else say(step, 'going-on');
      return;
    case 'rewind': {
      const { slot, value, toStateId } = purpose;
      const place = { scopeId: question.scopeId, stateId: toStateId };
      if (yes) rewindTo(step, place, { slot, value });
      else say(step, 'left-as-it-was');
      return;
    }
    default:
      purpose satisfies never;
  }
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

/** Answers what is to become of a failed block. */
export function answerRepair(step: Step, question: RepairQuestion, option: RepairOption): void {
  if (!question.options.includes(option)) {
    say(step, 'not-an-option', { option });
    step.mustPrompt = true;
    return;
  }
  if (option === 'change-input') {
    changeInput(step);
    return;
  }
  close(step, question, option);
  if (option === 'retry') {
    retry(step, question);
  } else if (option === 'skip') {
    const { label } = stateOf(step.graph, question.stateId);
    say(step, 'skipped', { label });
    complete(step, question, { output: null });
  } else {
    giveUp(step, question);
  }
}

function retry(step: Step, question: RepairQuestion): void {
  const state = stateOf(step.graph, question.stateId);
  if (state.kind === 'form') complete(step, question, { output: { response: {}, submission: {} } });
  else run(step, question);
}

function giveUp(step: Step, question: RepairQuestion): void {
  const { label } = stateOf(step.graph, question.stateId);
  callOff(step);
  emit(step, {
    type: 'failed',
    error: { ...question.error, stateId: question.stateId, suggestedActions: ['restart'] },
  });
  say(step, 'failed', { label, error: question.error.message });
  step.mustPrompt = false;
}

function changeInput(step: Step): void {
  const place = lastAnswered(step);
  const labels = answeredSlots(step).map(({ slot }) => slot.label);
  if (place && labels.length === 1) goBack(step, place, { slot: null, value: null });
  else say(step, 'which-change', { labels });
}

/** Changes an earlier answer, of the pending question or of a state that is done. */
export function changeAnswer(step: Step, name: string | null, value: JsonValue): void {
  const pending = pendingQuestion(step.state);
  if (pending?.kind === 'slots' && name !== null && pending.slots.some((s) => s.name === name)) {
    if (value === null) refocus(step, pending, name);
    else giveValues(step, pending, { [name]: value });
    return;
  }
  const slots = answeredSlots(step);
  const found = slots.find(({ slot }) => slot.name === name);
  if (found) {
    goBack(step, found.place, { slot: found.slot.name, value });
    return;
  }
  step.mustPrompt = true;
  if (slots.length === 0) say(step, 'nothing-to-change');
  else say(step, 'which-change', { labels: slots.map(({ slot }) => slot.label) });
}

/** Takes a value of the pending question back and asks for it again. */
export function refocus(step: Step, question: SlotsQuestion, name: string): void {
  emit(step, {
    type: 'slots-filled',
    questionId: question.id,
    values: { [name]: null },
    focus: name,
  });
  step.mustPrompt = true;
}

/** Answers the pending question with data instead of language. */
export function answerWith(step: Step, parameters: JsonObject): void {
  const question = pendingQuestion(step.state);
  if (!question) {
    say(step, 'nothing-asked');
    return;
  }
  const value = own(parameters, 'value');
  if (question.kind === 'slots') {
    const values = own(parameters, 'values');
    const name = own(parameters, 'slot') ?? question.focus;
    if (isJsonObject(values)) giveValues(step, question, values);
    else if (typeof name === 'string') giveValues(step, question, { [name]: value ?? null });
  } else if (question.kind === 'confirmation') {
    if (typeof value === 'boolean') answerConfirmation(step, question, value);
    else say(step, 'yes-or-no');
  } else {
    answerRepair(step, question, (own(parameters, 'option') ?? value) as RepairOption);
  }
  step.mustPrompt = true;
}
