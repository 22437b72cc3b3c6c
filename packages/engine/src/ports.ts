import type {
  Action,
  Alarm,
  BlockError,
  BlockRun,
  Issue,
  Journey,
  JourneyVersion,
  JsonObject,
  JsonValue,
  NoticeKind,
  Provenance,
  SessionEvent,
  SessionState,
  SideEffect,
  TimerId,
  Understanding,
  UnderstandingContext,
} from '@sim/domain';

/** Tells the time; tests pass one that they move. */
export type Clock = () => Date;

/** A session as it is stored: the state of the journey and what belongs to storing it. */
export interface SessionRecord {
  readonly sessionId: `ses_${string}`;
  readonly workflowId: string;
  readonly journeyId: string;
  readonly journeyVersion: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly metadata: JsonObject;
  readonly state: SessionState;
  /** Counts writes; a write names the version it read and fails where another came between. */
  readonly version: number;
  readonly leaseOwner: string | null;
  readonly leaseExpiresAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
}

/** An event with its place in the session's log. */
export interface StoredEvent {
  /** From 0, without gaps. */
  readonly sequence: number;
  readonly event: SessionEvent;
  /** The block that it is about, for look-ups by block. */
  readonly nodeId: string | null;
  readonly durationMs: number | null;
  readonly createdAt: Date;
}

/** One utterance, of the person or the system. */
export interface Turn {
  readonly turnId: `trn_${string}`;
  readonly speaker: 'user' | 'agent';
  readonly content: string;
  readonly intent: string | null;
  readonly confidence: number | null;
  readonly entities: JsonValue;
  readonly workflowAction: string | null;
  /** On the person's turn, where the client gave a key. */
  readonly idempotencyKey: string | null;
  /** The whole answer, kept beside the key so that a repeated command gets the same one. */
  readonly answer: JsonObject | null;
  /** SHA-256 of the command, so that one key with two bodies is refused. */
  readonly requestHash: string | null;
  readonly createdAt: Date;
}

/** An answer that was given before under the same idempotency key. */
export interface StoredAnswer {
  readonly answer: JsonObject;
  readonly requestHash: string;
}

/** What the journal says of one block run. */
export interface RunStarted {
  readonly run: BlockRun;
  readonly blockType: string;
  readonly startedAt: Date;
}
export interface RunFinished {
  readonly runId: BlockRun['id'];
  readonly output: JsonValue | null;
  readonly error: BlockError | null;
  readonly finishedAt: Date;
}

/** Everything that one step changes; written whole or not at all. */
export interface SessionCommit {
  readonly sessionId: SessionRecord['sessionId'];
  /** {@link SessionRecord.version} as it was read. */
  readonly expectedVersion: number;
  /** Who writes: refused while another holds an unexpired lease. */
  readonly owner: string;
  /** Null gives the lease back. */
  readonly leaseUntil: Date | null;
  readonly state: SessionState;
  readonly currentNodeId: string | null;
  readonly currentStateId: string | null;
  readonly events: readonly StoredEvent[];
  readonly turns: readonly Turn[];
  readonly runsStarted: readonly RunStarted[];
  readonly runsFinished: readonly RunFinished[];
  /** Become jobs of the queue in the same transaction. */
  readonly timersStarted: readonly Alarm[];
  readonly timersCancelled: readonly TimerId[];
  readonly expiresAt: Date;
  readonly now: Date;
  /** Another version of its workflow's journey that the session runs from here on. */
  readonly journey?: JourneyVersion;
  /** Not with another journey. */
  readonly followUps?: FollowUps;
}

/** What a turn is about. */
export type TurnInput =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'act'; readonly action: Action; readonly parameters: JsonObject }
  | { readonly kind: 'timer'; readonly timerId: TimerId }
  /** Nobody asks: what broke off goes on, and a session whose time is over expires. */
  | { readonly kind: 'tend' }
  /** Nobody answers; meant for a session of so many events, as it stood when the reminder was set. */
  | { readonly kind: 'remind'; readonly sequence: number };

/** What the service does by itself: no person stands behind it. */
export type SystemInput = Extract<TurnInput, { kind: 'timer' | 'tend' | 'remind' }>;

/** After so long nobody waits for the answer to a command that was left. */
export const LEFT_FOR_MS = 30_000;

/** A command left by one replica for the turn of another; its answer is found under its key. */
export interface LeftCommand {
  readonly key: string;
  readonly requestHash: string;
  readonly input: Exclude<TurnInput, SystemInput>;
  readonly timeZone: string | null;
  readonly replyWithinMs: number;
}

/** A job of the queue; one with the same key that has not begun is replaced. */
export interface NewJob {
  readonly task: string;
  readonly payload: JsonObject;
  readonly runAt: Date;
  readonly key: string;
}

/** Something that happened, to be told to whoever subscribed to it. */
export interface SessionNotice {
  readonly id: `ntc_${string}`;
  readonly kind: NoticeKind;
  readonly payload: JsonObject;
}

/** What is to happen later because of a change; written with it or not at all. */
export interface FollowUps {
  readonly jobs: readonly NewJob[];
  /** Keys of jobs that are not to be done any more. */
  readonly jobsCancelled: readonly string[];
  readonly notices: readonly SessionNotice[];
}

/** What may go with a new session. */
export interface Opening {
  /** Nowhere where left out. */
  readonly place?: SessionPlace;
  readonly timersStarted?: readonly Alarm[];
  readonly followUps?: FollowUps;
  /** Live sessions that there may be before it; counted so that those who open at once do not pass them. */
  readonly limits?: { readonly inAll: number; readonly perUser: number };
}

/** Which of the limits keeps a session from being opened. */
export type OpeningRefusal = 'in-all' | 'per-user';

export interface SessionQuery {
  readonly sessionId: string;
  /** Null only for the system's own work (timers, recovery). */
  readonly workspaceId: string | null;
  readonly idempotencyKey?: string;
}

export interface LoadedSession {
  readonly record: SessionRecord;
  readonly replay: StoredAnswer | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Which sessions of a workspace. */
export interface SessionListQuery {
  readonly workspaceId: string;
  readonly userId?: string;
  readonly status?: string;
  readonly workflowId?: string;
  readonly limit: number;
  /** {@link Page.nextCursor} of the page before. */
  readonly cursor?: string;
}

/** Where a session stands: the block and the state that it is about. */
export interface SessionPlace {
  readonly currentNodeId: string | null;
  readonly currentStateId: string | null;
}

/** Which sessions run on another version of a workflow's journey than this one. */
export interface OutdatedQuery {
  readonly workspaceId: string;
  readonly workflowId: string;
  readonly journeyVersion: string;
  readonly limit: number;
  /** {@link Page.nextCursor} of the page before: the id of its last session. */
  readonly cursor?: string;
}

/** Keeps sessions, their turns, events and block runs. */
export interface SessionStore {
  /** Null where it was written; nothing is where a limit is reached. */
  create(
    record: SessionRecord,
    events: readonly StoredEvent[],
    turns: readonly Turn[],
    opening?: Opening,
  ): Promise<OpeningRefusal | null>;
  /** One read. Null where there is no such session in that workspace. */
  load(query: SessionQuery): Promise<LoadedSession | null>;
  /** One statement. False where the version moved on or another holds the lease; nothing is written then. */
  commit(commit: SessionCommit): Promise<boolean>;
  /** Prolongs the lease, unless it was lost, and tells whether commands were left for its holder. */
  renewLease(
    sessionId: string,
    owner: string,
    until: Date,
  ): Promise<{ readonly kept: boolean; readonly mail: boolean }>;
  /** Leaves a command for the turn that holds the session's lease; once under each key. */
  leave(sessionId: string, command: LeftCommand): Promise<void>;
  /** Takes a command back; false where it was collected, or never left. */
  takeBack(sessionId: string, key: string): Promise<boolean>;
  /**
   * The commands that were left, in their order, for the holder of the lease; each is handed out once. Those
   * that nobody waits for any more, after {@link LEFT_FOR_MS}, are dropped.
   */
  collect(sessionId: string, owner: string): Promise<readonly LeftCommand[]>;
  list(query: SessionListQuery): Promise<Page<SessionRecord>>;
  turns(sessionId: string, limit: number, cursor?: string): Promise<Page<Turn>>;
  /** Events from a sequence on, in order. */
  events(sessionId: string, fromSequence: number, limit: number): Promise<readonly StoredEvent[]>;
  /** Ids of sessions that are not over and run on another version, in the order of the ids. */
  outdated(query: OutdatedQuery): Promise<Page<string>>;
  /** Live sessions of all users (limits). */
  countLive(userId?: string): Promise<number>;
}

/** A workflow's journey as it was mapped. */
export interface JourneyMapping {
  readonly workflowId: string;
  readonly workflowVersion: number;
  readonly journey: Journey;
  readonly provenance: Provenance;
  readonly issues: readonly Issue[];
  /** Tells the configured tools that it was mapped with from others; empty, the default, where none is used. */
  readonly toolsHash?: string;
}

/** A workflow as it was imported, at its current version. */
export interface WorkflowContents {
  readonly version: number;
  readonly name: string;
  /** The document, parsed. */
  readonly content: JsonValue;
}

/** Keeps journeys; a journey never changes under its version. */
export interface JourneyStore {
  /** The current content of a workflow, parsed from what was imported; null where it is unknown there. */
  currentWorkflow(workflowId: string, workspaceId: string): Promise<WorkflowContents | null>;
  /**
   * The workflow that a block means: by our id, or by the one that it had where it was exported. Of
   * several the latest; null where there is none in that workspace.
   */
  calledWorkflow(calledId: string, workspaceId: string): Promise<WorkflowContents | null>;
  /** The mapping in force; null where the workflow's current version is not mapped yet. */
  activeMapping(workflowId: string, workspaceId: string): Promise<JourneyMapping | null>;
  /** The mappings in force of a workspace's workflows, the latest mapped first. */
  activeMappings(workspaceId: string, limit: number): Promise<readonly JourneyMapping[]>;
  /** Makes this the mapping in force; the earlier one is kept for its sessions. */
  saveMapping(mapping: JourneyMapping, mappedAt: Date): Promise<void>;
  journey(journeyId: string, journeyVersion: string): Promise<Journey | null>;
  /** A journey that a workflow was mapped to at some time; null where there is none of that version. */
  mapped(workflowId: string, workspaceId: string, journeyVersion: string): Promise<Journey | null>;
}

/** Values of `{{ENV}}` markers, decrypted, for one workspace. */
export interface SecretStore {
  values(workspaceId: string, names: readonly string[]): Promise<Readonly<Record<string, string>>>;
}

/** Tells live listeners, on this replica and the others, that something happened. */
export interface EventBus {
  publish(channel: string, message: string): Promise<void>;
  /** Resolves once messages arrive. The result ends it. */
  subscribe(channel: string, handler: (message: string) => void): Promise<() => Promise<void>>;
}

/** Short-lived copies of what the database has; may forget at any time. */
export interface Cache {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Understands an utterance. */
export interface LanguageUnderstanding {
  understand(utterance: string, context: UnderstandingContext): Promise<Understanding>;
}

/** What a block's executor is handed. */
export interface BlockContext {
  /** Aborted at the time-out, on cancel and at shutdown. */
  readonly signal: AbortSignal;
  /** The same over the attempts of one run, so that a receiver can drop the second. */
  readonly idempotencyKey: string;
  readonly blockName: string;
  /** Values of the references in code (`function`, `condition`), by the identifier that stands for them. */
  readonly bindings: JsonObject;
  /** Values of `{{ENV}}` used by this block: to be redacted from whatever is reported. */
  readonly secrets: readonly string[];
  /** Where the block runs; absent outside of sessions, as where a tool is tried. */
  readonly session?: BlockSession;
  /**
   * Tells those who follow the session what is being said, piece by piece; absent where nobody can. It is
   * no part of the output, which holds all of it in the end.
   */
  readonly stream?: ((text: string) => void) | undefined;
}

/** The session that a block runs in. */
export interface BlockSession {
  readonly sessionId: string;
  readonly workspaceId: string;
}

/** The outcome of a block that ran. */
export interface BlockOutput {
  readonly output: JsonValue;
  /** Which branch a condition took. */
  readonly branchId?: string | null;
  /** Workflow variables that the block sets. */
  readonly variables?: JsonObject;
}

/** Runs blocks of one type. Failures are thrown as {@link BlockFailure}. */
export interface BlockExecutor {
  readonly type: string;
  /** For these parameters; the journey's own `sideEffect` is what confirmation goes by. */
  readonly sideEffect: SideEffect;
  /** Safe to run again after a crash without asking: no effect, or the receiver takes the key. */
  readonly idempotent: boolean;
  run(params: JsonObject, context: BlockContext): Promise<BlockOutput>;
}

/** A block's failure, with what the person is told. */
export class BlockFailure extends Error {
  readonly error: BlockError;
  constructor(error: BlockError, options?: ErrorOptions) {
    super(error.message, options);
    this.name = 'BlockFailure';
    this.error = error;
  }
}
