import type { JsonObject, JsonValue } from '../json.js';
import type { Slot, SlotOption, StateId, TransitionId } from '../journey/types.js';
import type { Message } from '../conversation/types.js';
import type { ConversationalConfig, ExecutionConfig } from './config-types.js';

export * from './config-types.js';

export const EXECUTION_STATUSES = [
  'not-started',
  'running',
  'waiting-for-input',
  'paused',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

export type ScopeId = string;
export type RunId = `run_${string}`;
export type TimerId = `tmr_${string}`;

/**
 * Everything a session knows, rebuilt from its events by `evolve`. Plain JSON.
 * Keys of records are ours (scope, state, run ids), except `variables` and slot values,
 * which are read with `own` and written with `setOwn`.
 */
export interface SessionState {
  status: ExecutionStatus;
  /** Events applied so far; the next event has this sequence. */
  sequence: number;
  config: ConversationalConfig;
  execution: ExecutionConfig;
  mode: 'visual' | 'conversational' | 'hybrid';
  /** Input given at the opening, before the start state asked for the rest. */
  initialInput: JsonObject;
  scopes: Record<ScopeId, Scope>;
  variables: Record<string, JsonValue>;
  /** Questions in the order in which they are asked; the first is the pending one. */
  questions: Question[];
  runs: Record<RunId, BlockRun>;
  timers: Record<TimerId, PendingTimer>;
  /** Counts runs, questions and timers, so that ids are deterministic. */
  counter: number;
  /** Set at the end: the Response's or the last terminal block's output. */
  output: JsonValue | null;
  error: SessionError | null;
  /** The messages of the latest reply, said again on "repeat". */
  lastMessages: Message[];
  /** When it fails if it has not ended by then. */
  deadline?: Alarm;
  /** What the person's latest command was sent under, where it was; it is not taken a second time. */
  commandKey?: string;
  /** What was open when it expired, for as long as it is. */
  suspended?: Suspended;
  /** Reminders since the person's latest word, where there were any. */
  reminded?: number;
}

/** Where a session stood when it expired, so that it can be taken up again. */
export type Suspended = Pick<SessionState, 'status' | 'questions' | 'runs' | 'timers'>;

/**
 * One run of a graph: the root, each iteration of a loop, branch of a parallel and child workflow. It is
 * dropped when it is done. A node absent from `nodes` has not been reached.
 */
export interface Scope {
  readonly id: ScopeId;
  readonly kind: 'root' | 'iteration' | 'branch' | 'subjourney';
  readonly parent: { readonly scopeId: ScopeId; readonly stateId: StateId } | null;
  /** Which iteration or branch it is, from 0. */
  readonly index?: number;
  /** With kind `subjourney`: the child's key, and what it was called with. */
  readonly child?: string;
  readonly input?: JsonObject;
  /** What stands in it may have acted outside before: doing it again asks first. */
  readonly redo?: boolean;
  /** With kind `subjourney`: the child's own variables. */
  variables?: Record<string, JsonValue>;
  /** What the blocks inside loops and parallels put out last, for those that read them from outside. */
  echoes?: Record<StateId, JsonValue>;
  nodes: Record<StateId, NodeState>;
  /** Transitions that are decided: taken, or known never to be. */
  edges: Record<TransitionId, 'live' | 'dead'>;
  outputs: Record<StateId, JsonValue>;
  /** States in the order in which they were done. */
  order: StateId[];
}

export interface NodeState {
  status:
    | 'asking'
    | 'confirming'
    | 'running'
    | 'waiting'
    | 'failed'
    | 'done'
    | 'skipped'
    /** As if not reached: gone back past and kept for its side effect, called off, or held. */
    | 'undone';
  /** Runs so far. */
  attempts: number;
  /** Of its latest run group; a new one is made when it is gone back past. */
  idempotencyKey?: string;
  /** The branch a fork took. */
  branchId?: string;
  error?: BlockError;
  /** Set once its side effect may have happened: going back past it asks first. */
  effectDone?: boolean;
  /** The session has paused before it, so that it does not again. */
  held?: true;
  /** Workflow variables that it set, so that going back can take them away. */
  variables?: JsonObject;
  /** Of a loop or parallel under way. */
  progress?: BodyProgress;
  /** Scopes were opened inside it. */
  inner?: boolean;
  /** Of a loop or parallel that is done: the states whose outputs it left to those that read it. */
  echoed?: StateId[];
}

/** How far a loop or parallel has come. */
export interface BodyProgress {
  /** What it goes over: a record's entries are `[key, value]`. Null where it only counts. */
  items: readonly JsonValue[] | null;
  /** Iterations in all; null where a condition decides. */
  total: number | null;
  opened: number;
  closed: number;
  /** It may have acted outside before it was begun this time. */
  redo: boolean;
  /** The condition was true for the next iteration. */
  goesOn: boolean;
  /** Per iteration what its blocks put out; empty for those that are not done. */
  results: (readonly JsonValue[])[];
  /** Which iteration each of the scope's echoes is from. */
  echoedBy: Record<StateId, number>;
}

export interface BlockRun {
  readonly id: RunId;
  readonly scopeId: ScopeId;
  readonly stateId: StateId;
  readonly attempt: number;
  /** Sent to tools; stable over the attempts of one run group. */
  readonly idempotencyKey: string;
}

/** A moment at which the session is told that it has come. */
export interface Alarm {
  readonly id: TimerId;
  /** ISO 8601 UTC. */
  readonly fireAt: string;
}

/** The end of a wait. */
export interface PendingTimer extends Alarm {
  readonly scopeId: ScopeId;
  readonly stateId: StateId;
}

/** A failed block, told to the person and bound as `{error}` on the error path. */
export interface BlockError {
  /** Stable snake_case code such as `timeout`, `http_error`, `executor_missing`. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: JsonObject;
}

export interface SessionError extends BlockError {
  readonly suggestedActions: readonly string[];
  readonly stateId?: StateId;
}

interface QuestionBase {
  readonly id: string;
  readonly scopeId: ScopeId;
  readonly stateId: StateId;
}

/** Asks for values, one slot at a time; an utterance may fill several. */
export interface SlotsQuestion extends QuestionBase {
  readonly kind: 'slots';
  readonly slots: readonly Slot[];
  values: Record<string, JsonValue>;
  /** Names of the slots that have a value, the latest given last: what "back" takes back. */
  given: string[];
  /** Names of the slots to ask for; the others are taken when they are given. */
  asked: string[];
  /** The slot now asked for; null once all are known. */
  focus: string | null;
  /** Refused answers to the slot in focus. */
  refusals: number;
}

/** Yes or no. */
export interface ConfirmationQuestion extends QuestionBase {
  readonly kind: 'confirmation';
  readonly purpose: ConfirmationPurpose;
}

export type ConfirmationPurpose =
  /** Before a block with a side effect. */
  | { readonly type: 'side-effect' }
  /** Before each step, where every step is asked for. */
  | { readonly type: 'step' }
  /** After something was shown that asks for nothing but to be seen. */
  | { readonly type: 'acknowledge' }
  | { readonly type: 'cancel' }
  | { readonly type: 'restart' }
  /** Going back past side effects that have happened. */
  | {
      readonly type: 'rewind';
      readonly toStateId: StateId;
      /** The slot to ask again; null where `values` says what changes. */
      readonly slot: string | null;
      readonly values: JsonObject;
    };

/** A failed block: what now? */
export interface RepairQuestion extends QuestionBase {
  readonly kind: 'repair';
  readonly error: BlockError;
  readonly options: readonly RepairOption[];
}
export type RepairOption = 'retry' | 'change-input' | 'skip' | 'stop';

/** Which of several ways to go. */
export interface ChoiceQuestion extends QuestionBase {
  readonly kind: 'choice';
  readonly options: readonly SlotOption[];
}

export type Question = SlotsQuestion | ConfirmationQuestion | RepairQuestion | ChoiceQuestion;

/** What happened. The log of these rebuilds the state; each is stored with its sequence. */
export type SessionEvent =
  | {
      type: 'session-created';
      config: ConversationalConfig;
      execution: ExecutionConfig;
      initialInput: JsonObject;
      mode: SessionState['mode'];
    }
  /** Sets the workflow's variables to what the author gave them. */
  | { type: 'session-started'; variables: JsonObject }
  | { type: 'scope-opened'; scope: Scope }
  /** An iteration or branch is done; `order` is that of its outputs among the results. */
  | { type: 'scope-closed'; scopeId: ScopeId; order: StateId[] }
  /** A loop or parallel knows what it goes over. */
  | {
      type: 'body-planned';
      scopeId: ScopeId;
      stateId: StateId;
      total: number | null;
      items: readonly JsonValue[] | null;
    }
  /** A loop's condition was true for its next iteration. */
  | { type: 'loop-continued'; scopeId: ScopeId; stateId: StateId }
  /** What a state needed to know before it goes on: its items, its condition, its input. */
  | { type: 'node-prepared'; scopeId: ScopeId; stateId: StateId; runId: RunId }
  | { type: 'user-said'; text: string; intent: string; confidence: number; key?: string }
  | { type: 'user-acted'; action: string; parameters: JsonObject; key?: string }
  | { type: 'agent-said'; messages: Message[] }
  /** Behind what is asked already; what was gone back to comes first. */
  | { type: 'question-asked'; question: Question; first?: true }
  | { type: 'slots-filled'; questionId: string; values: JsonObject; focus: string | null }
  | { type: 'slot-passed'; questionId: string; slot: string; focus: string | null }
  | { type: 'slot-refused'; questionId: string; slot: string; reason: string }
  | { type: 'question-closed'; questionId: string; outcome: string }
  | { type: 'node-started'; scopeId: ScopeId; stateId: StateId; run: BlockRun }
  | {
      type: 'node-completed';
      scopeId: ScopeId;
      stateId: StateId;
      runId: RunId | null;
      output: JsonValue;
      branchId: string | null;
      /** True where a side effect went with it, or may have. */
      effectDone: boolean;
      /** True where the output is that of a failure and the error path goes on. */
      failed: boolean;
      taken: TransitionId[];
      dead: TransitionId[];
      skipped: StateId[];
      durationMs: number;
      /** Variables that the block sets. */
      variables: JsonObject | null;
    }
  | {
      type: 'node-failed';
      scopeId: ScopeId;
      stateId: StateId;
      runId: RunId | null;
      error: BlockError;
      /** True where the side effect may have happened all the same. */
      effectDone: boolean;
      durationMs: number;
    }
  /** A run was called off in a pause; what it was for begins again after it. */
  | {
      type: 'run-called-off';
      scopeId: ScopeId;
      stateId: StateId;
      runId: RunId;
      effectDone: boolean;
    }
  | { type: 'timer-set'; timer: PendingTimer }
  | { type: 'deadline-set'; deadline: Alarm }
  | { type: 'timer-fired'; timerId: TimerId }
  /** The person was asked once more; counts from 1 since their latest word. */
  | { type: 'reminded'; count: number }
  | {
      type: 'rewound';
      scopeId: ScopeId;
      toStateId: StateId;
      reset: StateId[];
      edges: TransitionId[];
      /** The workflow's variables as they were at the start. */
      variables: JsonObject;
    }
  | { type: 'restarted'; variables: JsonObject }
  | { type: 'paused' }
  /** Pauses before a step, where the opening said so. */
  | { type: 'pause-point-reached'; scopeId: ScopeId; stateId: StateId }
  | { type: 'resumed' }
  | { type: 'mode-switched'; mode: SessionState['mode'] }
  | { type: 'completed'; output: JsonValue }
  | { type: 'failed'; error: SessionError }
  | { type: 'cancelled' }
  /** Absent in logs of releases that did not keep what was open: those sessions cannot be reopened. */
  | { type: 'expired'; kept?: true }
  /** An expired session goes on; its runs and waits are begun again by events of their own. */
  | { type: 'reopened' }
  | JourneyChanged;

/** Which journey a session runs. */
export interface JourneyVersion {
  readonly journeyId: string;
  readonly journeyVersion: string;
}

/** The session goes on with another version of its journey; what is not named stays as it was. */
export interface JourneyChanged {
  type: 'journey-changed';
  from: JourneyVersion;
  to: JourneyVersion;
  scopes: ScopeChange[];
  questions: Question[];
  variables: JsonObject;
  /** The pending question reads differently, and is put anew. */
  putAnew: boolean;
}

/** Where a scope stands in another version of its journey. */
export interface ScopeChange {
  readonly scopeId: ScopeId;
  /** States that are no longer there. */
  readonly gone: readonly StateId[];
  /** All that will never be reached. */
  readonly skipped: readonly StateId[];
  /** All that is decided. */
  readonly edges: Readonly<Record<TransitionId, 'live' | 'dead'>>;
  /** Outputs that got fields. */
  readonly outputs: Readonly<Record<StateId, JsonValue>>;
}

/** What the engine is asked to do; the answer comes back as an input. */
export type Effect =
  | { type: 'run-block'; run: BlockRun; delayMs: number }
  | { type: 'start-timer'; timer: Alarm }
  | { type: 'cancel-timer'; timerId: TimerId }
  | { type: 'cancel-run'; runId: RunId };
