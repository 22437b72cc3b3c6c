import { own, type JsonObject } from '../json.js';
import type { Action } from '../conversation/types.js';
import {
  answerConfirmation,
  answerRepair,
  answerWith,
  cancel,
  passOver,
  refocus,
  restart,
} from './answers.js';
import { isInterruption } from './evolve.js';
import { complete, confirm, startJourney } from './flow.js';
import { goBack, initialVariables, lastAnswered, sayRedone } from './rewind.js';
import { explain, reportStatus } from './reports.js';
import { emit, pendingQuestion, say, type Place, type Step } from './step.js';
import type { ExecutionStatus, SessionState } from './types.js';

const ENDED: ReadonlySet<ExecutionStatus> = new Set([
  'completed',
  'failed',
  'cancelled',
  'expired',
]);

/** True once nothing goes on any more; only "restart" leads out. */
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
      say(step, 'has-ended', { status: state.status });
      return;
    }
    if (state.status === 'not-started' && action !== 'cancel') {
      startWith(step, action, parameters);
      return;
    }
    if (state.status === 'paused' && !mayInPause(step, action)) {
      say(step, 'is-paused');
      return;
    }
  }
  perform(step, action, parameters);
}

/** A pause is left by resuming or cancelling; what it is asked meanwhile can be answered. */
function mayInPause(step: Step, action: Action): boolean {
  if (action === 'resume' || action === 'cancel') return true;
  const question = pendingQuestion(step.state);
  const answers = action === 'confirm' || action === 'answer';
  return answers && question !== null && isInterruption(question);
}

const STARTING: ReadonlySet<Action> = new Set(['start', 'resume', 'retry', 'confirm', 'answer']);

function startWith(step: Step, action: Action, parameters: JsonObject): void {
  if (!STARTING.has(action) || own(parameters, 'confirmed') === false) {
    say(step, 'ready-to-start');
    return;
  }
  begin(step);
  if (action === 'answer') answerWith(step, parameters);
}

function perform(step: Step, action: Action, parameters: JsonObject): void {
  switch (action) {
    case 'start':
      say(step, 'already-started');
      step.mustPrompt = true;
      return;
    case 'pause':
      emit(step, { type: 'paused' });
      say(step, 'paused');
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
      back(step);
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
      confirmPending(step, own(parameters, 'confirmed') !== false);
      return;
    case 'switch-mode':
      switchMode(step, own(parameters, 'mode'));
      return;
    default:
      action satisfies never;
  }
}

/** Starts the journey; what it asks first is put at the end of the turn. */
export function begin(step: Step): void {
  emit(step, { type: 'session-started', variables: initialVariables(step) });
  startJourney(step);
}

function resume(step: Step): void {
  step.mustPrompt = true;
  if (step.state.status !== 'paused') {
    say(step, 'not-paused');
    return;
  }
  emit(step, { type: 'resumed' });
  say(step, 'resumed');
  for (const place of elapsedWaits(step)) complete(step, place, { output: waited(step) });
}

/** Waits whose time came while the session was paused: nothing wakes them any more. */
function elapsedWaits(step: Step): Place[] {
  const pending = new Set(Object.values(step.state.timers).map((t) => `${t.scopeId} ${t.stateId}`));
  return Object.values(step.state.scopes).flatMap((scope) =>
    Object.entries(scope.nodes)
      .filter(([id, node]) => node.status === 'waiting' && !pending.has(`${scope.id} ${id}`))
      .map(([id]) => ({ scopeId: scope.id, stateId: id as Place['stateId'] })),
  );
}

/** The output of a wait that is over. */
export function waited(step: Step): JsonObject {
  return { status: 'completed', resumedAt: step.now };
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
    answerConfirmation(step, question, false);
  } else {
    skipWait(step);
  }
}

function skipWait(step: Step): void {
  const timer = Object.values(step.state.timers)[0];
  if (!timer) {
    say(step, 'nothing-to-skip');
    return;
  }
  step.effects.push({ type: 'cancel-timer', timerId: timer.id });
  emit(step, { type: 'timer-fired', timerId: timer.id });
  complete(step, timer, { output: waited(step) });
}

function retry(step: Step): void {
  const question = pendingQuestion(step.state);
  if (question?.kind === 'repair') {
    answerRepair(step, question, 'retry');
    return;
  }
  say(step, 'nothing-to-retry');
  step.mustPrompt = true;
}

function back(step: Step): void {
  const question = pendingQuestion(step.state);
  if (question?.kind === 'slots') {
    const last = Object.keys(question.values).at(-1);
    if (last !== undefined) {
      refocus(step, question, last);
      return;
    }
  }
  const place = lastAnswered(step);
  if (place) {
    sayRedone(step, place);
    goBack(step, place, { slot: null, value: null });
    return;
  }
  say(step, 'nothing-to-go-back-to');
  step.mustPrompt = true;
}

function confirmPending(step: Step, yes: boolean): void {
  const question = pendingQuestion(step.state);
  step.mustPrompt = true;
  if (question?.kind === 'confirmation') answerConfirmation(step, question, yes);
  else say(step, 'nothing-to-confirm');
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
