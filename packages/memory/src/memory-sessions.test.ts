import { initialState, type PendingTimer } from '@sim/domain';
import type { SessionCommit, SessionRecord, StoredEvent } from '@sim/engine';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemorySessions, type OnTimer } from './memory-sessions.js';

const NOW = new Date('2026-03-14T09:00:00.000Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

const record: SessionRecord = {
  sessionId: 'ses_1',
  workflowId: 'wf_1',
  journeyId: 'jrn_1',
  journeyVersion: '1',
  userId: 'usr_1',
  workspaceId: 'ws_1',
  metadata: {},
  state: initialState(),
  version: 0,
  leaseOwner: null,
  leaseExpiresAt: null,
  createdAt: NOW,
  updatedAt: NOW,
  expiresAt: later(60_000),
};

const commit = (more: Partial<SessionCommit> = {}): SessionCommit => ({
  sessionId: 'ses_1',
  expectedVersion: 0,
  owner: 'trn_1',
  leaseUntil: null,
  state: initialState(),
  currentNodeId: null,
  currentStateId: null,
  events: [],
  turns: [],
  runsStarted: [],
  runsFinished: [],
  timersStarted: [],
  timersCancelled: [],
  expiresAt: later(60_000),
  now: NOW,
  ...more,
});

async function opened(onTimer?: OnTimer) {
  const sessions = createMemorySessions(onTimer);
  await sessions.create(record, [], []);
  const load = async () => (await sessions.load({ sessionId: 'ses_1', workspaceId: null }))?.record;
  return { sessions, load };
}

describe('a session in memory', () => {
  it('is written by whoever read its latest version', async () => {
    const { sessions } = await opened();
    expect(await sessions.commit(commit())).toBe(true);
    expect(await sessions.commit(commit())).toBe(false);
    expect(await sessions.commit(commit({ expectedVersion: 1 }))).toBe(true);
  });

  it('is not written while another holds it, until that lapses', async () => {
    const { sessions } = await opened();
    await sessions.commit(commit({ leaseUntil: later(1_000) }));
    const other = { owner: 'trn_2', expectedVersion: 1 };
    expect(await sessions.commit(commit({ ...other, now: later(999) }))).toBe(false);
    expect(await sessions.renewLease('ses_1', 'trn_2', later(9_000))).toMatchObject({
      kept: false,
    });
    expect(await sessions.renewLease('ses_1', 'trn_1', later(2_000))).toMatchObject({ kept: true });
    expect(await sessions.commit(commit({ ...other, now: later(1_000) }))).toBe(false);
    expect(await sessions.commit(commit({ ...other, now: later(2_000) }))).toBe(true);
  });

  it('is nobody else’s: what is read or written may be changed afterwards', async () => {
    const { sessions, load } = await opened();
    const state = initialState();
    const output = { list: [1] };
    const event: StoredEvent = {
      sequence: 0,
      event: { type: 'completed', output },
      nodeId: null,
      durationMs: null,
      createdAt: NOW,
    };
    await sessions.commit(commit({ state, events: [event] }));
    state.status = 'failed';
    output.list.push(2);
    const read = await load();
    if (read) read.state.counter = 99;
    expect(await load()).toMatchObject({ state: { status: 'not-started', counter: 0 } });
    expect((await sessions.events('ses_1', 0, 1))[0]?.event).toEqual({
      type: 'completed',
      output: { list: [1] },
    });
  });

  it('goes on with another version where a commit says so', async () => {
    const { sessions, load } = await opened();
    const query = { workspaceId: 'ws_1', workflowId: 'wf_1', journeyVersion: '2', limit: 10 };
    expect(await sessions.outdated(query)).toEqual({ items: ['ses_1'], nextCursor: null });
    await sessions.commit(commit({ journey: { journeyId: 'jrn_2', journeyVersion: '2' } }));
    expect(await load()).toMatchObject({ journeyId: 'jrn_2', journeyVersion: '2' });
    expect((await sessions.outdated(query)).items).toEqual([]);
    // Back on the first it is found again, unless it is over.
    expect((await sessions.outdated({ ...query, journeyVersion: '1' })).items).toEqual(['ses_1']);
    const state = { ...initialState(), status: 'completed' as const };
    await sessions.commit(commit({ expectedVersion: 1, state }));
    expect((await sessions.outdated({ ...query, journeyVersion: '1' })).items).toEqual([]);
  });

  it('is not seen from another workspace', async () => {
    const { sessions } = await opened();
    expect(await sessions.load({ sessionId: 'ses_1', workspaceId: 'ws_2' })).toBeNull();
  });
});

describe('timers in memory', () => {
  const timer = (id: PendingTimer['id'], ms: number): PendingTimer => ({
    id,
    scopeId: 'root',
    stateId: 'st_nap',
    fireAt: later(ms).toISOString(),
  });

  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('fire when their moment comes, and leave nothing behind', async () => {
    const fired = vi.fn();
    const { sessions } = await opened(fired);
    await sessions.commit(commit({ timersStarted: [timer('tmr_1', 5_000)] }));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(fired).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(fired).toHaveBeenCalledExactlyOnceWith('ses_1', 'tmr_1');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('do not fire once they are cancelled', async () => {
    const fired = vi.fn();
    const { sessions } = await opened(fired);
    await sessions.commit(commit({ timersStarted: [timer('tmr_1', 5_000)] }));
    await sessions.commit(commit({ expectedVersion: 1, timersCancelled: ['tmr_1'] }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fired).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may be further off than one timer of the system reaches', async () => {
    const fired = vi.fn();
    const { sessions } = await opened(fired);
    const days = 30 * 86_400_000;
    await sessions.commit(commit({ timersStarted: [timer('tmr_1', days)] }));
    await vi.advanceTimersByTimeAsync(days - 1);
    expect(fired).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(fired).toHaveBeenCalledTimes(1);
  });
});
