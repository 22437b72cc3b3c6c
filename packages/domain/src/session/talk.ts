import { setOwn, type JsonValue } from '../json.js';
import type { Slot } from '../journey/types.js';
import type { Action, Entity, Intent, Message, Understanding } from '../conversation/types.js';
import { render } from '../conversation/voice/render.js';
import { act, begin, hasEnded, sayEnded } from './commands.js';
import {
  answerConfirmation,
  answerRepair,
  changeAnswers,
  giveValues,
  passOver,
  reask,
  sayWhichChange,
} from './answers.js';
import { answerChoice } from './choices.js';
import { isMessageSlot } from './prompts.js';
import { answerQuestion } from './reports.js';
import { isInterruption } from './evolve.js';
import { stateOf, writes } from './graph.js';
import { pendingQuestion, say, type Step } from './step.js';
import type { Question, RepairQuestion, SlotsQuestion } from './types.js';

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
      repeat(step, before);
      return;
    case 'ask-question':
      if (takesAnyText(step)) {
        answer(step, text, { ...understanding, intent: 'provide-value', entities: [] });
        return;
      }
      answerQuestion(step, text);
      break;
    case 'greet':
      say(step, 'greet');
      // A greeting is no way on: it is said what is.
      isOpen(step);
      break;
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

/** Says again what was said, each thing once; what is still under way is said at the turn's end. */
function repeat(step: Step, before: readonly Message[]): void {
  const byWords = new Map<string, Message>();
  for (const message of before) {
    const words = render(message);
    // Where something was said twice, the later place is its place.
    byWords.delete(words);
    if (message.key !== 'still-working') byWords.set(words, message);
  }
  step.said.push(...byWords.values());
  step.mustPrompt = byWords.size === 0;
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
  if (slot === undefined) act(step, 'back', {});
  else if (isOpen(step)) reask(step, slot);
}

/** True while answers are taken; otherwise it is said why not. */
function isOpen(step: Step): boolean {
  if (hasEnded(step.state)) sayEnded(step);
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
  if (step.state.status === 'not-started') {
    startOn(step, understanding);
    return;
  }
  if (understanding.intent === 'modify-input') {
    modify(step, understanding.entities);
    return;
  }
  const question = pendingQuestion(step.state);
  if (question) answerPending(step, question, text, understanding);
  else say(step, Object.keys(step.state.timers).length > 0 ? 'still-waiting' : 'nothing-asked');
}

/** Only a yes or values start a journey: it is not begun on something else that was heard. */
function startOn(step: Step, { intent, confidence, entities }: Understanding): void {
  const values = slotValues(entities.filter((entity) => !namesSlotAlone(entity)));
  const given = Object.keys(values).length > 0;
  const meant = confidence >= CERTAIN_ENOUGH && (intent === 'confirm' || given);
  if (meant && intent !== 'deny') begin(step, values);
  else say(step, 'ready-to-start');
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
    case 'confirmation': {
      const yes = yesOrNo(understanding);
      if (yes === null) say(step, 'yes-or-no');
      else answerConfirmation(step, question, yes);
      return;
    }
    case 'repair': {
      const option = repairOption(step, question, understanding);
      if (option === null) say(step, 'choose-one');
      else answerRepair(step, question, option);
      return;
    }
    case 'choice': {
      const choice = understanding.entities.find(({ type }) => type === 'choice');
      const certain = understanding.confidence >= CERTAIN_ENOUGH;
      answerChoice(step, question, choice && certain ? choice.value : text.trim());
      return;
    }
    default:
      question satisfies never;
  }
}

/** Null where neither was said for certain. */
function yesOrNo({ intent, confidence }: Understanding): boolean | null {
  if (confidence < CERTAIN_ENOUGH) return null;
  return intent === 'confirm' ? true : intent === 'deny' ? false : null;
}

/** A mere yes does not do again what changes something outside: that is chosen by name. */
function repairOption(
  step: Step,
  question: RepairQuestion,
  understanding: Understanding,
): JsonValue {
  if (understanding.confidence < CERTAIN_ENOUGH) return null;
  if (yesOrNo(understanding) === true) {
    return writes(stateOf(step.graph, question.stateId)) ? null : 'retry';
  }
  return understanding.entities.find(({ type }) => type === 'choice')?.value ?? null;
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
  if (!focus) return;
  if (understanding.intent === 'confirm' || understanding.intent === 'deny') {
    answerSlotWithYes(step, question, focus, yesOrNo(understanding));
  } else {
    giveValues(step, question, { [focus.name]: text });
  }
}

function answerSlotWithYes(
  step: Step,
  question: SlotsQuestion,
  focus: Slot,
  yes: boolean | null,
): void {
  if (yes === null) clarify(step);
  else if (focus.type === 'boolean') giveValues(step, question, { [focus.name]: yes });
  else if (!yes && !focus.required) passOver(step, question);
  else say(step, 'not-yes-or-no', { label: focus.label });
}

function slotValues(entities: readonly Entity[]): Record<string, JsonValue> {
  const values: Record<string, JsonValue> = {};
  for (const { slot, value } of entities) if (slot !== undefined) setOwn(values, slot, value);
  return values;
}

/** "Change the address", "make it 3": to the values named, or to be asked for again. */
function modify(step: Step, entities: readonly Entity[]): void {
  const named = entities.filter(({ slot }) => slot !== undefined);
  const values = slotValues(named.filter((entity) => !namesSlotAlone(entity)));
  const [first] = named;
  if (Object.keys(values).length > 0) changeAnswers(step, values);
  else if (first?.slot !== undefined) reask(step, first.slot);
  else sayWhichChange(step);
}

/** "Change the address" names a slot and gives no value for it. */
function namesSlotAlone({ type, value, slot }: Entity): boolean {
  return type === 'choice' && value === slot;
}
