import {
  createContractClient,
  JWT_SECRET,
  openDialogue,
  seedPerson,
  seedWorkflow,
  verifySessions,
  type Dialogue,
  type Person,
} from '@sim/conversation-service/testing';
import { freePort } from '@sim/dev-env';
import type { Database } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  vi,
} from 'vitest';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { startShop, type Shop } from '../support/shop.js';
import { sketch, startWith } from '../support/sketch.js';

/** Generous, for machines with much else to do. */
const PATIENCE = { timeout: 60_000, interval: 50 };
const TIMEOUT_MS = 300_000;
/** What is promised: a lapsed lease is taken over by then. */
const TAKEN_OVER_WITHIN_MS = 10_000;

let home: TestDatabase;
let database: Database;
let ada: Person;
let services: ServiceProcess[];
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  database = home.open();
  ada = await seedPerson(database, 'Ada');
});
beforeEach(() => {
  services = [];
});
afterEach(async () => {
  for (const service of services) service.thaw();
  await Promise.all(services.map((service) => service.kill()));
});
afterAll(async () => {
  await verifySessions(database);
  await home.drop();
});

/** A replica in a process of its own, with the settings that it has by default. */
async function replica(): Promise<ServiceProcess> {
  const service = startService('conversation-service', await freePort(), {
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    METRICS_ENABLED: 'false',
    DATABASE_URL: home.url,
    DATABASE_POOL_MIN: '0',
    DATABASE_POOL_MAX: '5',
    JWT_SECRET,
    ENCRYPTION_KEY: '0123456789abcdef0123456789abcdef',
    API_BLOCK_ALLOWED_HOSTS: '127.0.0.1',
  });
  services.push(service);
  await service.ready();
  return service;
}

const clientOf = ({ origin }: ServiceProcess) => createContractClient(origin);

async function eventsOf(session: Dialogue, at: ServiceProcess) {
  const { body } = await clientOf(at)('listEvents', {
    token: ada.token,
    params: { sessionId: session.sessionId },
    query: { limit: 200 },
  });
  return body.items;
}

describe('a wait', () => {
  it.each(['killed', 'stopped'])(
    'of five seconds ends though the service was %s at its moment',
    { timeout: TIMEOUT_MS },
    async (how) => {
      const workflowId = await seedWorkflow(
        database,
        ada,
        sketch(
          {
            start: startWith({ name: 'city' }),
            wait: { type: 'wait', params: { timeValue: '5', timeUnit: 'seconds' } },
            end: { type: 'response', params: { data: '{"city": "<start.city>"}' } },
          },
          ['start -> wait', 'wait -> end'],
        ),
      );
      const before = await replica();
      const session = await openDialogue(clientOf(before), ada, workflowId);
      const { state } = await session.says('Springfield');
      expect(state.awaiting?.kind).toBe('timer');
      await (how === 'killed' ? before.kill() : before.stop());

      const moment = Date.parse(state.awaiting?.until ?? '');
      await vi.waitUntil(() => Date.now() > moment, PATIENCE);
      const after = await replica();
      // Its state is looked at; no turn is taken.
      const done = await session.at(clientOf(after)).reaches('completed');
      expect(done.output).toMatchObject({ data: { city: 'Springfield' } });
      const fired = (await eventsOf(session, after)).filter(({ type }) => type === 'timer-fired');
      expect(fired).toHaveLength(1);
      expect(Date.parse(fired[0]?.createdAt ?? '')).toBeGreaterThan(moment);
    },
  );
});

describe('a replica in the middle of a block', () => {
  let shop: Shop;
  let workflowId: string;
  beforeEach(async () => {
    shop = await startShop();
    workflowId = await seedWorkflow(
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
  });
  afterEach(() => shop.close());

  /** Leads a session to where its order lies at the shop, unanswered. */
  async function orderAt(service: ServiceProcess): Promise<Dialogue> {
    const session = await openDialogue(clientOf(service), ada, workflowId);
    await session.says('Springfield');
    const { status } = await clientOf(service)('performAction', {
      token: ada.token,
      params: { sessionId: session.sessionId },
      body: { action: 'confirm' },
      headers: { prefer: 'respond-async' },
    });
    expect(status).toBe(202);
    await vi.waitFor(() => expect(shop.orders).toHaveLength(1), PATIENCE);
    return session;
  }

  async function leaseOf({ sessionId }: Dialogue): Promise<number> {
    const { rows } = await database.query<{ leftMs: number }>({
      text: `SELECT (extract(epoch FROM lease_expires_at - now()) * 1000)::float8 AS "leftMs"
        FROM conversational_workflow_sessions WHERE session_id = $1`,
      values: [sessionId],
    });
    return rows[0]?.leftMs ?? Number.NaN;
  }

  /** Once, under one key, whoever asked, and told once. */
  async function expectOneOrder(session: Dialogue, at: ServiceProcess): Promise<void> {
    expect(shop.orders).toHaveLength(2);
    const keys = shop.orders.map((headers) => headers['idempotency-key']);
    expect(keys[0]).toContain(session.sessionId);
    expect(new Set(keys).size).toBe(1);
    const events = await eventsOf(session, at);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
    const ends = events.filter(
      ({ type, nodeId }) => nodeId === 'shop' && type === 'node-completed',
    );
    expect(ends).toHaveLength(1);
    const { rows } = await database.query({
      text: `SELECT attempt, status FROM conversational_block_runs
        WHERE session_id = $1 AND block_type = 'api' ORDER BY attempt`,
      values: [session.sessionId],
    });
    expect(rows).toEqual([
      { attempt: 1, status: 'failed' },
      { attempt: 2, status: 'succeeded' },
    ]);
  }

  it('that is killed is taken over with nobody asking', { timeout: TIMEOUT_MS }, async () => {
    const [one, two] = await Promise.all([replica(), replica()]);
    const session = await orderAt(one);
    const killedAt = performance.now();
    await one.kill();
    const leftMs = await leaseOf(session);
    expect(leftMs).toBeGreaterThan(0);

    const timeout = leftMs + TAKEN_OVER_WITHIN_MS;
    await vi.waitFor(() => expect(shop.orders).toHaveLength(2), { timeout, interval: 20 });
    const after = Math.round(performance.now() - killedAt);
    console.info(
      `Taken over ${after} ms after the kill, ${Math.round(after - leftMs)} ms after the lease lapsed.`,
    );
    const done = await session.at(clientOf(two)).reaches('completed');
    expect(done.output).toMatchObject({ data: { id: 7 } });
    await expectOneOrder(session, two);
  });

  it(
    'that stood still for too long cannot write what it comes back with',
    {
      timeout: TIMEOUT_MS,
    },
    async () => {
      const [one, two] = await Promise.all([replica(), replica()]);
      const session = await orderAt(one);
      one.freeze();
      const there = session.at(clientOf(two));
      const done = await there.reaches('completed');
      const before = await eventsOf(session, two);

      // The answer that it waited for is there before it wakes up.
      for (const response of shop.unanswered) response.end('{"id": 6}');
      one.thaw();
      await vi.waitFor(
        () => expect(one.log()).toContain('Another replica took this session over'),
        PATIENCE,
      );
      expect(await session.state()).toEqual(done);
      expect(done.output).toMatchObject({ data: { id: 7 } });
      expect(await eventsOf(session, one)).toEqual(before);
      await expectOneOrder(session, two);

      // It goes on with other work as if nothing had been.
      const other = await openDialogue(clientOf(one), ada, workflowId);
      await other.says('Shelbyville');
      const { state } = await other.does('confirm');
      expect(state).toMatchObject({ executionStatus: 'completed', output: { data: { id: 7 } } });
    },
  );
});
