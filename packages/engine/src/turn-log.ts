import {
  graphOf,
  isJsonObject,
  stateOf,
  type Alarm,
  type BlockError,
  type Decision,
  type Effect,
  type Journey,
  type JsonValue,
  type Message,
  type RunId,
  type SessionEvent,
  type TimerId,
} from '@sim/domain';
import type { RunFinished, RunStarted, StoredEvent, Turn } from './ports.js';

/** What a turn has brought about and not yet written. */
export interface TurnLog {
  readonly journey: Journey;
  events: StoredEvent[];
  turns: Turn[];
  runsStarted: RunStarted[];
  runsFinished: RunFinished[];
  timersStarted: Alarm[];
  timersCancelled: TimerId[];
  /** Runs that the journal knows; the others touch nothing outside and are not kept there. */
  readonly journaled: Set<RunId>;
  /** Said since the turn began, written or not. */
  said: Message[];
}

/** A log with nothing in it. */
export function emptyLog(journey: Journey): TurnLog {
  return {
    journey,
    events: [],
    turns: [],
    runsStarted: [],
    runsFinished: [],
    timersStarted: [],
    timersCancelled: [],
    journaled: new Set(),
    said: [],
  };
}

/** Takes up a decision's events and timers; the runs it asks for are returned. */
export function record(
  log: TurnLog,
  decision: Decision,
  firstSequence: number,
  now: Date,
): Effect[] {
  decision.events.forEach((event, index) => {
    log.events.push(stored(log.journey, event, firstSequence + index, now));
    if (event.type === 'agent-said') for (const message of event.messages) log.said.push(message);
    else if (event.type === 'timer-fired') dropTimer(log, event.timerId);
    else if (event.type === 'node-failed') finishRun(log, event.runId, null, event.error, now);
    else if (event.type === 'node-completed') {
      finishRun(log, event.runId, event.output, errorOf(event), now);
    }
  });
  return decision.effects.filter((effect) => {
    if (effect.type === 'start-timer') log.timersStarted.push(effect.timer);
    else if (effect.type === 'cancel-timer') cancelTimer(log, effect.timerId);
    else if (effect.type === 'cancel-run') finishRun(log, effect.runId, null, CALLED_OFF, now);
    return effect.type === 'run-block' || effect.type === 'cancel-run';
  });
}

/** How the journal ends a run whose outcome no longer matters. */
const CALLED_OFF: BlockError = {
  code: 'called_off',
  message: 'It was called off.',
  retryable: true,
};

function finishRun(
  log: TurnLog,
  runId: RunId | null,
  output: JsonValue,
  error: BlockError | null,
  finishedAt: Date,
): void {
  if (runId === null || !log.journaled.has(runId)) return;
  log.runsFinished.push({ runId, output: error === null ? output : null, error, finishedAt });
}

/** What failed where an error path goes on: the journey calls it done, the journal does not. */
function errorOf({
  failed,
  output,
}: Extract<SessionEvent, { type: 'node-completed' }>): BlockError | null {
  if (!failed || !isJsonObject(output)) return null;
  const { error, errorCode } = output;
  if (typeof error !== 'string' || typeof errorCode !== 'string') return null;
  return { code: errorCode, message: error, retryable: false };
}

/** True where it was to be set by the same commit; it is not set at all then. */
function dropTimer(log: TurnLog, timerId: TimerId): boolean {
  const before = log.timersStarted.length;
  log.timersStarted = log.timersStarted.filter(({ id }) => id !== timerId);
  return log.timersStarted.length < before;
}

function cancelTimer(log: TurnLog, timerId: TimerId): void {
  if (!dropTimer(log, timerId)) log.timersCancelled.push(timerId);
}

function stored(
  journey: Journey,
  event: SessionEvent,
  sequence: number,
  createdAt: Date,
): StoredEvent {
  const nodeId = 'stateId' in event ? stateOf(graphOf(journey), event.stateId).blockId : null;
  const durationMs = 'durationMs' in event ? event.durationMs : null;
  return { sequence, event, nodeId, durationMs, createdAt };
}

/** Forgets what was written. */
export function clearWritten(log: TurnLog): void {
  log.events = [];
  log.turns = [];
  log.runsStarted = [];
  log.runsFinished = [];
  log.timersStarted = [];
  log.timersCancelled = [];
}
