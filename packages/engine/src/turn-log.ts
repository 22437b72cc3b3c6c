import {
  graphOf,
  stateOf,
  type Decision,
  type Effect,
  type Journey,
  type Message,
  type PendingTimer,
  type RunId,
  type SessionEvent,
} from '@sim/domain';
import type { RunFinished, RunStarted, StoredEvent, Turn } from './ports.js';

/** What a turn has brought about and not yet written. */
export interface TurnLog {
  readonly journey: Journey;
  events: StoredEvent[];
  turns: Turn[];
  runsStarted: RunStarted[];
  runsFinished: RunFinished[];
  timersStarted: PendingTimer[];
  timersCancelled: PendingTimer['id'][];
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
    if (event.type === 'agent-said') log.said.push(...event.messages);
    if (event.type === 'node-completed' || event.type === 'node-failed') finishRun(log, event, now);
  });
  const rest: Effect[] = [];
  for (const effect of decision.effects) {
    if (effect.type === 'start-timer') log.timersStarted.push(effect.timer);
    else if (effect.type === 'cancel-timer') log.timersCancelled.push(effect.timerId);
    else rest.push(effect);
  }
  return rest;
}

function finishRun(
  log: TurnLog,
  event: Extract<SessionEvent, { type: 'node-completed' | 'node-failed' }>,
  now: Date,
): void {
  if (event.runId === null || !log.journaled.has(event.runId)) return;
  const ok = event.type === 'node-completed';
  log.runsFinished.push({
    runId: event.runId,
    output: ok ? event.output : null,
    error: ok ? null : event.error,
    finishedAt: now,
  });
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
