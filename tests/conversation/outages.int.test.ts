import {
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTcpProxy,
  startTestService,
  tokenFor,
  type Operation,
  type Person,
  type TcpProxy,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import { CONVERSATION_ROUTES, type RouteSpec } from '@sim/contracts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { sketch, startWith, type Sketched } from '../support/sketch.js';

const PATIENCE = { timeout: 25_000, interval: 50 };

const DOCUMENT = sketch(
  {
    start: startWith({ name: 'city' }, { name: 'note' }),
    end: { type: 'response', params: { data: '{"city": "<start.city>"}' } },
  },
  ['start -> end'],
);

let home: TestDatabase;
let ada: Person;
let workflowId: string;
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  const database = home.open();
  ada = await seedPerson(database, 'Ada');
  workflowId = await seedWorkflow(database, ada, DOCUMENT);
});
afterAll(async () => {
  await verifySessions(home.open());
  await home.drop();
});

/** A server's address with a wire in front that can be cut. */
async function wired(address: string): Promise<{ wire: TcpProxy; url: string }> {
  const url = new URL(address);
  const wire = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.hostname = '127.0.0.1';
  url.port = String(wire.port);
  return { wire, url: url.href };
}

describe('the database', () => {
  let wire: TcpProxy;
  let service: TestService;
  beforeAll(async () => {
    const way = await wired(home.url);
    wire = way.wire;
    service = await startTestService(way.url);
  });
  afterAll(async () => {
    wire.restore();
    await service.stop();
    await wire.close();
  });

  const probes = async () => {
    const [health, ready, live] = await Promise.all([
      service.call('getConversationHealth'),
      service.call('getConversationReady'),
      service.call('getConversationLive'),
    ]);
    return [health.status, ready.status, live.status];
  };

  /** Everything that cannot be answered without it. */
  const NEEDY: readonly Operation[] = [
    'convertWorkflow',
    'getJourney',
    'openSession',
    'listSessions',
    'getSessionState',
    'sendCommand',
    'performAction',
    'listTurns',
    'listEvents',
    'endSession',
    'warmCache',
  ];
  const BODIES: Partial<Record<Operation, () => object>> = {
    openSession: () => ({ workflowId }),
    sendCommand: () => ({ naturalLanguageInput: 'Springfield' }),
    performAction: () => ({ action: 'status' }),
    warmCache: () => ({ workflowIds: [workflowId] }),
  };

  it('that is away makes 503 with Retry-After everywhere, and comes back by itself', async () => {
    const session = await openDialogue(service.call, ada, workflowId);
    await vi.waitFor(async () => expect(await probes()).toEqual([200, 200, 200]), PATIENCE);

    wire.cut();
    for (const operation of NEEDY) {
      const body = BODIES[operation]?.();
      const { status, headers, problem, text } = await service.call(operation, {
        token: ada.token,
        params: { workflowId, sessionId: session.sessionId },
        ...(body && { body }),
      });
      expect([operation, status, problem?.code]).toEqual([operation, 503, 'database_unavailable']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      // Where the database is is nobody's business.
      expect(text).not.toMatch(/127\.0\.0\.1|ECONN|SELECT/);
    }
    // What needs no database goes on.
    const analysis = { token: ada.token, body: { input: 'cancel that' } };
    expect((await service.call('analyzeUtterance', analysis)).body.intent).toBe('cancel');
    const preview = { token: ada.token, body: { workflow: DOCUMENT } };
    expect((await service.call('previewWorkflow', preview)).status).toBe(200);
    await vi.waitFor(async () => expect(await probes()).toEqual([503, 503, 200]), PATIENCE);
    const { headers } = await service.call('getConversationLive');
    expect(headers.get('cache-control')).toBe('no-store');

    wire.restore();
    expect((await session.says('Springfield')).state.slots).toEqual({ city: 'Springfield' });
    await vi.waitFor(async () => expect(await probes()).toEqual([200, 200, 200]), PATIENCE);
  });

  it('that was away brings timers back too', async () => {
    const wait: Sketched = { type: 'wait', params: { timeValue: '1', timeUnit: 'seconds' } };
    const waiting = await seedWorkflow(
      home.open(),
      ada,
      sketch({ start: startWith({ name: 'city' }), wait, end: { type: 'response' } }, [
        'start -> wait',
        'wait -> end',
      ]),
    );
    const session = await openDialogue(service.call, ada, waiting);
    await session.says('Springfield');
    wire.cut();
    await vi.waitFor(async () => expect((await probes())[1]).toBe(503), PATIENCE);
    wire.restore();
    expect((await session.reaches('completed')).completedNodes).toEqual(['start', 'wait', 'end']);
  });

  it('that breaks off while a timer fires ends nothing, and the timer fires again', async () => {
    const wait: Sketched = { type: 'wait', params: { timeValue: '1', timeUnit: 'seconds' } };
    const waiting = await seedWorkflow(
      home.open(),
      ada,
      sketch({ start: startWith({ name: 'city' }), wait, end: { type: 'response' } }, [
        'start -> wait',
        'wait -> end',
      ]),
    );
    const session = await openDialogue(service.call, ada, waiting);
    await session.says('Springfield');
    let cuts = 0;
    const forget = service.context.database.onQuery((text) => {
      if (!text.includes('UPDATE conversational_workflow_sessions')) return;
      cuts += 1;
      wire.cut();
    });
    // Neither can the turn be written, nor that its job failed.
    await vi.waitFor(() => expect(cuts).toBe(1), PATIENCE);
    forget();
    await vi.waitFor(async () => expect((await probes())[1]).toBe(503), PATIENCE);
    wire.restore();
    expect((await session.reaches('completed')).completedNodes).toEqual(['start', 'wait', 'end']);
  });

  it('that breaks off between reading and writing loses nothing that was said to be done', async () => {
    const session = await openDialogue(service.call, ada, workflowId);
    const keyed = { headers: { 'idempotency-key': 'again' } };
    const forget = service.context.database.onQuery((text) => {
      // Just before the turn is written.
      if (text.includes('UPDATE conversational_workflow_sessions')) wire.cut();
    });
    const refused = await session.trySaying('Springfield', keyed);
    forget();
    expect([refused.status, refused.problem?.code]).toEqual([503, 'database_unavailable']);
    wire.restore();
    const { state } = await session.says('Springfield', keyed);
    expect(state.slots).toEqual({ city: 'Springfield' });
    const { body } = await service.call('listTurns', {
      token: ada.token,
      params: { sessionId: session.sessionId },
    });
    expect(body.items.filter(({ speaker }) => speaker === 'user')).toHaveLength(1);
  });
});

describe('a database without tables', () => {
  it('is said to be not migrated, and the service is not ready', async () => {
    const empty = await createEmptyDatabase(inject('postgresUrl'));
    const service = await startTestService(empty.url);
    const token = await tokenFor(ada);
    const guarded = (Object.entries(CONVERSATION_ROUTES) as [Operation, RouteSpec][]).filter(
      ([, { access, method }]) => access === 'viewer' && method === 'get',
    );
    for (const [operation] of guarded) {
      const { status, problem } = await service.call(operation, {
        token,
        params: { sessionId: 'ses_1', workflowId: 'wf_1' },
      });
      expect([operation, status, problem?.code]).toEqual([operation, 503, 'database_not_migrated']);
      expect(problem?.detail).toContain('db:migrate');
    }
    const ready = await service.call('getConversationReady');
    expect([ready.status, ready.body.checks.databaseMigrations]).toEqual([503, false]);
    expect((await service.call('getConversationLive')).status).toBe(200);
    await service.stop();
    await empty.drop();
  });
});

const redisUrl = inject('redisUrl');

describe.skipIf(redisUrl === null)('Redis (skipped where there is no redis-server)', () => {
  it('that is away takes no turn with it, and comes back by itself', async () => {
    const { wire, url } = await wired(redisUrl ?? '');
    const env = {
      REDIS_URL: url,
      REDIS_KEY_PREFIX: `test-${ada.userId}:`,
      CONVERSATION_RATE_LIMIT_MAX: '1000',
    };
    const service = await startTestService(home.url, { env, upkeep: false });
    const health = async () => {
      const { status, body } = await service.call('getConversationHealth');
      return [status, body.status, body.services.redis.status];
    };
    const session = await openDialogue(service.call, ada, workflowId);
    await vi.waitFor(
      async () => expect(await health()).toEqual([200, 'healthy', 'healthy']),
      PATIENCE,
    );

    wire.cut();
    expect((await session.says('Springfield')).state.slots).toEqual({ city: 'Springfield' });
    await vi.waitFor(
      async () => expect(await health()).toEqual([200, 'degraded', 'degraded']),
      PATIENCE,
    );
    expect((await service.call('getConversationReady')).status).toBe(200);
    expect((await session.says('status')).commandProcessed).toBe(true);

    wire.restore();
    await vi.waitFor(
      async () => expect(await health()).toEqual([200, 'healthy', 'healthy']),
      PATIENCE,
    );
    expect((await session.says('by the gate')).state.executionStatus).toBe('completed');
    await service.stop();
    await wire.close();
  });

  it('that was never there is no reason not to start', async () => {
    const { wire, url } = await wired(redisUrl ?? '');
    wire.cut();
    const service = await startTestService(home.url, { env: { REDIS_URL: url }, upkeep: false });
    const session = await openDialogue(service.call, ada, workflowId);
    expect((await session.says('Springfield')).state.slots).toEqual({ city: 'Springfield' });
    await service.stop();
    await wire.close();
  });
});
