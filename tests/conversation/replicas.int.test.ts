import {
  listenToEvents,
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTcpProxy,
  startTestService,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import type { Database } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startShop } from '../support/shop.js';
import { sketch, startWith, type Sketched } from '../support/sketch.js';

/** One of the replicas looks for sessions whose time is over; each gets its turn. */
const OFTEN = { SESSION_CLEANUP_INTERVAL_MS: '100' };
const PATIENCE = { timeout: 25_000 };

let home: TestDatabase;
let database: Database;
let one: TestService;
let two: TestService;
let ada: Person;
let workflowId: string;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  database = home.open();
  one = await startTestService(home.url, { env: OFTEN });
  two = await startTestService(home.url, { env: OFTEN });
  ada = await seedPerson(database, 'Ada');
  workflowId = await seedWorkflow(
    database,
    ada,
    sketch(
      {
        start: startWith({ name: 'city' }, { name: 'note' }),
        end: { type: 'response', params: { data: '{"city": "<start.city>"}' } },
      },
      ['start -> end'],
    ),
  );
});
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await verifySessions(home.open());
  await home.drop();
});

describe('two replicas on one database', () => {
  it('a session begun on one goes on at the other, and back', async () => {
    const session = await openDialogue(one.call, ada, workflowId);
    const there = session.at(two.call);
    expect((await there.says('Springfield')).state.slots).toEqual({ city: 'Springfield' });
    expect(await session.state()).toEqual(await there.state());
    const { state } = await session.says('by the gate');
    expect(state).toMatchObject({ executionStatus: 'completed' });
    expect((await there.says('status')).agentResponse).toContain('complete');
  });

  it('a key that one has seen is known to the other', async () => {
    const session = await openDialogue(one.call, ada, workflowId);
    const keyed = { headers: { 'idempotency-key': 'a' } };
    const first = await session.says('Springfield', keyed);
    expect(await session.at(two.call).says('Springfield', keyed)).toEqual(first);
    const both = await Promise.all(
      [one, two].map(({ call }) =>
        call('openSession', {
          token: ada.token,
          body: { workflowId },
          headers: { 'idempotency-key': 'both' },
        }),
      ),
    );
    expect(both[0]?.body).toEqual(both[1]?.body);
  });

  it('turns that race are all taken, one after another', async () => {
    const session = await openDialogue(one.call, ada, workflowId);
    const there = session.at(two.call);
    const replies = await Promise.all([
      session.says('status'),
      there.says('help'),
      session.says('Springfield'),
      there.says('explain'),
      session.does('status'),
      there.does('explain'),
    ]);
    expect(new Set(replies.map(({ turnId }) => turnId)).size).toBe(6);
    const { body: turns } = await two.call('listTurns', {
      token: ada.token,
      params: { sessionId: session.sessionId },
    });
    const speakers = turns.items.map(({ speaker }) => speaker);
    expect(speakers).toEqual(['agent', ...Array<string[]>(6).fill(['user', 'agent']).flat()]);
    const { body: events } = await one.call('listEvents', {
      token: ada.token,
      params: { sessionId: session.sessionId },
      query: { limit: 200 },
    });
    expect(events.items.map(({ sequence }) => sequence)).toEqual(
      events.items.map((_, index) => index),
    );
    const heard = events.items.filter(({ type }) => type === 'user-said' || type === 'user-acted');
    expect(heard).toHaveLength(6);
  });

  it('a wait fires once, whichever replica sees its moment', async () => {
    const wait: Sketched = { type: 'wait', params: { timeValue: '1', timeUnit: 'seconds' } };
    const waiting = await seedWorkflow(
      database,
      ada,
      sketch({ start: startWith({ name: 'city' }), wait, end: { type: 'response' } }, [
        'start -> wait',
        'wait -> end',
      ]),
    );
    const sessions = await Promise.all(
      [one, two, one, two].map(({ call }) => openDialogue(call, ada, waiting)),
    );
    await Promise.all(sessions.map((session) => session.says('Springfield')));
    for (const session of sessions) {
      await session.reaches('completed');
      const { body } = await one.call('listEvents', {
        token: ada.token,
        params: { sessionId: session.sessionId },
      });
      expect(body.items.filter(({ type }) => type === 'timer-fired')).toHaveLength(1);
    }
  });
});

describe('a session that nobody asks about', () => {
  it('expires when its time is over, and can be begun again', async () => {
    let ahead = 0;
    const session = await openDialogue(one.call, ada, workflowId, {
      executionConfig: { sessionTimeoutMs: 60_000 },
    });
    const live = await openDialogue(one.call, ada, workflowId);
    const keeping = await startTestService(home.url, {
      env: OFTEN,
      overrides: { clock: () => new Date(Date.now() + ahead) },
    });
    ahead = 90_000;
    const { completedNodes } = await session.reaches('expired');
    expect(completedNodes).toEqual([]);
    expect((await live.state()).executionStatus).toBe('waiting-for-input');
    await keeping.stop();
    expect((await session.says('Springfield')).state.executionStatus).toBe('expired');
    const { state } = await session.does('restart');
    expect(state).toMatchObject({ executionStatus: 'waiting-for-input', slots: {} });
    expect((await session.says('Springfield')).state.slots).toEqual({ city: 'Springfield' });
  });
});

/** Follows a session at one replica while it is talked to at another. */
async function expectFollowed(here: TestService, there: TestService): Promise<void> {
  const session = await openDialogue(there.call, ada, workflowId);
  const stream = await listenToEvents(here.url, ada.token, session.sessionId);
  const before = await stream.until(({ event }) => event === 'question-asked');
  await session.says('Springfield');
  const during = await stream.until(({ event }) => event === 'slots-filled');
  await stream.close();
  await session.says('by the gate');
  // Taken up at the other replica.
  const last = during.at(-1)?.id ?? '';
  const again = await listenToEvents(there.url, ada.token, session.sessionId, last);
  const after = await again.until(({ event }) => event === 'completed');
  await again.close();
  const ids = [...before, ...during, ...after].map(({ id }) => Number(id));
  expect(ids).toEqual(ids.map((_, index) => index));
}

describe('a stream of events at one replica', () => {
  it('finds what the other wrote though nothing tells it: it looks', async () => {
    await expectFollowed(one, two);
  });

  const redisUrl = inject('redisUrl');
  it.skipIf(redisUrl === null)(
    'is told by Redis what the other wrote (skipped where there is no redis-server)',
    async () => {
      const env = { REDIS_URL: redisUrl ?? '', REDIS_KEY_PREFIX: `test-${ada.userId}:` };
      const [here, there] = await Promise.all([
        startTestService(home.url, { env, upkeep: false }),
        startTestService(home.url, { env, upkeep: false }),
      ]);
      await expectFollowed(here, there);
      const { body } = await here.call('getConversationHealth');
      expect(body.services.redis.status).toBe('healthy');
      await Promise.all([here.stop(), there.stop()]);
    },
  );
});

describe('a replica that vanishes in the middle of a block', () => {
  it('is taken over by another, which runs the block under the same key', async () => {
    const shop = await startShop();
    const address = new URL(home.url);
    const wire = await startTcpProxy({ host: address.hostname, port: Number(address.port) });
    const behind = new URL(home.url);
    behind.hostname = '127.0.0.1';
    behind.port = String(wire.port);
    const env = { SESSION_LEASE_MS: '1000', DATABASE_ACQUIRE_TIMEOUT: '2000' };
    const lost = await startTestService(behind.href, { env, upkeep: false });
    const ordering = await seedWorkflow(
      database,
      ada,
      sketch(
        {
          start: startWith({ name: 'city' }),
          shop: { type: 'api', params: { url: shop.url, method: 'POST' } },
          end: { type: 'response', params: { data: '{"id": <shop.data.id>}' } },
        },
        ['start -> shop', 'shop -> end'],
      ),
    );
    const session = await openDialogue(lost.call, ada, ordering);
    await session.says('Springfield');
    const accepted = await lost.call('performAction', {
      token: ada.token,
      params: { sessionId: session.sessionId },
      body: { action: 'confirm' },
      headers: { prefer: 'respond-async' },
    });
    expect(accepted.status).toBe(202);
    await vi.waitFor(() => expect(shop.orders).toHaveLength(1), PATIENCE);

    // From here on it neither reads nor writes: its lease lapses, and the others' keepers see that.
    wire.cut();
    const done = await session.at(two.call).reaches('completed');
    expect(done.output).toMatchObject({ data: { id: 7 } });
    expect(shop.orders).toHaveLength(2);
    expect(new Set(shop.orders.map((headers) => headers['idempotency-key'])).size).toBe(1);

    // It comes back, and what it was about to write is refused.
    wire.restore();
    for (const response of shop.unanswered) response.end('{"id": 6}');
    await vi.waitFor(
      () => expect(lost.log.join('')).toContain('Another replica took this session over'),
      PATIENCE,
    );
    expect(await session.at(one.call).state()).toEqual(done);
    const events = await one.call('listEvents', {
      token: ada.token,
      params: { sessionId: session.sessionId },
      query: { limit: 200 },
    });
    const completed = events.body.items.filter(
      ({ type, nodeId }) => type === 'node-completed' && nodeId === 'shop',
    );
    expect(completed).toHaveLength(1);
    await lost.stop();
    await wire.close();
    await shop.close();
  });
});
