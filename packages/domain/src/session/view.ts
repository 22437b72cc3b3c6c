import type { JsonObject, JsonValue } from '../json.js';
import type { Journey, SlotOption, SlotType } from '../journey/types.js';
import type { UnderstandingContext } from '../conversation/types.js';
import { render } from '../conversation/voice/render.js';
import { hasEnded } from './commands.js';
import { graphOf, stateOf, type JourneyGraph } from './graph.js';
import { REPAIR_LABELS, promptFor } from './prompts.js';
import { answeredSlots } from './rewind.js';
import { answeredValues } from './slot-questions.js';
import { isReopenable } from './suspension.js';
import { ROOT_SCOPE, currentState, executionStatus, progress } from './status.js';
import type { ExecutionStatus, Question, SessionState, SlotsQuestion } from './types.js';

/** What a session is waiting for, as clients see it. */
export interface Awaiting {
  readonly kind: 'slots' | 'confirmation' | 'choice' | 'timer' | 'repair';
  readonly prompt: string;
  readonly slots: readonly AwaitedSlot[];
  /** With kind `repair` and `choice`: what can be answered. */
  readonly options?: readonly string[];
  /** With kind `timer`: when it goes on by itself, ISO 8601 UTC. */
  readonly until?: string;
}

export interface AwaitedSlot {
  readonly name: string;
  readonly type: SlotType;
  readonly description: string | null;
  readonly required: boolean;
  readonly options?: readonly SlotOption[];
}

/** The part of a session's state that clients see, without what storing it adds. */
export interface SessionView {
  readonly executionStatus: ExecutionStatus;
  readonly currentNodeId: string | null;
  readonly currentStateId: string | null;
  readonly awaiting: Awaiting | null;
  /** Block ids, in the order in which they were done. */
  readonly completedNodes: readonly string[];
  readonly progressPercentage: number;
  /** Every value that was given, by slot name. */
  readonly slots: JsonObject;
  readonly output?: JsonValue;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly retryable: boolean;
    readonly suggestedActions: readonly string[];
  };
}

/** How a session looks from outside. */
export function viewSession(journey: Journey, state: SessionState): SessionView {
  const graph = graphOf(journey);
  const current = currentState(state);
  const { error } = state;
  return {
    executionStatus: executionStatus(state),
    currentNodeId: current === null ? null : stateOf(graph, current).blockId,
    currentStateId: current,
    awaiting: awaiting(graph, state),
    completedNodes: completedNodes(graph, state),
    progressPercentage: progress(graph, state),
    slots: givenValues(graph, state),
    ...(state.status === 'completed' && { output: state.output }),
    ...(error && {
      error: {
        code: error.code,
        message: error.message,
        retryable: error.retryable,
        suggestedActions: error.suggestedActions,
      },
    }),
  };
}

/** Of the scopes that are still open; a block that asked for its inputs first counts once. */
function completedNodes(graph: JourneyGraph, state: SessionState): string[] {
  const done = Object.values(state.scopes).flatMap(({ order }) => order);
  return done
    .map((id) => stateOf(graph, id))
    .filter(({ kind }) => kind !== 'inputs')
    .map(({ blockId }) => blockId);
}

function awaiting(graph: JourneyGraph, state: SessionState): Awaiting | null {
  const question = state.questions[0];
  if (question) {
    const prompt = render(promptFor(graph, state, question));
    return { kind: question.kind, prompt, slots: openSlots(question), ...optionsOf(question) };
  }
  const timer = Object.values(state.timers)[0];
  if (!timer) return null;
  const { label } = stateOf(graph, timer.stateId);
  return { kind: 'timer', prompt: label, slots: [], until: timer.fireAt };
}

/** What can be answered to a choice or a repair. */
export function optionsOf(question: Question): { options?: readonly string[] } {
  if (question.kind === 'choice') return { options: question.options.map(({ label }) => label) };
  return question.kind === 'repair' ? { options: question.options } : {};
}

function openSlots(question: Question): AwaitedSlot[] {
  if (question.kind !== 'slots') return [];
  return unanswered(question).map(({ name, type, description, required, options }) => ({
    name,
    type,
    description,
    required,
    ...(options && { options }),
  }));
}

/** Slots without a value, the one in focus first. */
export function unanswered(question: SlotsQuestion): SlotsQuestion['slots'] {
  const open = question.slots.filter(({ name }) => !Object.hasOwn(question.values, name));
  return open.toSorted(
    (a, b) => Number(b.name === question.focus) - Number(a.name === question.focus),
  );
}

function givenValues(graph: JourneyGraph, state: SessionState): JsonObject {
  const given = Object.values(state.scopes).flatMap(({ order, outputs }) =>
    order.map((id) => {
      const at = stateOf(graph, id);
      return answeredValues('slots' in at ? at.slots : [], outputs[id]);
    }),
  );
  const pending = state.questions.map((q) => (q.kind === 'slots' ? q.values : {}));
  return Object.fromEntries([...given, ...pending].flatMap((values) => Object.entries(values)));
}

/** Up to five things that may well be said next. */
export function suggestActions(state: SessionState): string[] {
  if (!state.config.provideSuggestions) return [];
  if (hasEnded(state)) return isReopenable(state) ? ['resume', 'restart'] : ['restart'];
  if (state.status === 'not-started') return ['start', 'cancel'];
  if (state.status === 'paused') return ['resume', 'status', 'cancel'];
  const question = state.questions[0];
  if (!question) return ['status', 'skip', 'pause', 'cancel'];
  if (question.kind === 'confirmation') return ['yes', 'no', 'explain'];
  if (question.kind === 'repair') return [...question.options];
  if (question.kind === 'choice') return optionLabels(question.options);
  const slot = question.slots.find(({ name }) => name === question.focus);
  const answers = slot?.type === 'boolean' ? ['yes', 'no'] : optionLabels(slot?.options ?? []);
  const skip = slot && !slot.required ? ['skip'] : [];
  return [...answers, ...skip, 'back', 'explain', 'cancel'].slice(0, 5);
}

function optionLabels(options: readonly SlotOption[]): string[] {
  return options.slice(0, 4).map(({ label }) => label);
}

/** Commands that make sense where the session stands. */
export function availableCommands(state: SessionState): string[] {
  if (hasEnded(state)) {
    return [...(isReopenable(state) ? ['resume'] : []), 'restart', 'status', 'explain'];
  }
  if (state.status === 'not-started') return ['start', 'cancel', 'status'];
  const common = ['status', 'explain', 'back', 'restart', 'cancel', 'help'];
  if (state.status === 'paused') return ['resume', ...common];
  const question = state.questions[0];
  const first = question?.kind === 'repair' ? ['retry', 'skip'] : ['answer', 'skip'];
  return [...first, 'pause', ...common];
}

/** What an utterance is to be heard against. */
export function understandingContext(
  journey: Journey,
  state: SessionState,
  now: string,
  timeZone: string,
): UnderstandingContext {
  const question = state.questions[0];
  const pending = question?.kind === 'slots' ? question : startQuestion(journey, state);
  const open = pending ? unanswered(pending) : [];
  const answeredHere =
    pending?.slots.filter(({ name }) => Object.hasOwn(pending.values, name)) ?? [];
  const earlier = answeredSlots({ graph: graphOf(journey), state }).map(({ slot }) => slot);
  const waiting = Object.keys(state.timers).length > 0 ? 'timer' : null;
  return {
    awaiting: question?.kind ?? (pending ? 'slots' : waiting),
    focus: open.find(({ name }) => name === pending?.focus) ?? null,
    open,
    answered: [...answeredHere, ...earlier],
    choices: choices(question),
    now,
    timeZone,
  };
}

/** Before the start, values for what will be asked are taken already. */
function startQuestion(journey: Journey, state: SessionState): SlotsQuestion | null {
  if (state.status !== 'not-started' || journey.initial === null) return null;
  const start = stateOf(graphOf(journey), journey.initial);
  if (start.kind !== 'start') return null;
  return {
    id: '',
    scopeId: ROOT_SCOPE,
    stateId: start.id,
    kind: 'slots',
    slots: start.slots,
    values: {},
    given: [],
    asked: [],
    focus: null,
    refusals: 0,
  };
}

function choices(question: Question | undefined): readonly SlotOption[] {
  if (question?.kind === 'choice') return question.options;
  if (question?.kind !== 'repair') return [];
  return question.options.map((option) => ({ value: option, label: REPAIR_LABELS[option] }));
}
