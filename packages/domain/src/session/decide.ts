import type { JsonObject, JsonValue } from '../json.js';
import type { Journey } from '../journey/types.js';
import type { Action, Understanding } from '../conversation/types.js';
import { act, begin } from './commands.js';
import { copy } from './copy.js';
import { scopeOf } from './scopes.js';
import { fail } from './failures.js';
import { bodyLearned } from './bodies.js';
import { askChoice } from './choices.js';
import { timeOut } from './deadline.js';
import { callOff, complete, finishWhenDone } from './completion.js';
import { drain } from './flow.js';
import { stateOf } from './graph.js';
import { waited } from './pause.js';
import { prompt } from './prompts.js';
import { remind } from './reminders.js';
import { longestStartValue, openSlots, unaskedFields } from './slot-questions.js';
import { reportStatus } from './reports.js';
import { endLost } from './reopen.js';
import { openChild } from './sub-journeys.js';
import { beginStep, emit, flush, say, type Step } from './step.js';
import { hear } from './talk.js';
import type {
  BlockError,
  BlockRun,
  ConversationalConfig,
  Effect,
  ExecutionConfig,
  RunId,
  SessionEvent,
  SessionState,
  TimerId,
} from './types.js';

/** What a session is told: by the person, by the blocks it ran, by the clock. */
export type Input =
  | {
      readonly type: 'open';
      readonly config: ConversationalConfig;
      readonly execution: ExecutionConfig;
      readonly initialInput: JsonObject;
      readonly mode: SessionState['mode'];
    }
  | {
      readonly type: 'say';
      readonly text: string;
      readonly understanding: Understanding;
      /** Sent with the command, so that its repetition is known. */
      readonly key?: string;
    }
  | {
      readonly type: 'act';
      readonly action: Action;
      readonly parameters: JsonObject;
      readonly key?: string;
    }
  | {
      readonly type: 'block-succeeded';
      readonly runId: RunId;
      readonly output: JsonValue;
      readonly branchId: string | null;
      readonly variables: JsonObject | null;
      readonly durationMs: number;
    }
  | {
      readonly type: 'block-failed';
      readonly runId: RunId;
      readonly error: BlockError;
      readonly durationMs: number;
      /** False where running it again may do again what it did; true where left out. */
      readonly repeatable?: boolean;
    }
  /** A run that was begun by a process that is gone; safe: it may be run again without asking. */
  | { readonly type: 'run-lost'; readonly runId: RunId; readonly safe: boolean }
  | { readonly type: 'timer-fired'; readonly timerId: TimerId }
  /** The person has not answered for a while. */
  | { readonly type: 'remind' }
  /** Nothing more comes this turn: what is pending is put to the person. */
  | { readonly type: 'turn-ended' }
  | { readonly type: 'expire' };

/** What comes of an input. */
export interface Decision {
  readonly events: readonly SessionEvent[];
  readonly effects: readonly Effect[];
}

/**
 * Takes the inputs of a turn one after another. It owns the state that it is given and changes it, so
 * that a turn over many blocks stays linear; {@link decide} is the same as a pure function.
 */
export interface Decider {
  readonly state: SessionState;
  take(input: Input, now: string): Decision;
}

/** A decider on a state that nobody else holds. */
export function createDecider(journey: Journey, state: SessionState): Decider {
  const step = beginStep(journey, state, '');
  return {
    state,
    take(input, now) {
      step.now = now;
      step.events = [];
      step.effects = [];
      receive(step, input);
      flush(step);
      return { events: step.events, effects: step.effects };
    },
  };
}

/** What an input leads to in a state, which is left as it was. */
export function decide(
  journey: Journey,
  state: SessionState,
  input: Input,
  now: string,
): Decision & { readonly state: SessionState } {
  const decider = createDecider(journey, copy(state));
  return { ...decider.take(input, now), state: decider.state };
}

function receive(step: Step, input: Input): void {
  switch (input.type) {
    case 'open':
      open(step, input);
      drain(step);
      return;
    case 'say': {
      const { text, understanding } = input;
      const { intent, confidence } = understanding;
      const before = step.state.lastMessages;
      emit(step, { type: 'user-said', text, intent, confidence, ...keyOf(input) });
      hear(step, text, understanding, before);
      break;
    }
    case 'act': {
      const { action, parameters } = input;
      emit(step, { type: 'user-acted', action, parameters, ...keyOf(input) });
      act(step, action, parameters);
      break;
    }
    case 'block-succeeded':
    case 'block-failed':
    case 'run-lost':
      receiveRun(step, input);
      break;
    case 'timer-fired':
      fireTimer(step, input.timerId);
      break;
    case 'remind':
      remind(step);
      break;
    case 'turn-ended':
      finishWhenDone(step);
      endTurn(step);
      return;
    case 'expire':
      callOff(step);
      emit(step, { type: 'expired', kept: true });
      return;
    default:
      input satisfies never;
  }
  drain(step);
  finishWhenDone(step);
}

function keyOf({ key }: { readonly key?: string }): { key?: string } {
  return key === undefined ? {} : { key };
}

/** Puts what is pending, says what is under way, and leaves nobody without a word. */
function endTurn(step: Step): void {
  if (step.mustPrompt) prompt(step);
  step.mustPrompt = false;
  if (step.runCount > 0 && step.state.status === 'running') say(step, 'still-working');
  if (!step.owesReply || step.said.length > 0) return;
  if (Object.keys(step.state.timers).length > 0) say(step, 'still-waiting');
  else reportStatus(step);
}

function open(step: Step, input: Extract<Input, { type: 'open' }>): void {
  const { config, execution, initialInput, mode } = input;
  emit(step, { type: 'session-created', config, execution, initialInput, mode });
  const { journey } = step.graph;
  const start = journey.initial === null ? null : stateOf(step.graph, journey.initial);
  const slots = start?.kind === 'start' ? start.slots : [];
  const needs = openSlots(slots, initialInput, longestStartValue(execution));
  say(step, 'welcome', {
    name: journey.name,
    description: journey.description ?? '',
    needs: needs.map(({ label }) => label),
  });
  const names = unaskedFields(slots, initialInput);
  if (slots.length > 0 && names.length > 0) say(step, 'unasked-input', { names });
  // Opening a session never runs a block by itself; asking is harmless.
  if (needs.length > 0) begin(step);
  else say(step, 'ready-to-start');
}

function receiveRun(
  step: Step,
  input: Extract<Input, { type: 'block-succeeded' | 'block-failed' | 'run-lost' }>,
): void {
  const block = step.state.runs[input.runId];
  // Called off meanwhile (cancelled, gone back past): its outcome no longer matters.
  if (!block) return;
  const { kind } = stateOf(step.graph, block.stateId);
  if (input.type === 'block-failed') {
    receiveFailure(step, block, input);
  } else if (input.type === 'run-lost') {
    endLost(step, block, input.safe);
  } else if (kind === 'loop' || kind === 'parallel') {
    bodyLearned(step, block, input.output);
  } else if (kind === 'subjourney') {
    openChild(step, block, input.output);
  } else {
    report(step, block, input.output);
    complete(step, block, {
      output: input.output,
      runId: block.id,
      branchId: input.branchId,
      durationMs: input.durationMs,
      variables: input.variables,
    });
  }
}

/** A router that cannot choose asks; where the author drew a way for no match, that is gone instead. */
function receiveFailure(
  step: Step,
  block: BlockRun,
  { error, durationMs, repeatable }: Extract<Input, { type: 'block-failed' }>,
): void {
  const state = stateOf(step.graph, block.stateId);
  const drawn = state.kind === 'router' && state.hasErrorPath && error.code === 'no_route_matched';
  if (state.kind === 'router' && !drawn && state.routes.length > 0 && isUndecided(error)) {
    askChoice(step, block, error, durationMs);
  } else {
    fail(step, block, error, { runId: block.id, durationMs, repeatable: repeatable ?? true });
  }
}

/** Nothing is wrong with the block: there is no model, or it found no route. */
function isUndecided({ code }: BlockError): boolean {
  return code === 'executor_missing' || code === 'no_route_matched' || code.startsWith('model_');
}

/** A block that others notice is told of; pure steps only where the person wants every step. */
function report(step: Step, block: BlockRun, output: JsonValue): void {
  const state = stateOf(step.graph, block.stateId);
  const { verbosityLevel, explainSteps } = step.state.config;
  const wordy = verbosityLevel === 'detailed' || verbosityLevel === 'verbose' || explainSteps;
  const noticed = state.kind === 'tool' && (wordy || state.sideEffect === 'write');
  if (!noticed || verbosityLevel === 'minimal') return;
  say(step, wordy ? 'step-done-with' : 'step-done', { label: state.label, output });
}

function fireTimer(step: Step, timerId: TimerId): void {
  if (step.state.deadline?.id === timerId) {
    timeOut(step, timerId);
    return;
  }
  const timer = step.state.timers[timerId];
  if (!timer) return;
  emit(step, { type: 'timer-fired', timerId });
  if (step.state.status === 'paused') return;
  say(step, 'timer-fired', { label: stateOf(step.graph, timer.stateId).label });
  if (scopeOf(step.state, timer.scopeId).nodes[timer.stateId]?.status === 'waiting') {
    complete(step, timer, { output: waited(step) });
  }
}
