import type { JsonObject, JsonValue } from '../json.js';
import type { FormState, JourneyState, Slot } from '../journey/types.js';
import type { Message } from '../conversation/types.js';
import type { MessageKey } from '../conversation/voice/en.js';
import { createLookup, resolveText, resolveValue } from '../expressions/index.js';
import { sayItem } from './bodies.js';
import { isInterruption } from './evolve.js';
import { mayHaveActed } from './failures.js';
import { stateOf, type JourneyGraph } from './graph.js';
import { lostAfter } from './rewind.js';
import { scopesOutwards } from './scopes.js';
import { pendingQuestion, say, type Step } from './step.js';
import type {
  BlockError,
  ConfirmationQuestion,
  Question,
  RepairOption,
  SessionState,
  SlotsQuestion,
} from './types.js';

/** How the ways out of a failure are called. */
export const REPAIR_LABELS: Readonly<Record<RepairOption, string>> = {
  retry: 'try again',
  'change-input': 'change an input',
  skip: 'skip it',
  stop: 'stop',
};

/** Failures that are not put as something that did not work. */
const REPAIR_KEYS: ReadonlyMap<string, MessageKey> = new Map([
  ['declined', 'ask-declined'],
  ['outcome_unknown', 'ask-unknown'],
]);

/** Puts the pending question. */
export function prompt(step: Step): void {
  const question = pendingQuestion(step.state);
  if (!question || !(step.state.status === 'running' || isInterruption(question))) return;
  sayBranch(step, question);
  if (isShown(question)) step.said.push(...display(step, question));
  const { key, params } = promptFor(step.graph, step.state, question);
  say(step, key, params);
}

/** Questions from the branches of a parallel come one after another: which it is about is said. */
function sayBranch(step: Step, { scopeId }: Question): void {
  for (const { kind, parent, index } of scopesOutwards(step.state, scopeId).reverse()) {
    if (kind === 'branch' && parent && index !== undefined) {
      sayItem(step, parent, index, 'about-item');
    }
  }
}

/** What a form shows stands before its first question, and before each time it is to be acknowledged. */
function isShown(question: Question): boolean {
  if (question.kind === 'confirmation') return question.purpose.type === 'acknowledge';
  return question.kind === 'slots' && question.given.length === 0 && question.refusals === 0;
}

/** How the question is put, as one message. */
export function promptFor(graph: JourneyGraph, state: SessionState, question: Question): Message {
  const { label, description } = stateOf(graph, question.stateId);
  switch (question.kind) {
    case 'slots':
      return askSlot(question, stateOf(graph, question.stateId));
    case 'confirmation':
      return askYes(graph, state, question);
    case 'repair':
      return {
        key: repairKey(stateOf(graph, question.stateId), question.error),
        params: {
          label,
          description: description ?? '',
          error: question.error.message,
          options: question.options.map((option) => REPAIR_LABELS[option]),
        },
      };
    case 'choice':
      return {
        key: 'ask-choice',
        params: {
          label,
          description: description ?? '',
          options: question.options.map((option) => option.label),
        },
      };
    default:
      return question satisfies never;
  }
}

function repairKey(state: JourneyState, error: BlockError): MessageKey {
  const known = REPAIR_KEYS.get(error.code);
  return known ?? (mayHaveActed(state, error) ? 'ask-uncertain' : 'ask-repair');
}

function askSlot(question: SlotsQuestion, state: JourneyState): Message {
  const slot = question.slots.find(({ name }) => name === question.focus) ?? question.slots[0];
  if (!slot) return { key: 'ask-slot', params: {} };
  if (isMessageSlot(slot)) return { key: 'ask-message', params: {} };
  return {
    key: slot.required ? 'ask-slot' : 'ask-optional-slot',
    params: { ...slotParams(slot), ...purposeOf(state) },
  };
}

/** What a block lacks is asked for it by name: its parameter alone tells a person little. */
function purposeOf({ kind, label }: JourneyState): JsonObject {
  return kind === 'inputs' ? { purpose: label } : {};
}

/** The one text that a chat starts with: whatever is said is it, a question too. */
export function isMessageSlot({ name, type, description }: Slot): boolean {
  return name === 'input' && type === 'string' && !description;
}

function slotParams(slot: Slot): JsonObject {
  return {
    label: slot.label,
    description: slot.description ?? '',
    expected: slot.options ? 'option' : (slot.format ?? slot.type),
    options: slot.options?.map(({ label }) => label) ?? [],
    default: slot.default,
  };
}

function askYes(graph: JourneyGraph, state: SessionState, question: ConfirmationQuestion): Message {
  const { label, description } = stateOf(graph, question.stateId);
  const { purpose } = question;
  if (purpose.type === 'rewind') {
    const place = { scopeId: question.scopeId, stateId: purpose.toStateId };
    return { key: 'confirm-rewind', params: { steps: lostAfter({ graph, state }, place) } };
  }
  const redo = purpose.type === 'side-effect' && isDoneBefore(state, question);
  return {
    key: redo ? 'confirm-redo' : `confirm-${purpose.type}`,
    params: { label, description: description ?? '' },
  };
}

function isDoneBefore(state: SessionState, { scopeId, stateId }: ConfirmationQuestion): boolean {
  const scope = state.scopes[scopeId];
  return scope?.redo === true || scope?.nodes[stateId]?.effectDone === true;
}

/** What a form shows before it asks; references to environment values stay as they are written. */
function display(step: Step, question: Question): Message[] {
  const state = stateOf(step.graph, question.stateId);
  if (state.kind !== 'form') return [];
  const { text, values } = shownBy(step, question.scopeId, state);
  if (text === '' && Object.keys(values).length === 0) return [];
  return [{ key: 'show', params: { label: state.label, text, values } }];
}

/** What a form shows, in words and as labelled values. */
export function shownBy(
  step: Pick<Step, 'graph' | 'state'>,
  scopeId: string,
  state: FormState,
): { readonly text: string; readonly values: JsonObject } {
  const lookup = createLookup(step.graph.journey, step.state, scopeId, {});
  const texts: string[] = [];
  const values: [string, JsonValue][] = [];
  for (const item of state.display) {
    if (item.kind === 'text') {
      const text = resolveText(item.text, lookup);
      texts.push(text.ok ? text.value : item.text);
    } else {
      const value = resolveValue(item.value, lookup, { lone: 'raw' });
      values.push([item.name, value.ok ? value.value : item.value]);
    }
  }
  return { text: texts.join('\n'), values: Object.fromEntries(values) };
}
