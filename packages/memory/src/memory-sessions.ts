import {
  LEFT_FOR_MS,
  type LeftCommand,
  type LoadedSession,
  type OutdatedQuery,
  type Page,
  type SessionCommit,
  type SessionQuery,
  type SessionRecord,
  type SessionStore,
  type StoredAnswer,
  type StoredEvent,
  type Turn,
} from '@sim/engine';
import { executionStatus, hasEnded, type ExecutionStatus, type TimerId } from '@sim/domain';

/** What happens when a timer's moment comes. */
export type OnTimer = (sessionId: string, timerId: TimerId) => void;

interface Kept {
  record: SessionRecord;
  events: StoredEvent[];
  turns: Turn[];
  timers: Map<string, NodeJS.Timeout>;
  /** By key, in the order of leaving. */
  left: Map<string, { readonly command: LeftCommand; readonly at: number }>;
}

/** What counts against the limits. */
const LIVE: ReadonlySet<ExecutionStatus> = new Set(['running', 'paused']);

/** Longest delay that `setTimeout` takes; longer waits are set again when it is over. */
const LONGEST_DELAY_MS = 2_147_483_647;

/**
 * Sessions in the memory of one process, gone with it: for the terminal and for tests. Timers are the
 * process's own and keep it alive until they fire. Nobody is reminded or notified.
 */
export function createMemorySessions(onTimer: OnTimer = () => undefined): SessionStore {
  const sessions = new Map<string, Kept>();
  const page = <T>(all: readonly T[], limit: number, cursor?: string): Page<T> => {
    const from = cursor === undefined ? 0 : Number(cursor);
    const next = from + limit;
    return {
      items: all.slice(from, next),
      nextCursor: next < all.length ? String(next) : null,
    };
  };
  return {
    create(record, events, turns, { limits, timersStarted = [] } = {}) {
      const live = [...sessions.values()].filter(isLive);
      const own = live.filter((kept) => kept.record.userId === record.userId);
      if (limits && live.length >= limits.inAll) return Promise.resolve('in-all');
      if (limits && own.length >= limits.perUser) return Promise.resolve('per-user');
      const kept = {
        record: structuredClone(record),
        events: structuredClone([...events]),
        turns: structuredClone([...turns]),
        timers: new Map(),
        left: new Map(),
      };
      sessions.set(record.sessionId, kept);
      const { sessionId } = record;
      setTimers(kept, { sessionId, timersStarted, timersCancelled: [] }, onTimer);
      return Promise.resolve(null);
    },
    load: (query) => Promise.resolve(load(sessions.get(query.sessionId), query)),
    commit(commit) {
      const kept = sessions.get(commit.sessionId);
      if (!kept || !mayWrite(kept.record, commit)) return Promise.resolve(false);
      write(kept, commit);
      setTimers(kept, commit, onTimer);
      return Promise.resolve(true);
    },
    renewLease(sessionId, owner, until) {
      const kept = sessions.get(sessionId);
      if (kept?.record.leaseOwner !== owner) return Promise.resolve({ kept: false, mail: false });
      kept.record = { ...kept.record, leaseExpiresAt: until };
      return Promise.resolve({ kept: true, mail: kept.left.size > 0 });
    },
    leave(sessionId, command) {
      const kept = sessions.get(sessionId);
      if (kept && !kept.left.has(command.key)) {
        kept.left.set(command.key, { command: structuredClone(command), at: Date.now() });
      }
      return Promise.resolve();
    },
    takeBack: (sessionId, key) =>
      Promise.resolve(sessions.get(sessionId)?.left.delete(key) ?? false),
    collect(sessionId, owner) {
      const kept = sessions.get(sessionId);
      if (kept?.record.leaseOwner !== owner) return Promise.resolve([]);
      const fresh = [...kept.left.values()].filter(({ at }) => Date.now() - at < LEFT_FOR_MS);
      kept.left.clear();
      return Promise.resolve(fresh.map(({ command }) => command));
    },
    list({ workspaceId, userId, status, workflowId, limit, cursor }) {
      const found = [...sessions.values()]
        .map(({ record }) => record)
        .filter((record) => record.workspaceId === workspaceId)
        .filter((record) => userId === undefined || record.userId === userId)
        .filter((record) => status === undefined || executionStatus(record.state) === status)
        .filter((record) => workflowId === undefined || record.workflowId === workflowId);
      return Promise.resolve(page(found, limit, cursor));
    },
    turns: (sessionId, limit, cursor) =>
      Promise.resolve(page(sessions.get(sessionId)?.turns ?? [], limit, cursor)),
    events: (sessionId, from, limit) =>
      Promise.resolve(sessions.get(sessionId)?.events.slice(from, from + limit) ?? []),
    outdated: (query) => Promise.resolve(outdated([...sessions.values()], query)),
    countLive(userId) {
      const live = [...sessions.values()]
        .filter(isLive)
        .filter(({ record }) => userId === undefined || record.userId === userId);
      return Promise.resolve(live.length);
    },
  };
}

function outdated(all: readonly Kept[], query: OutdatedQuery): Page<string> {
  const { workspaceId, workflowId, journeyVersion, limit, cursor = '' } = query;
  const ids = all
    .map(({ record }) => record)
    .filter((record) => record.workspaceId === workspaceId && record.workflowId === workflowId)
    .filter((record) => record.journeyVersion !== journeyVersion && !hasEnded(record.state))
    .map(({ sessionId }) => sessionId)
    .filter((id) => id > cursor)
    .sort();
  const items = ids.slice(0, limit);
  return { items, nextCursor: ids.length > limit ? (items.at(-1) ?? null) : null };
}

function isLive({ record }: Kept): boolean {
  return LIVE.has(record.state.status);
}

function load(kept: Kept | undefined, query: SessionQuery): LoadedSession | null {
  if (!kept) return null;
  if (query.workspaceId !== null && kept.record.workspaceId !== query.workspaceId) return null;
  return { record: structuredClone(kept.record), replay: replayOf(kept, query.idempotencyKey) };
}

function replayOf(kept: Kept, key: string | undefined): StoredAnswer | null {
  if (key === undefined) return null;
  const turn = kept.turns.find(({ idempotencyKey }) => idempotencyKey === key);
  return turn?.answer && turn.requestHash !== null
    ? { answer: turn.answer, requestHash: turn.requestHash }
    : null;
}

function mayWrite(record: SessionRecord, commit: SessionCommit): boolean {
  if (record.version !== commit.expectedVersion) return false;
  const free = record.leaseOwner === null || record.leaseOwner === commit.owner;
  return free || (record.leaseExpiresAt ?? commit.now) <= commit.now;
}

function write(kept: Kept, commit: SessionCommit): void {
  kept.record = {
    ...kept.record,
    ...commit.journey,
    state: structuredClone(commit.state),
    version: commit.expectedVersion + 1,
    leaseOwner: commit.leaseUntil === null ? null : commit.owner,
    leaseExpiresAt: commit.leaseUntil,
    updatedAt: commit.now,
    expiresAt: commit.expiresAt,
  };
  // Copies: what the turn that wrote them does with its own is no concern of the log's.
  for (const event of commit.events) kept.events.push(structuredClone(event));
  for (const turn of commit.turns) kept.turns.push(structuredClone(turn));
}

function setTimers(
  kept: Kept,
  commit: Pick<SessionCommit, 'sessionId' | 'timersStarted' | 'timersCancelled'>,
  onTimer: OnTimer,
): void {
  for (const id of commit.timersCancelled) {
    clearTimeout(kept.timers.get(id));
    kept.timers.delete(id);
  }
  for (const timer of commit.timersStarted) {
    const left = () => Math.max(0, Date.parse(timer.fireAt) - Date.now());
    const arm = () => {
      kept.timers.set(timer.id, setTimeout(ring, Math.min(left(), LONGEST_DELAY_MS)));
    };
    const ring = () => {
      kept.timers.delete(timer.id);
      if (left() > 0) arm();
      else onTimer(commit.sessionId, timer.id);
    };
    arm();
  }
}
