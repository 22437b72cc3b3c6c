import { agentMessageDelta, type ServerEvent } from '@sim/contracts';
import { sessionChannel, type EventBus } from '@sim/engine';
import type { Logger } from '@sim/service-kit';
import * as z from 'zod';
import { sessionNotFound } from './problems.js';
import { SessionFeed, type FeedListener, type FeedPorts } from './session-feed.js';

/** A piece of what a model says, while it does. */
export type Delta = ServerEvent<'agent-message-delta'>;

/** Told what happens in a session that is followed here. */
export interface SessionListener extends FeedListener {
  onDelta(delta: Delta): void;
  /** The session was deleted. */
  onGone(): void;
}

/** What the hub works with. */
export interface HubPorts extends FeedPorts {
  readonly bus: EventBus;
  /** The versions of sessions; one that is not there is left out. */
  versions(sessionIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  listenerFor(sessionId: string): SessionListener;
  readonly logger: Logger;
  /** How often sessions are looked at of which the bus says nothing, in milliseconds. */
  readonly lookEveryMs: number;
}

/** A feed that is held; it ends when nobody holds it any more. */
export interface HeldFeed {
  readonly feed: SessionFeed;
  release(): void;
}

/** The feeds of a replica: one for each session that somebody follows here. */
export interface FeedHub {
  /**
   * The feed of a session, up to date.
   * @throws ProblemError `session_not_found`, also for a session of another workspace
   */
  hold(sessionId: string, workspaceId: string): Promise<HeldFeed>;
  /** The feed of a session that is followed here. */
  readonly find: (sessionId: string) => SessionFeed | undefined;
  close(): Promise<void>;
}

interface Entry {
  readonly feed: SessionFeed;
  readonly listener: SessionListener;
  ready: Promise<void>;
  holders: number;
  unsubscribe: (() => Promise<void>) | null;
}

/** What the bus says of a session. */
const word = z.union([
  z.object({ sequence: z.int() }),
  z.object({ delta: agentMessageDelta.omit({ sessionId: true }).strip() }),
]);

/** Opens feeds as they are wanted, wakes them by the bus, and looks at all of them now and then. */
export function createFeedHub(ports: HubPorts): FeedHub {
  const entries = new Map<string, Entry>();
  const release = (entry: Entry): void => {
    entry.holders -= 1;
    if (entry.holders > 0) return;
    entry.feed.close();
    if (entries.get(entry.feed.sessionId) === entry) entries.delete(entry.feed.sessionId);
    void end(entry, ports.logger);
  };
  const timer = setInterval(() => {
    look(entries, ports).catch((err: unknown) => {
      ports.logger.warn({ err }, 'the followed sessions cannot be looked at');
    });
  }, ports.lookEveryMs).unref();
  return {
    async hold(sessionId, workspaceId) {
      const entry = entries.get(sessionId) ?? open(sessionId, ports);
      entries.set(sessionId, entry);
      entry.holders += 1;
      try {
        await entry.ready;
        if (entry.feed.workspaceId !== workspaceId) throw sessionNotFound(sessionId);
        await entry.feed.refresh();
      } catch (error) {
        release(entry);
        throw error;
      }
      return { feed: entry.feed, release: once(() => release(entry)) };
    },
    find: (sessionId) => entries.get(sessionId)?.feed,
    async close() {
      clearInterval(timer);
      const open = [...entries.values()];
      entries.clear();
      for (const { feed } of open) feed.close();
      await Promise.all(open.map((entry) => end(entry, ports.logger)));
    },
  };
}

function open(sessionId: string, ports: HubPorts): Entry {
  const listener = ports.listenerFor(sessionId);
  const feed = new SessionFeed(sessionId, ports, listener);
  const hear = (message: string): void => {
    if (feed.closed) return;
    const delta = heard(message, sessionId);
    if (delta === null) feed.wake();
    else listener.onDelta(delta);
  };
  const entry: Entry = {
    feed,
    listener,
    ready: Promise.resolve(),
    holders: 0,
    unsubscribe: null,
  };
  entry.ready = begin(entry, ports.bus, hear);
  // Every holder waits for it; one that left before must not end the process.
  entry.ready.catch(() => undefined);
  return entry;
}

async function begin(entry: Entry, bus: EventBus, hear: (message: string) => void): Promise<void> {
  // First of all whether there is such a session: nobody shall subscribe to made-up channels.
  await entry.feed.refresh();
  entry.unsubscribe = await bus.subscribe(sessionChannel(entry.feed.sessionId), hear);
  // What was written before the bus listened; hold reads once more.
}

/** A piece of streamed text; null where the log has something new. */
function heard(message: string, sessionId: string): Delta | null {
  try {
    const parsed = word.safeParse(JSON.parse(message));
    if (!parsed.success || !('delta' in parsed.data)) return null;
    return { sessionId: sessionId as Delta['sessionId'], ...parsed.data.delta };
  } catch {
    return null;
  }
}

/** Wakes those whose version has moved on without a word of the bus, or whose last read failed. */
async function look(
  entries: ReadonlyMap<string, Entry>,
  { versions }: Pick<HubPorts, 'versions'>,
): Promise<void> {
  const ready = [...entries.values()].filter(({ unsubscribe }) => unsubscribe !== null);
  if (ready.length === 0) return;
  const found = await versions(ready.map(({ feed }) => feed.sessionId));
  for (const { feed, listener } of ready) {
    const version = found.get(feed.sessionId);
    if (version === undefined) listener.onGone();
    else if (version !== feed.version) feed.wake();
  }
}

async function end(entry: Entry, logger: Logger): Promise<void> {
  await entry.ready.catch(() => undefined);
  await entry.unsubscribe?.().catch((err: unknown) => logger.warn({ err }, 'unsubscribe failed'));
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
