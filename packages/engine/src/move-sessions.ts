import {
  moveSession,
  render,
  type Journey,
  type JourneyVersion,
  type Move,
  type MoveRefusal,
  type MoveRefusalCode,
} from '@sim/domain';
import { agentTurn } from './answers.js';
import { createJourneyCache } from './journey-cache.js';
import type { SessionPlace, SessionRecord, StoredEvent } from './ports.js';
import type { EnginePorts } from './settings.js';
import { placeOf, sessionChannel } from './turn-commit.js';

/** Which sessions of a workflow are to go on with another version of its journey. */
export interface MoveRequest {
  readonly workflowId: string;
  readonly workspaceId: string;
  readonly to: Journey;
  /** Only says what would come of it. */
  readonly dryRun: boolean;
  /** Those alone; where absent, all that are not over and run on another version. */
  readonly sessionIds?: readonly string[];
  readonly limit: number;
  /** The {@link MoveReport.nextCursor} of the report before. */
  readonly cursor?: string;
}

/** A session that was moved, or would be. */
export interface MovedSession extends SessionPlace {
  readonly sessionId: string;
  readonly from: string;
  readonly to: string;
  /** What is asked reads differently now, which the person was told. */
  readonly putAnew: boolean;
}

/** A session that stays on its version. */
export interface StayingSession extends Omit<MoveRefusal, 'code'> {
  readonly sessionId: string;
  /** Null where there is no such session. */
  readonly from: string | null;
  readonly code: MoveRefusalCode | 'session_not_found' | 'already_there';
}

/** What came of a request; of the sessions after {@link MoveReport.nextCursor} nothing yet. */
export interface MoveReport extends JourneyVersion {
  readonly dryRun: boolean;
  readonly moved: readonly MovedSession[];
  readonly notMoved: readonly StayingSession[];
  readonly counts: {
    readonly examined: number;
    readonly moved: number;
    readonly notMoved: number;
  };
  readonly nextCursor: string | null;
}

/** What moving sessions needs of the engine's ports. */
export type MovePorts = Pick<
  EnginePorts,
  'sessions' | 'journeys' | 'bus' | 'clock' | 'newId' | 'log'
>;

/** Moves sessions between versions of their workflow's journey. */
export interface SessionMover {
  /**
   * One after another, each with a statement of its own; a session that a turn writes at the same moment
   * stays, and the report says so. Stops when the limit or the time is used up.
   */
  move(request: MoveRequest): Promise<MoveReport>;
}

/** After so long a report is given with what was done by then. */
const MOVE_WITHIN_MS = 10_000;

/** A mover over these ports; `withinMs` is how long one request may take before it is cut off. */
export function createSessionMover(ports: MovePorts, withinMs = MOVE_WITHIN_MS): SessionMover {
  const journeys = createJourneyCache(ports.journeys);
  return {
    async move(request) {
      const givesUpAt = performance.now() + withinMs;
      const page = await pageOf(ports, request);
      const moved: MovedSession[] = [];
      const notMoved: StayingSession[] = [];
      let last: string | null = null;
      for (const sessionId of page.items) {
        // One at least, or a slow store would be asked for the same page for ever.
        if (last !== null && performance.now() > givesUpAt) break;
        const outcome = await moveOne(ports, journeys, request, sessionId);
        if ('code' in outcome) notMoved.push(outcome);
        else moved.push(outcome);
        last = sessionId;
      }
      const examined = moved.length + notMoved.length;
      return {
        journeyId: request.to.id,
        journeyVersion: request.to.version,
        dryRun: request.dryRun,
        moved,
        notMoved,
        counts: { examined, moved: moved.length, notMoved: notMoved.length },
        nextCursor: examined < page.items.length ? last : page.nextCursor,
      };
    },
  };
}

function pageOf({ sessions }: MovePorts, request: MoveRequest) {
  const { workflowId, workspaceId, to, sessionIds, limit, cursor } = request;
  if (sessionIds === undefined) {
    const query = { workflowId, workspaceId, journeyVersion: to.version, limit };
    return sessions.outdated({ ...query, ...(cursor !== undefined && { cursor }) });
  }
  const wanted = [...new Set(sessionIds)].filter((id) => id > (cursor ?? '')).sort();
  const items = wanted.slice(0, limit);
  return { items, nextCursor: wanted.length > limit ? (items.at(-1) ?? null) : null };
}

async function moveOne(
  ports: MovePorts,
  journeys: ReturnType<typeof createJourneyCache>,
  request: MoveRequest,
  sessionId: string,
): Promise<MovedSession | StayingSession> {
  const { workflowId, workspaceId, to, dryRun } = request;
  const loaded = await ports.sessions.load({ sessionId, workspaceId });
  if (loaded?.record.workflowId !== workflowId) return unknown(sessionId);
  const { record } = loaded;
  const from = record.journeyVersion;
  if (from === to.version) return alreadyThere(sessionId, from);
  if (record.leaseOwner !== null) return busy(sessionId, from);
  const now = ports.clock();
  const move = moveSession(await journeys.get(record), to, record.state, now.toISOString());
  if (!move.ok) return { sessionId, from, ...move.refusal };
  if (!dryRun && !(await write(ports, record, to, move, now))) return busy(sessionId, from);
  return {
    sessionId,
    from,
    to: to.version,
    ...placeOf(to, move.state),
    putAnew: move.putAnew,
  };
}

/** False where a turn wrote the session since it was read; nothing is written then. */
async function write(
  { sessions, bus, newId, log }: MovePorts,
  record: SessionRecord,
  to: Journey,
  { state, events }: Extract<Move, { ok: true }>,
  now: Date,
): Promise<boolean> {
  const { sessionId } = record;
  const first = record.state.sequence;
  const stored = events.map((event, index): StoredEvent => ({
    sequence: first + index,
    event,
    nodeId: null,
    durationMs: null,
    createdAt: now,
  }));
  const said = events.flatMap((event) => (event.type === 'agent-said' ? event.messages : []));
  const content = said.map((message) => render(message)).join('\n');
  const written = await sessions.commit({
    sessionId,
    expectedVersion: record.version,
    owner: newId('mov'),
    leaseUntil: null,
    state,
    ...placeOf(to, state),
    events: stored,
    turns: content === '' ? [] : [agentTurn(newId('trn'), content, now)],
    runsStarted: [],
    runsFinished: [],
    timersStarted: [],
    timersCancelled: [],
    // A move is no sign of life.
    expiresAt: record.expiresAt,
    now,
    journey: { journeyId: to.id, journeyVersion: to.version },
  });
  if (!written) return false;
  bus
    .publish(sessionChannel(sessionId), JSON.stringify({ sequence: state.sequence }))
    .catch((error: unknown) => log.warn({ err: error }, 'The bus did not take a message.'));
  return true;
}

function unknown(sessionId: string): StayingSession {
  return {
    sessionId,
    from: null,
    code: 'session_not_found',
    reason: 'This workflow has no such session.',
    hint: 'List the sessions of the workflow to see which there are.',
  };
}

function alreadyThere(sessionId: string, from: string): StayingSession {
  return {
    sessionId,
    from,
    code: 'already_there',
    reason: 'It runs on this version already.',
    hint: 'There is nothing to do.',
  };
}

function busy(sessionId: string, from: string): StayingSession {
  return {
    sessionId,
    from,
    code: 'session_busy',
    reason: 'A turn is at work on it.',
    hint: 'Try again in a moment, when it is done.',
  };
}
