import { setOwn, type JsonObject } from '../json.js';
import { applyBody, closeInner } from './evolve-bodies.js';
import { changeJourney } from './evolve-journey.js';
import { isInterruption, suspend, takeUp } from './suspension.js';
import { rewind } from './evolve-rewind.js';
import { copy } from './copy.js';
import type { StateId } from '../journey/types.js';
import { assign, scopeOf, setStatus, variablesAt } from './scopes.js';
import type {
  ConversationalConfig,
  Question,
  SessionEvent,
  SessionState,
  SlotsQuestion,
} from './types.js';

/** What a session is before its first event. */
export const DEFAULT_CONFIG: ConversationalConfig = {
  communicationStyle: 'friendly',
  verbosityLevel: 'normal',
  showProgress: false,
  explainSteps: false,
  askForConfirmation: true,
  provideSuggestions: true,
};

/** The empty state that a session's events are applied to. */
export function initialState(): SessionState {
  return {
    status: 'not-started',
    sequence: 0,
    config: DEFAULT_CONFIG,
    execution: { timeZone: null, sessionTimeoutMs: null },
    mode: 'conversational',
    initialInput: {},
    scopes: {},
    variables: {},
    questions: [],
    runs: {},
    timers: {},
    counter: 0,
    output: null,
    error: null,
    lastMessages: [],
  };
}

/** The state after an event; the given state is left as it was. */
export function evolve(state: SessionState, event: SessionEvent): SessionState {
  const next = copy(state);
  apply(next, event);
  return next;
}

/**
 * The state that a session's whole log leaves, in one pass. A log that is read page by page goes on from
 * the state that the pages before gave, which is changed.
 */
export function replay(
  events: Iterable<SessionEvent>,
  state: SessionState = initialState(),
): SessionState {
  for (const event of events) apply(state, event);
  return state;
}

/** Changes a state that the caller owns. What it keeps of the event it copies. */
export function apply(state: SessionState, event: SessionEvent): void {
  state.sequence += 1;
  switch (event.type) {
    case 'session-created':
      state.config = event.config;
      state.execution = event.execution;
      state.initialInput = event.initialInput;
      state.mode = event.mode;
      return;
    case 'session-started':
      state.status = 'running';
      assign(state.variables, event.variables);
      return;
    case 'resumed':
      state.status = 'running';
      return;
    case 'user-said':
    case 'user-acted':
      state.lastMessages = [];
      delete state.reminded;
      if (event.key === undefined) delete state.commandKey;
      else state.commandKey = event.key;
      return;
    case 'agent-said':
      for (const message of event.messages) state.lastMessages.push(message);
      return;
    case 'paused':
      state.status = 'paused';
      return;
    case 'mode-switched':
      state.mode = event.mode;
      return;
    case 'reminded':
      state.reminded = event.count;
      return;
    case 'completed':
      state.output = event.output;
      end(state, 'completed');
      return;
    case 'failed':
      state.error = event.error;
      end(state, 'failed');
      return;
    case 'cancelled':
      end(state, event.type);
      return;
    case 'expired':
      if (event.kept) suspend(state);
      end(state, event.type);
      return;
    case 'reopened':
      takeUp(state);
      return;
    case 'journey-changed':
      changeJourney(state, event);
      return;
    default:
      applyProgress(state, event);
  }
}

type ProgressEvent = Exclude<
  SessionEvent,
  {
    type:
      | 'session-created'
      | 'session-started'
      | 'resumed'
      | 'user-said'
      | 'user-acted'
      | 'agent-said'
      | 'paused'
      | 'mode-switched'
      | 'reminded'
      | 'completed'
      | 'failed'
      | 'cancelled'
      | 'expired'
      | 'reopened'
      | 'journey-changed';
  }
>;

function applyProgress(state: SessionState, event: ProgressEvent): void {
  switch (event.type) {
    case 'scope-opened':
    case 'scope-closed':
    case 'body-planned':
    case 'loop-continued':
    case 'node-prepared':
      applyBody(state, event);
      return;
    case 'restarted':
      state.scopes = {};
      state.questions = [];
      state.runs = {};
      state.timers = {};
      state.output = null;
      state.error = null;
      delete state.deadline;
      delete state.suspended;
      state.status = 'running';
      state.variables = {};
      assign(state.variables, event.variables);
      return;
    case 'question-asked':
    case 'slots-filled':
    case 'slot-passed':
    case 'slot-refused':
    case 'question-closed':
      applyQuestion(state, event);
      return;
    case 'timer-set':
    case 'timer-fired':
    case 'deadline-set':
      applyTime(state, event);
      return;
    default:
      applyStep(state, event);
  }
}

type StepEvent = Extract<
  ProgressEvent,
  {
    type:
      | 'pause-point-reached'
      | 'run-called-off'
      | 'node-started'
      | 'node-completed'
      | 'node-failed'
      | 'rewound';
  }
>;

function applyStep(state: SessionState, event: StepEvent): void {
  switch (event.type) {
    case 'pause-point-reached':
    case 'run-called-off':
      putOff(state, event);
      return;
    case 'node-started':
    case 'node-completed':
    case 'node-failed':
      applyNode(state, event);
      return;
    case 'rewound':
      rewind(state, event);
      return;
    default:
      event satisfies never;
  }
}

function applyTime(
  state: SessionState,
  event: Extract<ProgressEvent, { type: 'timer-set' | 'timer-fired' | 'deadline-set' }>,
): void {
  if (event.type === 'timer-fired') {
    Reflect.deleteProperty(state.timers, event.timerId);
    if (state.deadline?.id === event.timerId) delete state.deadline;
    return;
  }
  state.counter += 1;
  if (event.type === 'deadline-set') {
    state.deadline = event.deadline;
    return;
  }
  state.timers[event.timer.id] = event.timer;
  setStatus(scopeOf(state, event.timer.scopeId), event.timer.stateId, 'waiting');
}

function applyQuestion(
  state: SessionState,
  event: Extract<
    ProgressEvent,
    { type: 'question-asked' | 'slots-filled' | 'slot-passed' | 'slot-refused' | 'question-closed' }
  >,
): void {
  if (event.type === 'question-asked') {
    state.counter += 1;
    ask(state, copy(event.question), event.first === true);
    return;
  }
  const index = state.questions.findIndex(({ id }) => id === event.questionId);
  const question = state.questions[index];
  if (!question) return;
  if (event.type === 'question-closed') {
    state.questions.splice(index, 1);
  } else if (question.kind === 'slots' && event.type === 'slots-filled') {
    fill(question, event.values);
    question.focus = event.focus;
    question.refusals = 0;
  } else if (question.kind === 'slots' && event.type === 'slot-passed') {
    question.asked = question.asked.filter((name) => name !== event.slot);
    fill(question, { [event.slot]: null });
    question.focus = event.focus;
    question.refusals = 0;
  } else if (question.kind === 'slots' && event.type === 'slot-refused') {
    if (event.slot === question.focus) question.refusals += 1;
  }
}

export { isInterruption };

/** What interrupts (cancel? restart?) is asked before what was pending, as is what was gone back to. */
function ask(state: SessionState, question: Question, first: boolean): void {
  if (isInterruption(question)) {
    state.questions.unshift(question);
    return;
  }
  if (first) state.questions.unshift(question);
  else state.questions.push(question);
  const { kind } = question;
  const status = kind === 'repair' ? 'failed' : kind === 'confirmation' ? 'confirming' : 'asking';
  setStatus(scopeOf(state, question.scopeId), question.stateId, status);
}

/** Null takes a value away. */
function fill(question: SlotsQuestion, values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) {
    Reflect.deleteProperty(question.values, name);
    question.given = question.given.filter((given) => given !== name);
    if (value === null) continue;
    setOwn(question.values, name, value);
    question.given.push(name);
  }
}

function applyNode(
  state: SessionState,
  event: Extract<ProgressEvent, { type: 'node-started' | 'node-completed' | 'node-failed' }>,
): void {
  const scope = scopeOf(state, event.scopeId);
  if (event.type === 'node-started') {
    state.counter += 1;
    const target = setStatus(scope, event.stateId, 'running');
    target.attempts = event.run.attempt;
    target.idempotencyKey = event.run.idempotencyKey;
    state.runs[event.run.id] = event.run;
    return;
  }
  if (event.runId) Reflect.deleteProperty(state.runs, event.runId);
  if (scope.nodes[event.stateId]?.inner === true) closeInner(state, scope, event.stateId);
  const status = event.type === 'node-failed' ? 'failed' : 'done';
  const target = setStatus(scope, event.stateId, status);
  if (event.effectDone) target.effectDone = true;
  if (event.type === 'node-failed') {
    target.error = event.error;
    return;
  }
  // Sorted, as the order of keys is not kept by a store.
  if (target.progress) target.echoed = Object.keys(target.progress.echoedBy).sort() as StateId[];
  delete target.progress;
  if (event.branchId !== null) target.branchId = event.branchId;
  scope.outputs[event.stateId] = event.output;
  scope.order.push(event.stateId);
  for (const id of event.taken) scope.edges[id] = 'live';
  for (const id of event.dead) scope.edges[id] = 'dead';
  for (const id of event.skipped) setStatus(scope, id, 'skipped');
  if (event.variables) {
    target.variables = event.variables;
    assign(variablesAt(state, scope.id), event.variables);
  }
}

/** What begins, or begins again, when the session goes on. */
function putOff(
  state: SessionState,
  event: Extract<ProgressEvent, { type: 'pause-point-reached' | 'run-called-off' }>,
): void {
  const node = setStatus(scopeOf(state, event.scopeId), event.stateId, 'undone');
  if (event.type === 'pause-point-reached') {
    state.status = 'paused';
    node.held = true;
    return;
  }
  Reflect.deleteProperty(state.runs, event.runId);
  if (event.effectDone) node.effectDone = true;
}

function end(state: SessionState, status: SessionState['status']): void {
  state.status = status;
  state.questions = [];
  state.runs = {};
  state.timers = {};
  delete state.deadline;
}
