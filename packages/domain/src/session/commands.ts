import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { Action } from '../conversation/types.js';
import {
  answerConfirmation,
  answerRepair,
  answerWith,
  cancel,
  leaveOut,
  passOver,
  refocus,
  restart,
} from './answers.js';
import { isInterruption } from './evolve.js';
import { complete } from './completion.js';
import { confirm, startJourney } from './flow.js';
import { goOn, pause, skipRun, waited } from './pause.js';
import {
  ASK_AGAIN,
  goBack,
  initialVariables,
  lastAnswered,
  placeNamed,
  sayRedone,
} from './rewind.js';
import { reopen } from './reopen.js';
import { explain, reportStatus } from './reports.js';
import { stateOf } from './graph.js';
import { unaskedFields } from './slot-questions.js';
import { emit, pendingQuestion, say, type Place, type Step } from './step.js';
import { isReopenable } from './suspension.js';
import type { ExecutionStatus, SessionState } from './types.js';

const ENDED: ReadonlySet<ExecutionStatus> = new Set([
  'completed',
  'failed',
  'cancelled',
  'expired',
]);

/** True once nothing goes on any more; "restart" leads out, and "resume" where it only expired. */
export function hasEnded(state: SessionState): boolean {
  return ENDED.has(state.status);
}

/** Commands that are answered whatever the session is doing. */
const ALWAYS: ReadonlySet<Action> = new Set(['status', 'explain', 'restart', 'switch-mode']);

/** Does what a command says, or says why that cannot be done now. Every command is answered. */
export function act(step: Step, action: Action, parameters: JsonObject): void {
  const { state } = step;
  if (!ALWAYS.has(action)) {
    if (hasEnded(state)) {
      if (action === 'resume' && isReopenable(state)) reopen(step);
      else sayEnded(step);
      return;
    }
    if (state.status === 'not-started' && action !== 'cancel') {
      startWith(step, action, parameters);
      return;
    }
    if (state.status === 'paused' && !mayInPause(step, action, parameters)) {
      say(step, 'is-paused');
      return;
    }
  }
  perform(step, action, parameters);
}

/** Says that it is over, and what leads out. */
export function sayEnded(step: Step): void {
  const { status } = step.state;
  say(step, 'has-ended', { status, canResume: isReopenable(step.state) ? 'yes' : 'no' });
}

/** A pause is left by resuming or cancelling; what it is asked meanwhile can be answered. */
function mayInPause(step: Step, action: Action, parameters: JsonObject): boolean {
  if (action === 'resume' || action === 'cancel') return true;
  if (action === 'pause') return own(parameters, 'running') === 'cancel' && step.runCount > 0;
  const question = pendingQuestion(step.state);
  const answers = action === 'confirm' || action === 'answer';
  return answers && question !== null && isInterruption(question);
}

const STARTING: ReadonlySet<Action> = new Set(['start', 'resume', 'retry', 'confirm', 'answer']);

function startWith(step: Step, action: Action, parameters: JsonObject): void {
  const yes = action !== 'confirm' || confirmed(parameters) === true;
  const given = action === 'answer' ? slotsGiven(parameters) : {};
  if (!STARTING.has(action) || !yes || given === null) {
    say(step, 'ready-to-start');
    return;
  }
  begin(step, given);
}

/** Values for slots by name; null where the parameters hold something else. */
function slotsGiven(parameters: JsonObject): JsonObject | null {
  const values = own(parameters, 'values');
  if (isJsonObject(values)) return values;
  const slot = own(parameters, 'slot');
  return typeof slot === 'string' ? { [slot]: own(parameters, 'value') ?? null } : null;
}

/** Yes where nothing is said; null for what is neither. */
function confirmed(parameters: JsonObject): boolean | null {
  const given = own(parameters, 'confirmed') ?? true;
  return typeof given === 'boolean' ? given : null;
}

function perform(step: Step, action: Action, parameters: JsonObject): void {
  switch (action) {
    case 'start':
      say(step, 'already-started');
      step.mustPrompt = true;
      return;
    case 'pause':
      pause(step, own(parameters, 'running') === 'cancel');
      return;
    case 'resume':
      resume(step);
      return;
    case 'cancel':
      askFirst(step, 'cancel', parameters);
      return;
    case 'restart':
      if (hasEnded(step.state)) restart(step);
      else askFirst(step, 'restart', parameters);
      return;
    case 'skip':
      skip(step);
      return;
    case 'retry':
      retry(step);
      return;
    case 'back':
      back(step, own(parameters, 'to'));
      return;
    case 'status':
      reportStatus(step);
      step.mustPrompt = true;
      return;
    case 'explain':
      explain(step);
      step.mustPrompt = true;
      return;
    case 'answer':
      answerWith(step, parameters);
      return;
    case 'confirm':
      confirmPending(step, confirmed(parameters));
      return;
    case 'switch-mode':
      switchMode(step, own(parameters, 'mode'));
      return;
    default:
      action satisfies never;
  }
}

/** Starts the journey; what it asks first is put at the end of the turn. */
export function begin(step: Step, given: JsonObject = {}): void {
  emit(step, { type: 'session-started', variables: initialVariables(step) });
  sayUnknown(step, given);
  startJourney(step, given);
}

function sayUnknown(step: Step, given: JsonObject): void {
  const { initial } = step.graph.journey;
  const start = initial === null ? null : stateOf(step.graph, initial);
  const names = unaskedFields(start?.kind === 'start' ? start.slots : [], given);
  if (names.length > 0) say(step, 'unknown-slot', { names });
}

function resume(step: Step): void {
  step.mustPrompt = true;
  if (step.state.status !== 'paused') {
    say(step, 'not-paused');
    return;
  }
  emit(step, { type: 'resumed' });
  say(step, 'resumed');
  goOn(step);
}

function askFirst(step: Step, type: 'cancel' | 'restart', parameters: JsonObject): void {
  if (own(parameters, 'confirmed') === true) {
    if (type === 'cancel') cancel(step);
    else restart(step);
    return;
  }
  const pending = pendingQuestion(step.state);
  if (pending?.kind === 'confirmation' && pending.purpose.type === type) {
    answerConfirmation(step, pending, true);
    return;
  }
  const place = pending ?? somewhere(step);
  if (place) confirm(step, { scopeId: place.scopeId, stateId: place.stateId }, { type });
  else if (type === 'cancel') cancel(step);
  else restart(step);
}

/** A state at which the session stands while it asks nothing. */
function somewhere(step: Step): Place | null {
  const busy = [...Object.values(step.state.timers), ...Object.values(step.state.runs)][0];
  return busy ?? lastAnswered(step);
}

function skip(step: Step): void {
  const question = pendingQuestion(step.state);
  if (question?.kind === 'slots') {
    passOver(step, question);
  } else if (question?.kind === 'repair') {
    answerRepair(step, question, 'skip');
  } else if (question?.kind === 'confirmation') {
    if (question.purpose.type === 'step') leaveOut(step, question);
    else answerConfirmation(step, question, false);
  } else if (question?.kind === 'choice') {
    say(step, 'choose-one');
    step.mustPrompt = true;
  } else {
    skipUnderWay(step);
  }
}

/** Ends a wait, else leaves out a block that runs. */
function skipUnderWay(step: Step): void {
  const timer = Object.values(step.state.timers)[0];
  if (!timer) {
    if (!skipRun(step)) say(step, 'nothing-to-skip');
    return;
  }
  step.effects.push({ type: 'cancel-timer', timerId: timer.id });
  emit(step, { type: 'timer-fired', timerId: timer.id });
  complete(step, timer, { output: waited(step) });
}

/** What failed may stand behind other questions; this command can mean nothing else. */
function retry(step: Step): void {
  const failed = step.state.questions.find(({ kind }) => kind === 'repair');
  if (failed?.kind === 'repair') {
    answerRepair(step, failed, 'retry');
    return;
  }
  say(step, 'nothing-to-retry');
  step.mustPrompt = true;
}

function back(step: Step, to: JsonValue | undefined): void {
  if (typeof to === 'string') {
    backTo(step, to);
    return;
  }
  const question = pendingQuestion(step.state);
  if (question?.kind === 'confirmation' && isInterruption(question)) {
    step.mustPrompt = true;
    answerConfirmation(step, question, false);
    return;
  }
  const last = question?.kind === 'slots' ? question.given.at(-1) : undefined;
  if (question?.kind === 'slots' && last !== undefined) {
    refocus(step, question, last);
    return;
  }
  const place = lastAnswered(step);
  if (place) {
    sayRedone(step, place);
    goBack(step, place, ASK_AGAIN);
    return;
  }
  say(step, 'nothing-to-go-back-to');
  step.mustPrompt = true;
}

/** Goes back to a step that was done, by its block's id or its name. */
function backTo(step: Step, name: string): void {
  step.mustPrompt = true;
  const place = placeNamed(step, name);
  if (!place) {
    say(step, 'no-such-step', { names: [name] });
    return;
  }
  sayRedone(step, place);
  goBack(step, place, ASK_AGAIN);
}

function confirmPending(step: Step, yes: boolean | null): void {
  const question = pendingQuestion(step.state);
  step.mustPrompt = true;
  if (question?.kind !== 'confirmation') say(step, 'nothing-to-confirm');
  else if (yes === null) say(step, 'yes-or-no');
  else answerConfirmation(step, question, yes);
}

const MODES: readonly unknown[] = ['visual', 'conversational', 'hybrid'];

function switchMode(step: Step, mode: unknown): void {
  step.mustPrompt = true;
  if (!MODES.includes(mode)) {
    say(step, 'which-mode');
    return;
  }
  emit(step, { type: 'mode-switched', mode: mode as SessionState['mode'] });
  say(step, 'mode-switched', { mode: mode as string });
}
