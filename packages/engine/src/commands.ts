import type { Action, Journey } from '@sim/domain';
import type { TurnAnswer } from './answers.js';
import { EngineError, IdempotencyClash } from './errors.js';
import { knownAnswer } from './known-answer.js';
import type { Lines } from './lines.js';
import type { LeftCommand, LoadedSession, SessionRecord, TurnInput } from './ports.js';
import type { EnginePorts } from './settings.js';
import { driveTurn } from './turn.js';
import { TurnConflict } from './turn-commit.js';
import { isOfSystem } from './turn-input.js';
import { beginTurn, type Command } from './turn-work.js';
import type { UnderWay } from './under-way.js';

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

/** What commands are taken with. */
export interface CommandDesk {
  readonly ports: EnginePorts;
  readonly journeys: { get(session: SessionRecord): Promise<Journey> };
  readonly underWay: UnderWay;
  readonly lines: Lines;
  /** Has the end of the engine wait for this. */
  readonly track: <T>(work: Promise<T>) => Promise<T>;
}

/** A request at work. */
interface Attempt extends Omit<Command, 'reply'> {
  readonly sessionId: string;
  readonly workspaceId: string | null;
  /** The client's key, else one of our own: what another replica answers is found under it. */
  readonly key: string;
  readonly requestHash: string;
  /** From when on it is handed to a turn that is still at work on the session. */
  readonly handOverAt: number;
  /** It lies where the turn of another replica collects it, or has been collected. */
  left: boolean;
  /** It was left once, so that its answer may be found under its key. */
  keyed: boolean;
}

/** Commands that are about what is under way, and do not wait for it. */
const AT_ONCE: ReadonlySet<Action> = new Set([
  'pause',
  'cancel',
  'skip',
  'status',
  'explain',
  'restart',
  'switch-mode',
]);

/**
 * Takes a command in the order of coming. Where blocks are at work on the session, its turn takes the
 * command between them: at once where it is about them, else when the command before it is answered, or
 * after a while.
 * @throws EngineError `session_not_found`, `session_busy`, `idempotency_key_reused`
 */
export async function takeCommand(desk: CommandDesk, request: CommandRequest): Promise<TurnAnswer> {
  const { settings } = desk.ports;
  const { input, sessionId } = request;
  if (isOfSystem(input)) return attempts(desk, attemptOf(desk.ports, request, 0));
  const patienceMs =
    input.kind === 'act' && AT_ONCE.has(input.action) ? 0 : settings.handOverAfterMs;
  const handOverAt = performance.now() + patienceMs;
  const work = () => attempts(desk, attemptOf(desk.ports, request, handOverAt));
  return desk.lines.inTurn(sessionId, patienceMs, work);
}

/** Keys of our own are given once, so that what they stand for need not be compared. */
const NO_HASH = 'none';

function attemptOf(ports: EnginePorts, request: CommandRequest, handOverAt: number): Attempt {
  const { sessionId, workspaceId, input, timeZone, idempotencyKey } = request;
  const requestHash =
    idempotencyKey === undefined ? NO_HASH : ports.hash(JSON.stringify({ input, timeZone }));
  return {
    sessionId,
    workspaceId,
    input,
    timeZone: timeZone ?? null,
    replyWithinMs: request.replyWithinMs ?? ports.settings.replyWithinMs,
    idempotency: idempotencyKey === undefined ? null : { key: idempotencyKey, requestHash },
    key: idempotencyKey ?? ports.newId('cmd'),
    requestHash,
    handOverAt,
    left: false,
    keyed: idempotencyKey !== undefined,
  };
}

async function attempts(desk: CommandDesk, attempt: Attempt): Promise<TurnAnswer> {
  const givesUpAt = performance.now() + desk.ports.settings.waitForTurnMs;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 200)) {
    const answer = await tryCommand(desk, attempt);
    if (answer) return answer;
    if (performance.now() > givesUpAt && (await mayGiveUp(desk, attempt))) throw busy();
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
  }
}

function busy(): EngineError {
  return new EngineError(
    'session_busy',
    'This session is still busy with an earlier command. Wait for its events, or try again shortly.',
  );
}

/** What another turn has collected already will be answered, or its lease lapses. */
async function mayGiveUp({ ports }: CommandDesk, attempt: Attempt): Promise<boolean> {
  if (!attempt.left) return true;
  if (!(await ports.sessions.takeBack(attempt.sessionId, attempt.key))) return false;
  attempt.left = false;
  return true;
}

/** Null where another turn is at work on the session and has not answered it. */
async function tryCommand(desk: CommandDesk, attempt: Attempt): Promise<TurnAnswer | null> {
  const { ports, underWay } = desk;
  const { sessionId, input } = attempt;
  const loaded = await loadOrThrow(ports, attempt.keyed ? attempt : { ...attempt, key: null });
  const known = knownAnswer(loaded, attempt);
  if (known) return known;
  const isHere = underWay.has(sessionId);
  if (isHere || isLeased(loaded.record, ports.clock())) {
    // The turn at work looks after the session's timers and its end itself.
    if (isOfSystem(input)) throw busy();
    if (isHere) return handOver(desk, attempt);
    await leaveIt(desk, attempt);
    return null;
  }
  if (attempt.left) {
    await ports.sessions.takeBack(sessionId, attempt.key);
    attempt.left = false;
  }
  return ownTurn(desk, attempt, loaded.record);
}

/** Hands the command to the turn at work in this process; null where that is over before it takes it. */
async function handOver({ underWay }: CommandDesk, attempt: Attempt): Promise<TurnAnswer | null> {
  const { sessionId, handOverAt } = attempt;
  if (performance.now() < handOverAt && !underWay.hasAnswered(sessionId)) return null;
  return new Promise((resolve, reject) => {
    const release = () => resolve(null);
    const offer = { ...attempt, reply: resolve, refuse: reject, release };
    if (!underWay.offer(sessionId, offer)) release();
  });
}

/** Leaves the command for the turn at work in another process, once. */
async function leaveIt({ ports, underWay }: CommandDesk, attempt: Attempt): Promise<void> {
  const { input, sessionId, key, requestHash, timeZone, replyWithinMs } = attempt;
  if (attempt.left || performance.now() < attempt.handOverAt) return;
  if (isOfSystem(input)) return;
  const command: LeftCommand = { key, requestHash, input, timeZone, replyWithinMs };
  await ports.sessions.leave(sessionId, command);
  attempt.left = true;
  attempt.keyed = true;
  underWay.tell(sessionId);
}

async function ownTurn(
  { ports, journeys, underWay, track }: CommandDesk,
  attempt: Attempt,
  session: SessionRecord,
): Promise<TurnAnswer | null> {
  const journey = await journeys.get(session);
  // One that was collected by a turn that broke off must not be taken twice.
  const { keyed, key, requestHash } = attempt;
  const idempotency = keyed ? { key, requestHash } : null;
  let reply: (answer: TurnAnswer) => void = () => undefined;
  const replied = new Promise<TurnAnswer>((resolve) => {
    reply = resolve;
  });
  const work = beginTurn(ports, journey, session, { ...attempt, idempotency, reply });
  const driven = track(underWay.whileDriven(work, () => driveTurn(work)));
  driven.catch((error: unknown) => {
    if (work.asked.replied)
      ports.log.error({ err: error, turnId: work.owner }, 'A turn broke off.');
  });
  try {
    return await Promise.race([replied, driven.then(() => replied)]);
  } catch (error) {
    if (error instanceof TurnConflict || error instanceof IdempotencyClash) return null;
    throw error;
  }
}

function isLeased(session: SessionRecord, now: Date): boolean {
  return session.leaseOwner !== null && (session.leaseExpiresAt ?? now) > now;
}

/** @throws EngineError `session_not_found` */
export async function loadOrThrow(
  ports: EnginePorts,
  request: {
    readonly sessionId: string;
    readonly workspaceId: string | null;
    readonly key?: string | null;
  },
): Promise<LoadedSession> {
  const { sessionId, workspaceId, key } = request;
  const loaded = await ports.sessions.load({
    sessionId,
    workspaceId,
    ...(key != null && { idempotencyKey: key }),
  });
  if (loaded) return loaded;
  throw new EngineError(
    'session_not_found',
    `There is no session ${sessionId} in this workspace. List the sessions to see which there are.`,
    { sessionId },
  );
}
