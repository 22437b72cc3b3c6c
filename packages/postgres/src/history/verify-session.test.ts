import { initialState, replay, type SessionEvent, type SessionState } from '@sim/domain';
import type { StoredEvent } from '@sim/engine';
import { describe, expect, it } from 'vitest';
import { after, eventOf, journeyOf, NOON, recordOf } from '../testing/fixtures.js';
import type { JournaledRun, SessionHistory, TimerJob } from './session-history.js';
import { verifySession } from './verify-session.js';

const RUN = {
  id: 'run_2',
  scopeId: 'root',
  stateId: 'st_call',
  attempt: 1,
  idempotencyKey: 'st_call:run_2',
} as const;
const TIMER = {
  id: 'tmr_3',
  scopeId: 'root',
  stateId: 'st_wait',
  fireAt: after(60_000).toISOString(),
} as const;
const OPENING: SessionEvent[] = [
  {
    type: 'scope-opened',
    scope: { id: 'root', kind: 'root', parent: null, nodes: {}, edges: {}, outputs: {}, order: [] },
  },
  { type: 'session-started', variables: {} },
];
const STARTED: SessionEvent = {
  type: 'node-started',
  scopeId: 'root',
  stateId: 'st_call',
  run: RUN,
};
const FAILED: SessionEvent = {
  type: 'node-failed',
  scopeId: 'root',
  stateId: 'st_call',
  runId: 'run_2',
  error: { code: 'timeout', message: 'Too slow.', retryable: true },
  effectDone: false,
  durationMs: 5,
};

const ROW: JournaledRun = {
  runId: RUN.id,
  scopeId: RUN.scopeId,
  stateId: RUN.stateId,
  attempt: RUN.attempt,
  idempotencyKey: RUN.idempotencyKey,
  blockType: 'api',
  status: 'started',
  error: null,
  startedAt: NOON,
  finishedAt: null,
};

interface Stored {
  readonly events: readonly SessionEvent[];
  readonly numbers?: readonly number[];
  readonly state?: unknown;
  readonly runs?: readonly JournaledRun[];
  readonly jobs?: readonly TimerJob[] | null;
  readonly readAt?: Date;
  readonly eventsRemovedAt?: Date;
  readonly more?: Partial<SessionHistory['record']>;
}

/** A session at its opening, as a database may hold it. */
function historyOf({ events, numbers, runs = [], jobs = [], readAt = NOON, ...rest }: Stored) {
  const { eventsRemovedAt = null } = rest;
  const state = 'state' in rest ? (rest.state as SessionState) : replay(events);
  const journey = {
    ...journeyOf('ann'),
    states: [{ id: 'st_call', kind: 'tool', sideEffect: 'write', blockId: 'call' }],
  };
  const stored = events.map((event, index): StoredEvent =>
    eventOf(numbers?.[index] ?? index, { event }),
  );
  const history: SessionHistory = {
    record: recordOf('ann', 'one', { ...rest.more, state }),
    columns: { executionStatus: 'running', currentNodeId: null, currentStateId: null },
    journey: journey as unknown as SessionHistory['journey'],
    eventsRemovedAt,
    readAt,
    turns: () => each([]),
    events: () => each(stored),
    runs: () => each(runs),
    timerJobs: () => Promise.resolve(jobs),
  };
  return history;
}

// eslint-disable-next-line @typescript-eslint/require-await -- As the rows of a database come.
async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** What is not ok, in words. */
async function faults(stored: Stored): Promise<string[]> {
  const checks = await verifySession(historyOf(stored));
  return checks
    .filter(({ outcome }) => outcome !== 'ok')
    .flatMap(({ outcome, details }) => details.map((detail) => `${outcome}: ${detail}`));
}

const job: TimerJob = { timerId: 'tmr_3', runAt: after(60_000), attempts: 0, maxAttempts: 25 };

describe('the verification of a session', () => {
  it('finds no fault in one that its events rebuild', async () => {
    const events = [...OPENING, STARTED];
    expect(await faults({ events, runs: [ROW] })).toEqual([]);
  });

  it('names each gap, and how far the state is ahead of the log', async () => {
    const gaps = { events: OPENING, numbers: [1, 5], state: { ...initialState(), sequence: 9 } };
    expect((await faults(gaps)).slice(0, 3)).toEqual([
      'differs: #0 is missing.',
      'differs: #2 to #4 are missing.',
      'differs: The log ends with #5; the stored state has applied 9 events.',
    ]);
  });

  it('says so where retention removed the log, all of it or what was before a new beginning', async () => {
    const removed = [
      'unknown: Retention removed it on 2026-03-01T12:00:00.000Z.',
      'unknown: Not compared: the log was removed.',
    ];
    const state = { ...replay([...OPENING, STARTED]), sequence: 9 };
    const cut = { state, eventsRemovedAt: NOON, runs: [ROW] };
    expect(await faults({ ...cut, events: [], runs: [], state: replay(OPENING) })).toEqual(removed);
    expect(await faults({ ...cut, events: [STARTED], numbers: [8] })).toEqual(removed);
  });

  it('finds gaps behind what retention removed', async () => {
    const state = { ...replay(OPENING), sequence: 12 };
    const cut = { events: OPENING, numbers: [8, 10], state, eventsRemovedAt: NOON };
    expect((await faults(cut)).slice(0, 2)).toEqual([
      'differs: #9 is missing.',
      'differs: The log ends with #10; the stored state has applied 12 events.',
    ]);
  });

  it('says that a log is empty', async () => {
    const [fault] = await faults({ events: [], state: { ...replay(OPENING) } });
    expect(fault).toBe('differs: The log is empty; the stored state has applied 2 events.');
  });

  it.each([null, 7, 'x', [], {}, { questions: [null], runs: {}, timers: {}, scopes: {} }])(
    'takes %j in the place of a state',
    async (state) => {
      expect(await faults({ events: OPENING, state })).toContainEqual(
        expect.stringMatching(/^differs: The stored state is no session's state/),
      );
    },
  );

  it('tells a run under way that the journal has lost, or has as over', async () => {
    const events = [...OPENING, STARTED];
    expect(await faults({ events })).toEqual([
      'differs: run_2 is under way, and the journal does not have it.',
    ]);
    const over = { ...ROW, status: 'succeeded', finishedAt: NOON } as const;
    expect(await faults({ events, runs: [over] })).toEqual([
      'differs: run_2 is under way, and over (succeeded) in the journal.',
    ]);
  });

  it('takes a run that was called off for over without an event', async () => {
    const events: SessionEvent[] = [...OPENING, STARTED, { type: 'restarted', variables: {} }];
    const error = { code: 'called_off', message: '', retryable: true };
    const run = { ...ROW, status: 'failed', finishedAt: NOON } as const;
    expect(await faults({ events, runs: [{ ...run, error }] })).toEqual([]);
    expect(
      await faults({ events, runs: [{ ...run, error: { ...error, code: 'timeout' } }] }),
    ).toEqual(['differs: run_2 failed in the journal, and no event ends it.']);
    const failed = [...OPENING, STARTED, FAILED];
    expect(await faults({ events: failed, runs: [{ ...run, error }] })).toEqual([]);
  });

  it('wants a job for a timer until it is due, and while nobody has it in hand', async () => {
    const events: SessionEvent[] = [...OPENING, { type: 'timer-set', timer: TIMER }];
    const lost = [`differs: tmr_3 is set for ${TIMER.fireAt}, and no job fires it.`];
    expect(await faults({ events, jobs: [job] })).toEqual([]);
    expect(await faults({ events })).toEqual(lost);
    expect(await faults({ events, readAt: after(61_000) })).toEqual([]);
    expect(await faults({ events, readAt: after(600_000) })).toEqual(lost);
    const leased = { leaseOwner: 'turn', leaseExpiresAt: after(700_000) };
    expect(await faults({ events, readAt: after(600_000), more: leased })).toEqual([]);
    expect(await faults({ events, jobs: [{ ...job, attempts: 25 }] })).toEqual(lost);
  });

  it('wants a timer for a job, unless it has fired', async () => {
    expect(await faults({ events: OPENING, jobs: [job] })).toEqual([
      'differs: A job is to fire tmr_3, which is not set.',
    ]);
    const events: SessionEvent[] = [
      ...OPENING,
      { type: 'timer-set', timer: TIMER },
      { type: 'timer-fired', timerId: 'tmr_3' },
    ];
    expect(await faults({ events, jobs: [job] })).toEqual([]);
  });

  it('cannot tell about timers where the queue cannot be read', async () => {
    expect(await faults({ events: OPENING, jobs: null })).toEqual([
      'unknown: The job queue cannot be read.',
    ]);
  });

  it('bounds what it tells', async () => {
    const runs = Array.from({ length: 500 }, (_, index) => ({ ...ROW, runId: `run_${index}x` }));
    expect((await faults({ events: OPENING, runs })).length).toBeLessThanOrEqual(40);
  });
});
