import {
  createDecider,
  type Decider,
  type Effect,
  type Input,
  type Journey,
  type RunId,
  type Understanding,
} from '@sim/domain';
import type { TurnAnswer } from './answers.js';
import { createInbox, type Inbox } from './inbox.js';
import type { SessionRecord, Turn, TurnInput } from './ports.js';
import type { BlockOutcome } from './run-block.js';
import type { EnginePorts } from './settings.js';
import { emptyLog, record, type TurnLog } from './turn-log.js';

/** A command to a session, and who waits for its answer. */
export interface Command {
  readonly input: TurnInput;
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
  /** The client's, for this utterance. */
  readonly timeZone: string | null;
  /** It is answered by then, whatever is still at work. */
  readonly replyWithinMs: number;
  /** Called once, with the answer. */
  readonly reply: (answer: TurnAnswer) => void;
  /** Nothing came of it: the turn that it was handed to ended, or broke off, before it could answer. */
  readonly release?: () => void;
}

/** A command handed to a turn that is at work on its session. One of its calls is made, once. */
export interface Offer extends Command {
  readonly release: () => void;
  /** It cannot be taken by any turn. */
  readonly refuse: (error: unknown) => void;
}

/** The command that a turn is about: the one it was begun for, or one that was handed to it since. */
export interface Asked {
  readonly command: Command;
  readonly turnId: Turn['turnId'];
  /**
   * The command was taken before, by a turn that broke off before it could answer. Taken a second time, a
   * yes to one question would be a yes to the next.
   */
  readonly repeated: boolean;
  readonly understanding: Understanding | null;
  /** The runs that it led to: its answer waits for them. */
  readonly awaits: Set<RunId>;
  readonly deadline: NodeJS.Timeout;
  replied: boolean;
}

/** What a turn waits for beside the outcomes of its blocks. */
export type Arrival =
  | BlockOutcome
  /** The time to answer this command. */
  | { readonly type: 'deadline'; readonly turnId: Turn['turnId'] }
  | { readonly type: 'lease-lost' }
  | { readonly type: 'offer'; readonly offer: Offer }
  /** Another replica has left a command. */
  | { readonly type: 'mail' }
  /** A wait, or the time of the whole, is over. */
  | { readonly type: 'due' };

/** A turn at work on a session that was read. Used once. */
export interface TurnWork {
  readonly ports: EnginePorts;
  readonly journey: Journey;
  readonly decider: Decider;
  readonly log: TurnLog;
  /** Names this turn in the lease: two turns of one replica exclude each other too. */
  readonly owner: string;
  readonly inbox: Inbox<Arrival>;
  readonly runs: Map<RunId, AbortController>;
  asked: Asked;
  record: SessionRecord;
  /** A commit of this turn stands, so the lease is ours. */
  committed: boolean;
  heartbeat: NodeJS.Timeout | null;
  /** Set for the earliest of the session's waits. */
  alarm: NodeJS.Timeout | null;
}

/** Prepares a turn. The record's state is the turn's own from here on. */
export function beginTurn(
  ports: EnginePorts,
  journey: Journey,
  session: SessionRecord,
  command: Command,
): TurnWork {
  const turnId = ports.newId('trn');
  const inbox = createInbox<Arrival>();
  const decider = createDecider(journey, session.state);
  return {
    ports,
    journey,
    record: session,
    owner: turnId,
    decider,
    log: emptyLog(journey),
    inbox,
    runs: new Map(),
    asked: askedBy({ inbox, decider }, command, turnId, null),
    committed: false,
    heartbeat: null,
    alarm: null,
  };
}

/** A command, now the one that the turn is about. */
export function askedBy(
  { inbox, decider }: Pick<TurnWork, 'inbox' | 'decider'>,
  command: Command,
  turnId: Turn['turnId'],
  understanding: Understanding | null,
): Asked {
  const { idempotency, replyWithinMs } = command;
  return {
    command,
    turnId,
    repeated: idempotency !== null && decider.state.commandKey === idempotency.key,
    understanding,
    awaits: new Set(),
    deadline: setTimeout(() => inbox.put({ type: 'deadline', turnId }), replyWithinMs),
    replied: false,
  };
}

/** Hands an input to the journey and takes note of what comes of it; the runs to begin or end. */
export function take(work: TurnWork, input: Input): Effect[] {
  const now = work.ports.clock();
  const first = work.decider.state.sequence;
  return record(work.log, work.decider.take(input, now.toISOString()), first, now);
}
