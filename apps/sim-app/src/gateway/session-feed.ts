import type { ServerEvent } from '@sim/contracts';
import type { Journey } from '@sim/domain';
import { sessionAnswer, type SessionRecord, type SessionStore } from '@sim/engine';
import type { Logger } from '@sim/service-kit';
import { executionEvent, type ExecutionEvent } from './messages.js';
import { sessionNotFound } from './problems.js';

/** A session as it stood after an event. */
export type StateUpdate = ServerEvent<'workflow-state-update'>;

/** What a feed reads. */
export interface FeedPorts {
  readonly sessions: Pick<SessionStore, 'load' | 'events'>;
  /** The journey of a session. @throws EngineError where it is kept no more */
  journeyOf(record: SessionRecord): Promise<Journey>;
  readonly logger: Logger;
}

/** Told what a feed reads; each call comes at once after the read, none waits for another. */
export interface FeedListener {
  onEvents(events: readonly ExecutionEvent[]): void;
  /** How many are told. */
  readonly audience: () => number;
  onState(update: StateUpdate): void;
}

/** Events read at once. */
const BATCH = 200;
/**
 * Events sent without a pause, over all followers: some 60 ms of work, in which nobody else is served. What
 * goes out together shares its writes: with 2,000 a message costs twice the processor time.
 */
const SENT_AT_ONCE = 12_000;

/**
 * The one reader of a session's log on this replica, however many follow the session. It reads when it is
 * woken and tells every event once, in order. Whoever has events up to {@link SessionFeed.next} is up to
 * date.
 */
export class SessionFeed {
  readonly sessionId: string;
  readonly #ports: FeedPorts;
  readonly #listener: FeedListener;
  #next: number | null = null;
  #latest: { readonly record: SessionRecord; readonly update: StateUpdate } | null = null;
  #stale = false;
  #closed = false;
  #running: Promise<void> | null = null;
  #queued: Promise<void> | null = null;

  constructor(sessionId: string, ports: FeedPorts, listener: FeedListener) {
    this.sessionId = sessionId;
    this.#ports = ports;
    this.#listener = listener;
  }

  /** The first event that was not told yet: all before it were, or were there when the feed began. */
  get next(): number {
    return this.#next ?? 0;
  }

  /** The session as of {@link next}; after the first {@link refresh}. */
  get state(): StateUpdate {
    return this.#read().update;
  }

  get workspaceId(): string {
    return this.#read().record.workspaceId;
  }

  /** Counts the session's writes; -1 where the last read failed, so that the next look reads again. */
  get version(): number {
    return this.#stale ? -1 : this.#read().record.version;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Tells nothing more, whatever is being read: another feed of the session may have begun. */
  close(): void {
    this.#closed = true;
  }

  /** Reads what is new. Once it resolves, everything was told that was stored when it was called. */
  refresh(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#pass().finally(() => {
        this.#running = null;
      });
      return this.#running;
    }
    // A read under way may have begun before what the caller knows of: one more, however many ask.
    this.#queued ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#queued = null;
        return this.refresh();
      });
    return this.#queued;
  }

  /** As {@link refresh}, for who does not wait: what fails is read at the next look. */
  wake(): void {
    this.refresh().catch((err: unknown) => {
      this.#stale = true;
      this.#ports.logger.warn({ err, session: this.sessionId }, 'a session cannot be read');
    });
  }

  /** Events from one on, before another, at most so many: for those who have fewer than the feed told. */
  async read(from: number, before: number, limit: number): Promise<readonly ExecutionEvent[]> {
    const { record } = this.#read();
    const journey = await this.#ports.journeyOf(record);
    const stored = await this.#ports.sessions.events(this.sessionId, from, limit);
    return stored
      .filter(({ sequence }) => sequence < before)
      .map((event) => executionEvent(this.sessionId, event, journey));
  }

  #read() {
    if (this.#latest === null) throw sessionNotFound(this.sessionId);
    return this.#latest;
  }

  async #pass(): Promise<void> {
    const query = { sessionId: this.sessionId, workspaceId: null };
    const loaded = await this.#ports.sessions.load(query);
    if (loaded === null) throw sessionNotFound(this.sessionId);
    const { record } = loaded;
    const journey = await this.#ports.journeyOf(record);
    const before = this.#latest?.record.version;
    const end = record.state.sequence;
    this.#latest = { record, update: updateOf(record, journey) };
    this.#stale = false;
    this.#next ??= end;
    await this.#tell(end);
    if (before === undefined || before === record.version || this.closed) return;
    this.#listener.onState(this.state);
  }

  async #tell(end: number): Promise<void> {
    while (this.next < end && !this.closed) {
      const events = await this.read(this.next, end, BATCH);
      // Old events are removed some day; there is nothing to wait for.
      if (events.length === 0) this.#next = end;
      await this.#tellInSlices(events);
    }
  }

  async #tellInSlices(events: readonly ExecutionEvent[]): Promise<void> {
    let from = 0;
    while (from < events.length) {
      if (from > 0) await new Promise(setImmediate);
      if (this.closed) return;
      const size = Math.max(1, Math.floor(SENT_AT_ONCE / Math.max(1, this.#listener.audience())));
      const slice = events.slice(from, from + size);
      from += size;
      this.#next = (slice.at(-1)?.eventId ?? 0) + 1;
      this.#listener.onEvents(slice);
    }
  }
}

function updateOf(record: SessionRecord, journey: Journey): StateUpdate {
  const { sequence } = record.state;
  return {
    sessionId: record.sessionId,
    workspaceId: record.workspaceId as StateUpdate['workspaceId'],
    state: sessionAnswer(record, journey) as StateUpdate['state'],
    eventId: sequence === 0 ? null : sequence - 1,
  };
}
