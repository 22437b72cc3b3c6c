import {
  createDecider,
  type Action,
  type Decider,
  type Effect,
  type Input,
  type Journey,
  type JsonObject,
  type RunId,
  type TimerId,
  type Understanding,
} from '@sim/domain';
import { createInbox, type Inbox } from './inbox.js';
import type { SessionRecord, Turn } from './ports.js';
import type { BlockOutcome } from './run-block.js';
import type { EnginePorts } from './settings.js';
import { emptyLog, record, type TurnLog } from './turn-log.js';

/** What a turn is about. */
export type TurnInput =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'act'; readonly action: Action; readonly parameters: JsonObject }
  | { readonly kind: 'timer'; readonly timerId: TimerId }
  /** Nobody asks: what broke off goes on, and a session whose time is over expires. */
  | { readonly kind: 'tend' };

/** What a turn waits for: an outcome, the time to answer, or the news that its lease is lost. */
export type Arrival = BlockOutcome | 'deadline' | 'lease-lost';

/** A turn at work on a session that was read. Used once. */
export interface TurnWork {
  readonly ports: EnginePorts;
  readonly journey: Journey;
  readonly decider: Decider;
  readonly log: TurnLog;
  readonly turnId: Turn['turnId'];
  /** Names this turn in the lease: two turns of one replica exclude each other too. */
  readonly owner: string;
  readonly input: TurnInput;
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
  /**
   * The command was taken before, by a turn that broke off before it could answer. Taken a second time, a
   * yes to one question would be a yes to the next.
   */
  readonly repeated: boolean;
  /** The client's, for this utterance. */
  readonly timeZone: string | null;
  readonly inbox: Inbox<Arrival>;
  readonly runs: Map<RunId, AbortController>;
  understanding: Understanding | null;
  record: SessionRecord;
  /** A commit of this turn stands, so the lease is ours. */
  committed: boolean;
  replied: boolean;
  heartbeat: NodeJS.Timeout | null;
}

/** Prepares a turn. The record's state is the turn's own from here on. */
export function beginTurn(
  ports: EnginePorts,
  journey: Journey,
  session: SessionRecord,
  input: TurnInput,
  options: Pick<TurnWork, 'idempotency' | 'timeZone'>,
): TurnWork {
  const turnId = ports.newId('trn');
  return {
    ports,
    journey,
    record: session,
    input,
    ...options,
    repeated: options.idempotency !== null && session.state.commandKey === options.idempotency.key,
    turnId,
    owner: turnId,
    decider: createDecider(journey, session.state),
    log: emptyLog(journey),
    inbox: createInbox(),
    runs: new Map(),
    understanding: null,
    committed: false,
    replied: false,
    heartbeat: null,
  };
}

/** Hands an input to the journey and takes note of what comes of it; the runs to begin or end. */
export function take(work: TurnWork, input: Input): Effect[] {
  const now = work.ports.clock();
  const first = work.decider.state.sequence;
  return record(work.log, work.decider.take(input, now.toISOString()), first, now);
}
