import { sessionChannel, type SessionRecord } from '@sim/engine';
import { createDatabase, createSessionStore } from '@sim/postgres';

/** Writes events to the log of one session, faster than any conversation would. */
export interface SessionWriter {
  readonly channel: string;
  /** Writes so many events in one statement; each says when that began. Gives the word for the bus. */
  write(count: number): Promise<string>;
  close(): Promise<void>;
}

/** As long as an event of a turn is on average. */
const PADDING = 'x'.repeat(200);

/** Takes a session over, which nobody else may talk to meanwhile. */
export async function openWriter(url: string, sessionId: string): Promise<SessionWriter> {
  const database = createDatabase({ url, applicationName: 'bench', pool: { max: 1 } });
  const sessions = createSessionStore(database);
  const loaded = await sessions.load({ sessionId, workspaceId: null });
  if (!loaded) throw new SessionTakenError(sessionId);
  let record = loaded.record;
  return {
    channel: sessionChannel(sessionId),
    async write(count) {
      const next = after(record, count);
      if (!(await sessions.commit(next.commit))) throw new SessionTakenError(sessionId);
      record = next.record;
      return JSON.stringify({ sequence: record.state.sequence });
    },
    close: () => database.close(),
  };
}

/** The session is not there, or somebody else writes it. */
class SessionTakenError extends Error {
  constructor(sessionId: string) {
    super(`The session ${sessionId} of the benchmark is not its own.`);
    this.name = 'SessionTakenError';
  }
}

function after(record: SessionRecord, count: number) {
  const now = new Date();
  const text = `${performance.timeOrigin + performance.now()} ${PADDING}`;
  const from = record.state.sequence;
  const event = { type: 'user-said', text, intent: 'provide-value', confidence: 1 } as const;
  const events = Array.from({ length: count }, (_, index) => ({
    sequence: from + index,
    event,
    nodeId: null,
    durationMs: null,
    createdAt: now,
  }));
  const state = { ...record.state, sequence: from + count };
  const unchanged = { turns: [], runsStarted: [], runsFinished: [] };
  const commit = {
    ...unchanged,
    sessionId: record.sessionId,
    expectedVersion: record.version,
    owner: 'bench',
    leaseUntil: null,
    state,
    currentNodeId: null,
    currentStateId: null,
    events,
    timersStarted: [],
    timersCancelled: [],
    expiresAt: record.expiresAt,
    now,
  };
  return { commit, record: { ...record, state, version: record.version + 1 } };
}
