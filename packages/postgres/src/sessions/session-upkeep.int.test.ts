import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionStore } from '@sim/engine';
import type { Database } from '../connection/database.js';
import {
  after,
  commitOf,
  eventOf,
  NOON,
  recordOf,
  seedWorkflow,
  stateOf,
} from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createSessionStore } from './session-store.js';
import { createSessionUpkeep, type SessionUpkeep } from './session-upkeep.js';

let home: TestDatabase;
let database: Database;
let store: SessionStore;
let upkeep: SessionUpkeep;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  store = createSessionStore(database, () => NOON);
  upkeep = createSessionUpkeep(database);
  await seedWorkflow(database, 'ann');
});
afterAll(() => home.drop());

describe('the sweep', () => {
  it('finds what is overdue and not over, longest overdue first', async () => {
    const ended = stateOf({ status: 'completed' });
    await store.create(recordOf('ann', 'due1', { expiresAt: after(-1) }), [], []);
    await store.create(recordOf('ann', 'due2', { expiresAt: after(-2) }), [], []);
    await store.create(recordOf('ann', 'over', { expiresAt: after(-3), state: ended }), [], []);
    await store.create(recordOf('ann', 'live', { expiresAt: after(1) }), [], []);
    expect(await upkeep.expired(NOON, 10)).toEqual(['ses_due2', 'ses_due1']);
    expect(await upkeep.expired(NOON, 1)).toEqual(['ses_due2']);
  });
});

describe('the search for broken turns', () => {
  it('finds sessions whose lease has lapsed, not those that are held or free', async () => {
    for (const name of ['lapsed', 'held', 'free'])
      await store.create(recordOf('ann', name), [], []);
    await store.commit(commitOf('ses_lapsed', { leaseUntil: NOON }));
    await store.commit(commitOf('ses_held', { leaseUntil: after(60_000) }));
    await store.commit(commitOf('ses_free'));
    expect(await upkeep.abandoned(10)).toEqual(['ses_lapsed']);
  });
});

describe('the monitor', () => {
  it('tells how often each kind of event came and how long it took', async () => {
    const later = (ms: number | null) => ({ durationMs: ms, createdAt: after(1000) });
    await store.create(
      recordOf('ann', 'seen'),
      [
        eventOf(0, later(10)),
        eventOf(1, later(30)),
        eventOf(2, { ...later(null), event: { type: 'paused' } }),
      ],
      [],
    );
    expect(await upkeep.eventStatistics(after(1000))).toEqual([
      { eventType: 'paused', count: 1, meanMs: null, p95Ms: null, maxMs: null },
      { eventType: 'user-said', count: 2, meanMs: 20, p95Ms: 29, maxMs: 30 },
    ]);
  });
});
