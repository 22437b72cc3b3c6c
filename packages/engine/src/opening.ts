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
import { agentTurn, openAnswer, storedAnswer, type OpenAnswer } from './answers.js';
import { EngineError } from './errors.js';
import { followUps } from './follow-ups.js';
import type { SessionRecord } from './ports.js';
import { tooMany } from './session-limits.js';
import type { EnginePorts } from './settings.js';
import { placeOf } from './turn-commit.js';
import { emptyLog, record, type TurnLog } from './turn-log.js';

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

/** A session that was opened. */
export interface Opened {
  readonly answer: OpenAnswer;
  /** Nothing was to be asked, so it waits for "start". */
  readonly ready: boolean;
}

/**
 * Opens a session; nothing runs yet.
 * @throws EngineError `workflow_not_runnable`, `too_many_sessions`
 */
export async function openSession(ports: EnginePorts, request: OpenRequest): Promise<Opened> {
  const { journey } = request;
  if (journey.initial === null) {
    throw new EngineError(
      'workflow_not_runnable',
      `${journey.name} has no block to start with. Add a start block and convert it again.`,
    );
  }
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
  const place = placeOf(journey, state);
  const { maxConcurrentSessions: inAll, maxSessionsPerUser: perUser } = ports.settings;
  const refusal = await ports.sessions.create(session, log.events, [{ ...turn, ...kept }], {
    place,
    timersStarted: log.timersStarted,
    limits: { inAll, perUser },
    ...followUps(ports, { session, journey, state }, log.events, { goesOn: false, now }),
  });
  if (refusal !== null) throw await tooMany(ports, request.userId, refusal);
  return { answer, ready: state.status === 'not-started' };
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
