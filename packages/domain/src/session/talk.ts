import { own, setOwn, type JsonValue } from '../json.js';
import type { Action, Entity, Intent, Message, Understanding } from '../conversation/types.js';
import { act, begin, hasEnded } from './commands.js';
import {
  answerConfirmation,
  answerRepair,
  changeAnswer,
  giveValues,
  passOver,
  refocus,
} from './answers.js';
import { isMessageSlot } from './prompts.js';
import { answerQuestion } from './reports.js';
import { isInterruption } from './evolve.js';
import { pendingQuestion, say, type Step } from './step.js';
import type { Question, RepairOption, SlotsQuestion } from './types.js';

/** Below this nothing is done on a guess. */
const CERTAIN_ENOUGH = 0.5;

/**
 * Does what an utterance means where the session stands. Never refuses to answer.
 * @param before what was said last, for "repeat".
 */
export function hear(
  step: Step,
  text: string,
  understanding: Understanding,
  before: readonly Message[],
): void {
  const { intent } = understanding;
  if (isCommand(intent)) {
    if (understanding.confidence < CERTAIN_ENOUGH) clarify(step);
    else act(step, intent, {});
    return;
  }
  switch (intent) {
    case 'back':
      goBackTo(step, understanding);
      return;
    case 'switch-mode':
      act(step, 'switch-mode', { mode: understanding.entities[0]?.value ?? null });
      return;
    case 'repeat':
      step.said.push(...before);
      step.mustPrompt = before.length === 0;
      return;
    case 'ask-question':
      if (takesAnyText(step)) {
        answer(step, text, { ...understanding, intent: 'provide-value', entities: [] });
        return;
      }
      answerQuestion(step, text);
      break;
    case 'greet':
    case 'thank':
    case 'goodbye':
    case 'help':
      say(step, intent, { ended: String(hasEnded(step.state)) });
      break;
    default:
      answer(step, text, understanding);
      return;
  }
  step.mustPrompt = true;
}

function takesAnyText(step: Step): boolean {
  const question = pendingQuestion(step.state);
  if (question?.kind !== 'slots') return false;
  const focus = question.slots.find(({ name }) => name === question.focus);
  return focus !== undefined && isMessageSlot(focus);
}

/** Intents that are commands of the same name and take nothing more. */
const COMMANDS = [
  'start',
  'pause',
  'resume',
  'cancel',
  'skip',
  'retry',
  'restart',
  'status',
  'explain',
] as const satisfies readonly (Intent & Action)[];

function isCommand(intent: Intent): intent is (typeof COMMANDS)[number] {
  return (COMMANDS as readonly Intent[]).includes(intent);
}

function clarify(step: Step): void {
  say(step, 'clarify');
  step.mustPrompt = true;
}

function goBackTo(step: Step, understanding: Understanding): void {
  const slot = understanding.entities.find((entity) => entity.slot !== undefined)?.slot;
  if (slot === undefined || !isOpen(step)) act(step, 'back', {});
  else changeAnswer(step, slot, null);
}

/** True while answers are taken; otherwise it is said why not. */
function isOpen(step: Step): boolean {
  if (hasEnded(step.state)) say(step, 'has-ended', { status: step.state.status });
  else if (step.state.status === 'paused') say(step, 'is-paused');
  else return true;
  return false;
}

function answer(step: Step, text: string, understanding: Understanding): void {
  const first = pendingQuestion(step.state);
  if (first && isInterruption(first)) {
    answerPending(step, first, text, understanding);
    return;
  }
  if (!isOpen(step)) return;
  if (step.state.status === 'not-started') begin(step);
  if (understanding.intent === 'modify-input') {
    modify(step, understanding.entities);
    return;
  }
  const question = pendingQuestion(step.state);
  if (question) answerPending(step, question, text, understanding);
  else say(step, Object.keys(step.state.timers).length > 0 ? 'still-waiting' : 'nothing-asked');
}

function answerPending(
  step: Step,
  question: Question,
  text: string,
  understanding: Understanding,
): void {
  step.mustPrompt = true;
  switch (question.kind) {
    case 'slots':
      answerSlotsWith(step, question, text, understanding);
      return;
    case 'confirmation':
      if (understanding.intent === 'confirm') answerConfirmation(step, question, true);
      else if (understanding.intent === 'deny') answerConfirmation(step, question, false);
      else say(step, 'yes-or-no');
      return;
    case 'repair': {
      const option = repairOption(understanding);
      if (option) answerRepair(step, question, option);
      else say(step, 'choose-one');
      return;
    }
    default:
      question satisfies never;
  }
}

function repairOption(understanding: Understanding): RepairOption | null {
  if (understanding.intent === 'confirm') return 'retry';
  const chosen = understanding.entities.find(({ type }) => type === 'choice')?.value;
  return typeof chosen === 'string' ? (chosen as RepairOption) : null;
}

function answerSlotsWith(
  step: Step,
  question: SlotsQuestion,
  text: string,
  understanding: Understanding,
): void {
  const values = slotValues(understanding.entities);
  if (Object.keys(values).length > 0) {
    giveValues(step, question, values);
    return;
  }
  if (understanding.intent === 'out-of-scope') {
    clarify(step);
    return;
  }
  const focus = question.slots.find(({ name }) => name === question.focus);
  if (understanding.intent === 'deny' && focus && !focus.required) {
    passOver(step, question);
  } else if (understanding.intent === 'confirm' || understanding.intent === 'deny') {
    say(step, 'not-yes-or-no', { label: focus?.label ?? '' });
  } else if (focus) {
    giveValues(step, question, { [focus.name]: text });
  }
}

function slotValues(entities: readonly Entity[]): Record<string, JsonValue> {
  const values: Record<string, JsonValue> = {};
  for (const { slot, value } of entities) if (slot !== undefined) setOwn(values, slot, value);
  return values;
}

/** "Change the address", "make it 3": to each value named, or to be asked for again. */
function modify(step: Step, entities: readonly Entity[]): void {
  const named = entities.filter(({ slot }) => slot !== undefined);
  const question = pendingQuestion(step.state);
  const values = slotValues(named.filter(({ type }) => type !== 'choice'));
  if (question?.kind === 'slots' && named.length > 0) {
    const here = question.slots.filter(({ name }) => own(values, name) !== undefined);
    if (here.length > 0 && here.length === named.length) {
      giveValues(step, question, values);
      return;
    }
    const wanted = named.find(({ slot }) => question.slots.some(({ name }) => name === slot));
    if (wanted?.type === 'choice' && wanted.slot !== undefined && wanted.value === wanted.slot) {
      refocus(step, question, wanted.slot);
      return;
    }
  }
  const first = named[0];
  const again = first?.type === 'choice' && first.value === first.slot;
  changeAnswer(step, first?.slot ?? null, again ? null : (first?.value ?? null));
}
