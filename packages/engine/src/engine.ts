import {
  createDecider,
  DEFAULT_CONFIG,
  initialState,
  type ConversationalConfig,
  type ExecutionConfig,
  type Journey,
  type JsonObject,
  type SessionState,
} from '@sim/domain';
import {
  agentTurn,
  openAnswer,
  sessionAnswer,
  storedAnswer,
  type OpenAnswer,
  type SessionAnswer,
  type TurnAnswer,
} from './answers.js';
import { EngineError, IdempotencyClash, type EngineErrorCode } from './errors.js';
import { createJourneyCache } from './journey-cache.js';
import type { LoadedSession, Page, SessionListQuery, SessionRecord } from './ports.js';
import type { EnginePorts } from './settings.js';
import { driveTurn } from './turn.js';
import { TurnConflict } from './turn-commit.js';
import { emptyLog, record, type TurnLog } from './turn-log.js';
import { beginTurn, type TurnInput, type TurnWork } from './turn-work.js';

/** Opens a session on a journey that is stored. */
export interface OpenRequest {
  readonly workflowId: string;
  readonly journey: Journey;
  /** Where the caller makes the id; it must never have been given before. */
  readonly sessionId?: SessionRecord['sessionId'];
  readonly userId: string;
  readonly workspaceId: string;
  readonly initialInput?: JsonObject;
  readonly config?: Partial<ConversationalConfig>;
  readonly execution?: Partial<ExecutionConfig>;
  readonly mode?: SessionState['mode'];
  /** Run at once even where nothing is to be asked first. */
  readonly autoStart?: boolean;
  readonly metadata?: JsonObject;
  /** Keeps the answer under this key, for {@link SessionStore.load} to give it again. */
  readonly idempotency?: { readonly key: string; readonly requestHash: string };
}

/** A command to a session. */
export interface CommandRequest {
  readonly sessionId: string;
  /** Null only for the system's own work. */
  readonly workspaceId: string | null;
  readonly input: TurnInput;
  readonly idempotencyKey?: string;
  /** IANA name, for this utterance. */
  readonly timeZone?: string;
  /** 0 answers as soon as something outside is under way. */
  readonly replyWithinMs?: number;
}

/** Runs journeys: what it is asked goes through the journey's own decisions, what comes of it is stored. */
export interface Engine {
  /** @throws EngineError `too_many_sessions`, `workflow_not_runnable` */
  open(request: OpenRequest): Promise<OpenAnswer>;
  /** @throws EngineError `session_not_found`, `session_busy`, `idempotency_key_reused` */
  command(request: CommandRequest): Promise<TurnAnswer>;
  /** @throws EngineError `session_not_found` */
  view(sessionId: string, workspaceId: string): Promise<SessionAnswer>;
  /** Sessions of a workspace, the latest first. */
  list(query: SessionListQuery): Promise<Page<SessionAnswer>>;
  /**
   * Goes on after a wait. A session or timer that is gone is no error, nor is one that is busy: a turn goes
   * on with the waits that are over when it ends.
   */
  fireTimer(sessionId: string, timerId: string): Promise<void>;
  /**
   * Looks after a session that nobody asks about: what broke off with its replica goes on, and it
   * expires when its time is over. One that is gone, or busy, is no error.
   */
  tend(sessionId: string): Promise<void>;
  /** Keeps a journey at hand, so that the first turn on it need not read it. */
  remember(journey: Journey): void;
  /** Takes no more, and resolves when what is under way is written. */
  close(): Promise<void>;
}

/** An engine over these ports. It keeps no session between turns, so any replica takes any turn. */
export function createEngine(ports: EnginePorts): Engine {
  const journeys = createJourneyCache(ports.journeys);
  const underWay = new Set<Promise<unknown>>();
  let closing = false;

  const track = <T>(work: Promise<T>): Promise<T> => {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    underWay.add(settled);
    void settled.then(() => underWay.delete(settled));
    return work;
  };
  const refuseWhenClosing = () => {
    if (closing) {
      throw new EngineError('shutting_down', 'This replica is shutting down. Try again at once.');
    }
  };

  const command = async (request: CommandRequest): Promise<TurnAnswer> => {
    refuseWhenClosing();
    return track(commandInOrder(ports, journeys, request, track));
  };

  return {
    command,
    open: async (request) => {
      refuseWhenClosing();
      const { answer, ready } = await track(openSession(ports, request));
      journeys.remember(request.journey);
      if (!ready || request.autoStart !== true) return answer;
      const { sessionId } = answer;
      const input = { kind: 'act', action: 'start', parameters: {} } as const;
      const started = await command({ sessionId, workspaceId: request.workspaceId, input });
      return {
        ...answer,
        welcomeMessage: `${answer.welcomeMessage}\n${started.agentResponse}`,
        state: started.state,
      };
    },
    view: async (sessionId, workspaceId) => {
      const { record: session } = await loadOrThrow(ports, { sessionId, workspaceId });
      return sessionAnswer(session, await journeys.get(session));
    },
    list: async (query) => {
      const page = await ports.sessions.list(query);
      const items = await Promise.all(
        page.items.map(async (session) => sessionAnswer(session, await journeys.get(session))),
      );
      return { items, nextCursor: page.nextCursor };
    },
    fireTimer: (sessionId, timerId) => {
      const input = { kind: 'timer', timerId: timerId as `tmr_${string}` } as const;
      return quietly(
        () => command({ sessionId, workspaceId: null, input }),
        ['session_not_found', 'session_busy'],
      );
    },
    tend: (sessionId) =>
      quietly(
        () => command({ sessionId, workspaceId: null, input: { kind: 'tend' } }),
        ['session_not_found', 'session_busy'],
      ),
    remember: (journey) => journeys.remember(journey),
    close: async () => {
      closing = true;
      await Promise.all(underWay);
    },
  };
}

/** Does work of the system, for which these refusals are no news. */
async function quietly(
  work: () => Promise<unknown>,
  expected: readonly EngineErrorCode[],
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof EngineError && expected.includes(error.code))) throw error;
  }
}

type JourneyCache = ReturnType<typeof createJourneyCache>;

/** Two turns on one session: the later waits its turn, and is refused when that takes too long. */
async function commandInOrder(
  ports: EnginePorts,
  journeys: JourneyCache,
  request: CommandRequest,
  track: <T>(work: Promise<T>) => Promise<T>,
): Promise<TurnAnswer> {
  const givesUpAt = performance.now() + ports.settings.waitForTurnMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 200)) {
    const answer = await tryCommand(ports, journeys, request, track);
    if (answer) return answer;
    if (performance.now() > givesUpAt) throw busy();
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
  }
}

function busy(): EngineError {
  return new EngineError(
    'session_busy',
    'This session is still busy with an earlier command. Wait for its events, or try again shortly.',
  );
}

/** Null where another turn is at work on the session. */
async function tryCommand(
  ports: EnginePorts,
  journeys: JourneyCache,
  request: CommandRequest,
  track: <T>(work: Promise<T>) => Promise<T>,
): Promise<TurnAnswer | null> {
  const { idempotencyKey: key } = request;
  const asked = { input: request.input, timeZone: request.timeZone };
  const requestHash = key === undefined ? '' : ports.hash(JSON.stringify(asked));
  const { record: session, replay } = await loadOrThrow(ports, request);
  if (replay) {
    if (replay.requestHash === requestHash) return replay.answer as unknown as TurnAnswer;
    throw new EngineError(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another command. Use a new key for a new command.',
    );
  }
  if (isLeased(session, ports.clock())) return null;
  const journey = await journeys.get(session);
  const idempotency = key === undefined ? null : { key, requestHash };
  const work = beginTurn(ports, journey, session, request.input, {
    idempotency,
    timeZone: request.timeZone ?? null,
  });
  const within = request.replyWithinMs ?? ports.settings.replyWithinMs;
  try {
    return await replyOf(ports, work, within, track);
  } catch (error) {
    if (error instanceof TurnConflict || error instanceof IdempotencyClash) return null;
    throw error;
  }
}

/** The reply of a turn that may go on behind it. */
async function replyOf(
  ports: EnginePorts,
  work: TurnWork,
  withinMs: number,
  track: <T>(work: Promise<T>) => Promise<T>,
): Promise<TurnAnswer> {
  let reply: (answer: TurnAnswer) => void = () => undefined;
  const replied = new Promise<TurnAnswer>((resolve) => {
    reply = resolve;
  });
  const driven = track(driveTurn(work, withinMs, reply));
  driven.catch((error: unknown) => {
    if (work.replied) ports.log.error({ err: error, turnId: work.turnId }, 'A turn broke off.');
  });
  return Promise.race([replied, driven.then(() => replied)]);
}

function isLeased(session: SessionRecord, now: Date): boolean {
  return session.leaseOwner !== null && (session.leaseExpiresAt ?? now) > now;
}

async function loadOrThrow(
  ports: EnginePorts,
  request: { sessionId: string; workspaceId: string | null; idempotencyKey?: string },
): Promise<LoadedSession> {
  const { sessionId, workspaceId, idempotencyKey } = request;
  const loaded = await ports.sessions.load({
    sessionId,
    workspaceId,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  });
  if (loaded) return loaded;
  throw new EngineError(
    'session_not_found',
    `There is no session ${sessionId} in this workspace. List the sessions to see which there are.`,
    { sessionId },
  );
}

async function openSession(ports: EnginePorts, request: OpenRequest): Promise<Opened> {
  const { journey } = request;
  if (journey.initial === null) {
    throw new EngineError(
      'workflow_not_runnable',
      `${journey.name} has no block to start with. Add a start block and convert it again.`,
    );
  }
  await refuseTooMany(ports, request.userId);
  const now = ports.clock();
  const state = initialState();
  const log = emptyLog(journey);
  opening(request, state, log, now);
  const session = newRecord(ports, request, state, now);
  const answer = openAnswer(session, journey, log.said);
  const turn = agentTurn(ports.newId('trn'), answer.welcomeMessage, now);
  const kept = request.idempotency && {
    idempotencyKey: request.idempotency.key,
    requestHash: request.idempotency.requestHash,
    answer: storedAnswer(answer),
  };
  await ports.sessions.create(session, log.events, [{ ...turn, ...kept }]);
  return { answer, ready: state.status === 'not-started' };
}

interface Opened {
  readonly answer: OpenAnswer;
  /** Nothing was to be asked, so it waits for "start". */
  readonly ready: boolean;
}

function opening(request: OpenRequest, state: SessionState, log: TurnLog, now: Date): void {
  const decider = createDecider(request.journey, state);
  const opened = decider.take(
    {
      type: 'open',
      config: { ...DEFAULT_CONFIG, ...request.config },
      execution: { timeZone: null, sessionTimeoutMs: null, ...request.execution },
      initialInput: request.initialInput ?? {},
      mode: request.mode ?? 'conversational',
    },
    now.toISOString(),
  );
  record(log, opened, 0, now);
  const sequence = state.sequence;
  record(log, decider.take({ type: 'turn-ended' }, now.toISOString()), sequence, now);
}

function newRecord(
  ports: EnginePorts,
  request: OpenRequest,
  state: SessionState,
  now: Date,
): SessionRecord {
  const { journey } = request;
  return {
    sessionId: request.sessionId ?? ports.newId('ses'),
    workflowId: request.workflowId,
    journeyId: journey.id,
    journeyVersion: journey.version,
    userId: request.userId,
    workspaceId: request.workspaceId,
    metadata: request.metadata ?? {},
    state,
    version: 0,
    leaseOwner: null,
    leaseExpiresAt: null,
    createdAt: now,
    updatedAt: now,
    expiresAt: new Date(
      now.getTime() + (state.execution.sessionTimeoutMs ?? ports.settings.sessionTimeoutMs),
    ),
  };
}

async function refuseTooMany(ports: EnginePorts, userId: string): Promise<void> {
  const { maxConcurrentSessions, maxSessionsPerUser } = ports.settings;
  const [all, own] = await Promise.all([
    ports.sessions.countLive(),
    ports.sessions.countLive(userId),
  ]);
  const over =
    all >= maxConcurrentSessions ? 'in all' : own >= maxSessionsPerUser ? 'of yours' : '';
  if (over === '') return;
  throw new EngineError(
    'too_many_sessions',
    `There are too many live sessions ${over}. End one that is no longer needed, or try again later.`,
    { live: all, yours: own },
  );
}
