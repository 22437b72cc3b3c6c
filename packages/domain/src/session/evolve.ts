import { own, setOwn, type JsonObject } from '../json.js';
import type { StateId } from '../journey/types.js';
import type {
  ConversationalConfig,
  NodeState,
  Question,
  Scope,
  SessionEvent,
  SessionState,
  SlotsQuestion,
} from './types.js';

/** The scope in which a journey's own graph runs. */
export const ROOT_SCOPE = 'root';

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

/** The state that a session's whole log leaves, in one pass. */
export function replay(events: Iterable<SessionEvent>): SessionState {
  const state = initialState();
  for (const event of events) apply(state, event);
  return state;
}

/** A deep copy of plain JSON data. */
export function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
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
    case 'completed':
      state.output = event.output;
      end(state, 'completed');
      return;
    case 'failed':
      state.error = event.error;
      end(state, 'failed');
      return;
    case 'cancelled':
    case 'expired':
      end(state, event.type);
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
      | 'completed'
      | 'failed'
      | 'cancelled'
      | 'expired';
  }
>;

function applyProgress(state: SessionState, event: ProgressEvent): void {
  switch (event.type) {
    case 'scope-opened':
      state.scopes[event.scope.id] = copy(event.scope);
      return;
    case 'restarted':
      state.scopes = {};
      state.questions = [];
      state.runs = {};
      state.timers = {};
      state.output = null;
      state.error = null;
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
      state.counter += 1;
      state.timers[event.timer.id] = event.timer;
      node(scopeOf(state, event.timer.scopeId), event.timer.stateId, 'waiting');
      return;
    case 'timer-fired':
      Reflect.deleteProperty(state.timers, event.timerId);
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

function applyQuestion(
  state: SessionState,
  event: Extract<
    ProgressEvent,
    { type: 'question-asked' | 'slots-filled' | 'slot-passed' | 'slot-refused' | 'question-closed' }
  >,
): void {
  if (event.type === 'question-asked') {
    state.counter += 1;
    ask(state, copy(event.question));
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

const INTERRUPTING: ReadonlySet<string> = new Set(['cancel', 'restart', 'rewind']);

/** True for a confirmation of what the person wants with the session itself, not with its workflow. */
export function isInterruption(question: Question): boolean {
  return question.kind === 'confirmation' && INTERRUPTING.has(question.purpose.type);
}

/** What interrupts (cancel? restart?) is asked before what was pending; the rest queues. */
function ask(state: SessionState, question: Question): void {
  if (isInterruption(question)) {
    state.questions.unshift(question);
    return;
  }
  state.questions.push(question);
  const { kind } = question;
  const status = kind === 'slots' ? 'asking' : kind === 'repair' ? 'failed' : 'confirming';
  node(scopeOf(state, question.scopeId), question.stateId, status);
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
    const target = node(scope, event.stateId, 'running');
    target.attempts = event.run.attempt;
    target.idempotencyKey = event.run.idempotencyKey;
    state.runs[event.run.id] = event.run;
    return;
  }
  if (event.runId) Reflect.deleteProperty(state.runs, event.runId);
  const target = node(scope, event.stateId, event.type === 'node-failed' ? 'failed' : 'done');
  if (event.effectDone) target.effectDone = true;
  if (event.type === 'node-failed') {
    target.error = event.error;
    return;
  }
  if (event.branchId !== null) target.branchId = event.branchId;
  scope.outputs[event.stateId] = event.output;
  scope.order.push(event.stateId);
  for (const id of event.taken) scope.edges[id] = 'live';
  for (const id of event.dead) scope.edges[id] = 'dead';
  for (const id of event.skipped) node(scope, id, 'skipped');
  if (event.variables) {
    target.variables = event.variables;
    assign(state.variables, event.variables);
  }
}

function rewind(state: SessionState, event: Extract<SessionEvent, { type: 'rewound' }>): void {
  const scope = scopeOf(state, event.scopeId);
  const reset = new Set<string>(event.reset);
  for (const id of event.reset) {
    const effectDone = scope.nodes[id]?.effectDone;
    Reflect.deleteProperty(scope.nodes, id);
    Reflect.deleteProperty(scope.outputs, id);
    // A side effect that happened stays known: doing it again asks first.
    if (effectDone) node(scope, id, 'undone').effectDone = true;
  }
  for (const id of event.edges) Reflect.deleteProperty(scope.edges, id);
  const gone = ({ scopeId, stateId }: { scopeId: string; stateId: string }) =>
    scopeId === event.scopeId && reset.has(stateId);
  state.questions = state.questions.filter((question) => !gone(question));
  state.runs = keep(state.runs, (run) => !gone(run));
  state.timers = keep(state.timers, (timer) => !gone(timer));
  scope.order = scope.order.filter((id) => !reset.has(id));
  state.variables = {};
  assign(state.variables, event.variables);
  for (const id of scope.order) assign(state.variables, scope.nodes[id]?.variables ?? {});
}

function keep<T>(record: Record<string, T>, test: (value: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => test(value)));
}

function assign(variables: SessionState['variables'], values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) setOwn(variables, name, value);
}

function end(state: SessionState, status: SessionState['status']): void {
  state.status = status;
  state.questions = [];
  state.runs = {};
  state.timers = {};
}

/** The scope of that id; events are only made for scopes that were opened. */
export function scopeOf(state: SessionState, id: string): Scope {
  const scope = own(state.scopes, id);
  if (!scope) throw new UnknownScopeError(id);
  return scope;
}

/** An event names a scope that was never opened: the log is not that of this session. */
export class UnknownScopeError extends Error {
  readonly scopeId: string;
  constructor(scopeId: string) {
    super(`The session has no scope ${scopeId}; its log is incomplete.`);
    this.name = 'UnknownScopeError';
    this.scopeId = scopeId;
  }
}

function node(scope: Scope, id: StateId, status: NodeState['status']): NodeState {
  const found = (scope.nodes[id] ??= { status, attempts: 0 });
  found.status = status;
  return found;
}
