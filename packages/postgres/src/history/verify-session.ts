import {
  currentState,
  executionStatus,
  initialState,
  isJsonObject,
  own,
  replay,
  type Journey,
  type SessionState,
} from '@sim/domain';
import type { StoredEvent } from '@sim/engine';
import { differences, type Difference } from './differences.js';
import { kindOf, printable, shown } from './printable.js';
import type { JournaledRun, SessionHistory, TimerJob } from './session-history.js';

/** One thing that must hold of what is stored of a session, and whether it does. */
export interface Check {
  readonly name: string;
  /** `unknown` where it cannot be told, such as a job queue that may not be read. */
  readonly outcome: 'ok' | 'differs' | 'unknown';
  /** What differs, or why it cannot be told; the first of them where there are many. */
  readonly details: readonly string[];
}

/** Of each check so many details are told. */
const DETAILS = 20;
/** A timer that is due is taken up by then, unless its job is lost. */
const OVERDUE_MS = 60_000;

/**
 * Checks that a session's log rebuilds its state, and that columns, journal and timers agree with both.
 * Reads the log once; keeps the ids of runs and timers, not the events.
 * @param options - `texts` tells values that differ, which may be what people said; else what they are
 */
export async function verifySession(
  history: SessionHistory,
  options: { readonly texts?: boolean } = {},
): Promise<Check[]> {
  const log = await readLog(history.events(), history.eventsRemovedAt);
  const { state } = history.record;
  const sequence = verifySequence(log, state);
  if (!isState(state)) {
    const details = [`The stored state is no session's state but ${kindOf(state)}.`];
    return [sequence, { name: REBUILT, outcome: 'differs', details }];
  }
  const runs = await verifyRuns(history, log);
  return [
    sequence,
    verifyState(log, state, options.texts ?? false),
    verifyColumns(history),
    verdict('The runs under way are open in the journal', runs.open),
    verdict('Every run that is over has its event', runs.over),
    verifyTimers(history, log, await history.timerJobs()),
  ];
}

const NUMBERED = 'The events are numbered from 0 without gaps';
const REBUILT = 'The events rebuild the stored state';

function verdict(name: string, details: readonly string[]): Check {
  return {
    name,
    outcome: details.length === 0 ? 'ok' : 'differs',
    details: details.slice(0, DETAILS),
  };
}

interface Log {
  /** What retention did to it; null where it is whole. */
  readonly removed: string | null;
  /** The sequence after the last. */
  next: number;
  readonly gaps: string[];
  /** Null once it cannot be rebuilt any more. */
  state: SessionState | null;
  failure: string | null;
  readonly started: Map<string, Extract<StoredEvent['event'], { type: 'node-started' }>>;
  readonly ended: Set<string>;
  readonly fired: Set<string>;
}

async function readLog(events: AsyncIterable<StoredEvent>, removedAt: Date | null): Promise<Log> {
  const log: Log = {
    removed: removedAt === null ? null : `Retention removed it on ${removedAt.toISOString()}.`,
    next: 0,
    gaps: [],
    state: initialState(),
    failure: null,
    started: new Map(),
    ended: new Set(),
    fired: new Set(),
  };
  for await (const { sequence, event } of events) {
    if (sequence !== log.next) {
      // A log that was removed begins where the session was begun anew.
      if (log.removed === null || log.next > 0) noteGap(log, sequence);
      log.state = null;
    }
    log.next = sequence + 1;
    try {
      note(log, event);
      if (log.state !== null) replay([event], log.state);
    } catch (error) {
      log.state = null;
      const why = error instanceof Error ? error.message : String(error);
      log.failure ??= `Event #${sequence} (${printable(event.type)}) cannot be applied: ${printable(why, 200)}`;
    }
  }
  return log;
}

function note(log: Log, event: StoredEvent['event']): void {
  if (event.type === 'node-started') log.started.set(event.run.id, event);
  else if (event.type === 'timer-fired') log.fired.add(event.timerId);
  else if ('runId' in event && event.runId !== null) log.ended.add(event.runId);
}

function noteGap(log: Log, found: number): void {
  if (log.gaps.length === DETAILS) return;
  const missing = log.next === found - 1 ? `#${log.next} is` : `#${log.next} to #${found - 1} are`;
  log.gaps.push(`${missing} missing.`);
}

/** A log that retention removed is not at fault, and proves nothing. */
function verifySequence(log: Log, state: SessionState): Check {
  const { outcome, ...found } = verdict(NUMBERED, [...log.gaps, ...lengthDetails(log, state)]);
  if (log.removed === null || outcome !== 'ok') return { ...found, outcome };
  return { ...found, outcome: 'unknown', details: [log.removed] };
}

function lengthDetails(log: Log, state: SessionState): string[] {
  if (log.removed !== null && log.next === 0) return [];
  const applied: unknown = isJsonObject(state) ? state.sequence : undefined;
  if (applied === log.next) return [];
  const end = log.next === 0 ? 'is empty' : `ends with #${log.next - 1}`;
  return [`The log ${end}; the stored state has applied ${shown(applied, true)} events.`];
}

/** True where what stands in the column has the form that the checks and the history read. */
export function isState(state: unknown): state is SessionState {
  if (!isJsonObject(state)) return false;
  const { questions, runs, timers, scopes } = state;
  if (!Array.isArray(questions) || !questions.every(isJsonObject)) return false;
  const records = [runs, timers, scopes];
  return records.every(
    (record) => isJsonObject(record) && Object.values(record).every(isJsonObject),
  );
}

/** Places whose values say nothing about a person. */
const OPEN = /^(?:status|sequence|counter|mode|scopes\.[^.]+\.nodes\.[^.]+\.(?:status|attempts))$/;

function verifyState(log: Log, stored: SessionState, texts: boolean): Check {
  if (log.removed !== null) {
    return { name: REBUILT, outcome: 'unknown', details: ['Not compared: the log was removed.'] };
  }
  if (log.state === null) {
    const why = log.failure ?? 'Not compared: events are missing.';
    return { name: REBUILT, outcome: 'differs', details: [why] };
  }
  const line = ({ path, left, right }: Difference): string => {
    const show = (value: unknown): string => shown(value, texts || OPEN.test(path));
    return `${printable(path, 200)}: rebuilt ${show(left)}, stored ${show(right)}`;
  };
  return verdict(REBUILT, differences(log.state, stored, DETAILS).map(line));
}

function verifyColumns({ record, columns, journey }: SessionHistory): Check {
  const { state } = record;
  const stateId = currentState(state);
  const wanted: [string, string | null, string | null][] = [
    ['execution_status', columns.executionStatus, executionStatus(state)],
  ];
  // Releases before the place was written at the opening left it to the first turn.
  if (record.version > 0 || columns.currentStateId !== null) {
    wanted.push(['current_state_id', columns.currentStateId, stateId]);
    if (journey !== null) {
      wanted.push(['current_node_id', columns.currentNodeId, blockOf(journey, stateId)]);
    }
  }
  const wrong = wanted.filter(([, found, expected]) => found !== expected);
  return verdict(
    'The columns follow from the state',
    wrong.map(
      ([name, found, expected]) => `${name} is ${word(found)}, the state says ${word(expected)}.`,
    ),
  );
}

function word(value: string | null): string {
  return value === null ? 'null' : printable(value);
}

function blockOf(journey: Journey, stateId: string | null): string | null {
  return journey.states.find(({ id }) => id === stateId)?.blockId ?? null;
}

interface RunFaults {
  readonly open: string[];
  readonly over: string[];
}

async function verifyRuns(history: SessionHistory, log: Log): Promise<RunFaults> {
  const faults: RunFaults = { open: [], over: [] };
  const { runs } = history.record.state;
  const journaled = new Set<string>();
  for await (const run of history.runs()) {
    const underWay = own(runs, run.runId) !== undefined;
    if (underWay) journaled.add(run.runId);
    const known = faults.open.length + faults.over.length;
    // Bounded also where every one of very many runs is at fault.
    if (known < 2 * DETAILS) judge(run, underWay, log, faults);
  }
  for (const { id, stateId } of Object.values(runs)) {
    if (!journaled.has(id) && reachesOutside(history.journey, stateId)) {
      faults.open.push(`${printable(id)} is under way, and the journal does not have it.`);
    }
  }
  return faults;
}

function judge(run: JournaledRun, underWay: boolean, log: Log, faults: RunFaults): void {
  const id = printable(run.runId);
  const start = log.started.get(run.runId);
  if (start === undefined) faults.over.push(`${id} is in the journal, and no event starts it.`);
  else if (!isSameRun(run, start)) {
    faults.over.push(`${id} has another block, attempt or key in the journal than in its event.`);
  }
  if (run.status === 'started' && !underWay) {
    faults.open.push(`${id} is open in the journal, and the session has gone on without it.`);
  } else if (run.status !== 'started' && underWay) {
    faults.open.push(`${id} is under way, and over (${run.status}) in the journal.`);
  } else if (!underWay && !log.ended.has(run.runId) && run.error?.code !== 'called_off') {
    faults.over.push(`${id} ${run.status} in the journal, and no event ends it.`);
  }
}

function isSameRun(
  { stateId, scopeId, attempt, idempotencyKey }: JournaledRun,
  {
    run,
  }: { readonly run: Pick<JournaledRun, 'stateId' | 'scopeId' | 'attempt' | 'idempotencyKey'> },
): boolean {
  return (
    run.stateId === stateId &&
    run.scopeId === scopeId &&
    run.attempt === attempt &&
    run.idempotencyKey === idempotencyKey
  );
}

/** Only such runs are journaled. */
function reachesOutside(journey: Journey | null, stateId: string): boolean {
  const state = journey?.states.find(({ id }) => id === stateId);
  return state?.kind === 'tool' && state.sideEffect !== 'none';
}

function verifyTimers(
  { record, readAt }: SessionHistory,
  log: Log,
  jobs: readonly TimerJob[] | null,
): Check {
  const name = 'Every timer has its job, and every job its timer';
  if (jobs === null)
    return { name, outcome: 'unknown', details: ['The job queue cannot be read.'] };
  const { timers, deadline, status } = record.state;
  const live = new Set(jobs.filter(isTried).map(({ timerId }) => timerId as string));
  const details: string[] = [];
  const set = [...Object.values(timers), ...(deadline ? [deadline] : [])];
  for (const { id, fireAt } of set) {
    // Due and knocked for in vain while a turn was at work, it goes on when the turn ends; a paused
    // session takes it up when it is resumed.
    const since = readAt.getTime() - Date.parse(fireAt);
    const inHand = since >= 0 && (record.leaseOwner !== null || since < OVERDUE_MS);
    if (live.has(id) || inHand || (since >= 0 && status === 'paused')) continue;
    details.push(`${printable(id)} is set for ${printable(fireAt)}, and no job fires it.`);
  }
  for (const { timerId } of jobs) {
    // One that a turn found to be over may leave its job behind, which then finds nothing to do.
    if (set.some(({ id }) => id === timerId) || log.fired.has(timerId)) continue;
    details.push(`A job is to fire ${printable(timerId)}, which is not set.`);
  }
  return verdict(name, details);
}

function isTried({ attempts, maxAttempts }: TimerJob): boolean {
  return attempts < maxAttempts;
}
