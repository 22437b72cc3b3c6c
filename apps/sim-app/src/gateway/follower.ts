import { drained, isBehind, type BacklogLimit } from './backlog.js';
import type { HeldFeed } from './feed-hub.js';
import { messagesFor, type ExecutionEvent, type ServerMessage } from './messages.js';
import { notJoined } from './problems.js';
import { sessionRoom, type GatewaySocket } from './types.js';

/** What a follower needs beside its socket. */
export interface FollowerPorts {
  hold(): Promise<HeldFeed>;
  readonly send: (socket: GatewaySocket, message: ServerMessage) => void;
  readonly backlog: BacklogLimit;
  /** How long to wait before the log is read again that could not be, in milliseconds. */
  readonly retryMs: number;
  onFailure(error: unknown): void;
}

/** The most that `session-joined` carries; the rest follows. */
const MOST_MISSED = 200;
const MOST_MISSED_BYTES = 524_288;
/** Events read at once for one client. */
const PAGE = 50;

/**
 * One connection that follows one session. It is either live, in the room to which every event is sent
 * once for all, or it catches up: it reads the log from where it is, as fast as the client takes it. A
 * live one that leaves too much unread falls back to catching up, so that memory is bounded and nothing
 * is lost. Where both meet, no event is between them: feed and room change in one go.
 */
export class Follower {
  readonly #socket: GatewaySocket;
  readonly #ports: FollowerPorts;
  #held: HeldFeed | null = null;
  #cursor = 0;
  #live = false;
  #ended = false;

  constructor(socket: GatewaySocket, ports: FollowerPorts) {
    this.#socket = socket;
    this.#ports = ports;
  }

  /**
   * Sends `session-joined` with what was missed since `lastEventId`, and from then on what comes.
   * @throws ProblemError `session_not_found`, `not_joined` where it was ended meanwhile
   */
  async start(lastEventId: number | undefined): Promise<void> {
    const held = await this.#ports.hold();
    if (this.#ended) held.release();
    else this.#held = held;
    const { feed } = held;
    const state = feed.state;
    const end = feed.next;
    // One who claims to be ahead of the log is up to date.
    this.#cursor = Math.min((lastEventId ?? -1) + 1, end);
    const events = await this.#missed(held, end);
    this.#refuseWhenEnded();
    const more = this.#cursor < end;
    const { sessionId, eventId } = state;
    const joined = { sessionId, state: state.state, eventId, events, more };
    this.#ports.send(this.#socket, ['session-joined', joined]);
    if (!more && this.#cursor === feed.next) this.#goLive();
    else void this.#catchUp(held);
  }

  /** Called after something was sent to the room. */
  afterBroadcast(): void {
    const held = this.#held;
    if (held === null || !this.#live || !isBehind(this.#socket.conn, this.#ports.backlog)) return;
    this.#live = false;
    void this.#socket.leave(sessionRoom(held.feed.sessionId));
    this.#cursor = held.feed.next;
    void this.#catchUp(held);
  }

  /** Sends nothing more. */
  end(): void {
    this.#ended = true;
    const held = this.#held;
    if (held === null) return;
    if (this.#live) void this.#socket.leave(sessionRoom(held.feed.sessionId));
    this.#live = false;
    this.#held = null;
    held.release();
  }

  async #missed({ feed }: HeldFeed, end: number): Promise<ExecutionEvent[]> {
    const events: ExecutionEvent[] = [];
    let bytes = 0;
    while (this.#cursor < end && events.length < MOST_MISSED && bytes < MOST_MISSED_BYTES) {
      const page = await feed.read(this.#cursor, end, PAGE);
      const last = page.at(-1);
      this.#cursor = last === undefined ? end : last.eventId + 1;
      events.push(...page);
      bytes += JSON.stringify(page).length;
    }
    return events;
  }

  #goLive(): void {
    this.#live = true;
    void this.#socket.join(sessionRoom(this.#held?.feed.sessionId ?? ''));
  }

  async #catchUp(held: HeldFeed): Promise<void> {
    const { feed } = held;
    while (!this.#ended && (await drained(this.#socket.conn))) {
      // The same turn of the event loop sees where the feed is and enters the room.
      if (this.#isOver()) return;
      if (this.#cursor >= feed.next) {
        this.#goLive();
        this.#ports.send(this.#socket, ['workflow-state-update', feed.state]);
        return;
      }
      await this.#sendPage(held).catch(async (error: unknown) => {
        this.#ports.onFailure(error);
        await new Promise((resolve) => setTimeout(resolve, this.#ports.retryMs).unref());
      });
    }
  }

  async #sendPage({ feed }: HeldFeed): Promise<void> {
    const end = feed.next;
    const page = await feed.read(this.#cursor, end, PAGE);
    if (this.#isOver()) return;
    for (const event of page) {
      for (const message of messagesFor(event)) this.#ports.send(this.#socket, message);
    }
    const last = page.at(-1);
    this.#cursor = last === undefined ? end : last.eventId + 1;
  }

  /** Asked anew after each wait: it may have been ended meanwhile. */
  #isOver(): boolean {
    return this.#ended;
  }

  #refuseWhenEnded(): void {
    if (this.#isOver()) throw notJoined('The session was left before it was joined.');
  }
}
