/** What was said, and how things stand after it. */
export interface Reply {
  /** In the order in which they were said. */
  readonly messages: readonly string[];
  /** Up to five things that could be said next. */
  readonly suggestions: readonly string[];
  /** `awaiting`: the person's turn; `waiting`: goes on by itself; the rest are ends. */
  readonly state: 'awaiting' | 'waiting' | 'completed' | 'cancelled' | 'failed';
}

/** A conversation as the terminal holds it; one at a time. */
export interface Conversation {
  open(): Promise<Reply>;
  say(text: string): Promise<Reply>;
  /** Called with whatever is said without being asked, such as after a wait. */
  onLater(listener: (reply: Reply) => void): void;
  /** Lets go of timers and connections. */
  close(): Promise<void>;
}
