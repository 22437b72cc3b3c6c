import {
  openDialogue,
  seedPerson,
  seedWorkflow,
  startTestService,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import type { Database } from '@sim/postgres';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';

const DOCUMENT = sketch(
  {
    start: startWith({ name: 'city' }, { name: 'note' }),
    end: { type: 'response', params: { data: '{"city": "<start.city>"}' } },
  },
  ['start -> end'],
);
/** What the guide sets, instead of what tests are given. */
const COMMANDS = { CONVERSATION_RATE_LIMIT_MAX: '60', CONVERSATION_RATE_LIMIT_WINDOW: '60000' };

let home: TestDatabase;
let database: Database;
let running: TestService[] = [];
beforeAll(async () => {
  home = await createTestDatabase(inject('postgresUrl'));
  database = home.open();
});
afterEach(async () => {
  await Promise.all(running.map((service) => service.stop()));
  running = [];
});
afterAll(async () => {
  await verifySessions(home.open());
  await home.drop();
});

async function start(env: Record<string, string>): Promise<TestService> {
  const service = await startTestService(home.url, { env, upkeep: false });
  running.push(service);
  return service;
}

async function person(name: string): Promise<Person & { workflowId: string }> {
  const someone = await seedPerson(database, name);
  return { ...someone, workflowId: await seedWorkflow(database, someone, DOCUMENT) };
}

describe('the limit of commands', () => {
  it('refuses the 61st of a minute, and tells when to come again', async () => {
    const service = await start(COMMANDS);
    const ada = await person('Ada');
    const session = await openDialogue(service.call, ada, ada.workflowId);
    // Actions and utterances count together.
    for (let count = 0; count < 30; count += 1) {
      await session.says('status');
      await session.does('status');
    }
    const refused = await session.trySaying('status');
    expect([refused.status, refused.problem?.code]).toEqual([429, 'rate_limited']);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.problem?.detail).toContain(`${seconds} seconds`);
    expect(refused.headers.get('ratelimit-policy')).toContain('60');

    // Reading is not a command, nor is ending.
    expect((await session.state()).executionStatus).toBe('waiting-for-input');
    const common = { token: ada.token, params: { sessionId: session.sessionId } };
    expect((await service.call('listTurns', common)).status).toBe(200);
    expect((await service.call('listEvents', common)).status).toBe(200);
    const second = await openDialogue(service.call, ada, ada.workflowId);
    expect((await second.trySaying('status')).status).toBe(429);
    expect((await service.call('endSession', common)).body.terminated).toBe(true);

    // It is a person's own.
    const bob = await person('Bob');
    const other = await openDialogue(service.call, bob, bob.workflowId);
    expect((await other.trySaying('status')).status).toBe(200);
  });

  it('is not used up by reading', async () => {
    const service = await start({ ...COMMANDS, CONVERSATION_RATE_LIMIT_MAX: '2' });
    const ada = await person('Ada');
    const session = await openDialogue(service.call, ada, ada.workflowId);
    for (let count = 0; count < 5; count += 1) await session.state();
    expect((await session.trySaying('status')).status).toBe(200);
    expect((await session.trySaying('status')).status).toBe(200);
    expect((await session.trySaying('status')).status).toBe(429);
  });

  const redisUrl = inject('redisUrl');
  it.skipIf(redisUrl === null)(
    'is counted over all replicas where there is Redis (skipped where there is no redis-server)',
    async () => {
      const ada = await person('Ada');
      const env = {
        ...COMMANDS,
        CONVERSATION_RATE_LIMIT_MAX: '4',
        REDIS_URL: redisUrl ?? '',
        REDIS_KEY_PREFIX: `test-${ada.userId}:`,
      };
      const [one, two] = [await start(env), await start(env)];
      // Redis is connected to in the background; until then each replica counts for itself.
      for (const { context } of [one, two]) {
        await vi.waitFor(() => expect(context.redis?.status).toBe('ready'), { timeout: 20_000 });
      }
      const session = await openDialogue(one.call, ada, ada.workflowId);
      const there = session.at(two.call);
      const statuses: number[] = [];
      for (let count = 0; count < 4; count += 1) {
        statuses.push((await session.trySaying('status')).status);
        statuses.push((await there.trySaying('status')).status);
      }
      expect(statuses).toEqual([200, 200, 200, 200, 429, 429, 429, 429]);
    },
  );
});

describe('the limit of all requests', () => {
  it('is per address and spares the probes', async () => {
    const service = await start({ API_RATE_LIMIT_MAX: '3' });
    const ada = await person('Ada');
    const list = () => service.call('listSessions', { token: ada.token });
    for (let count = 0; count < 3; count += 1) expect((await list()).status).toBe(200);
    expect((await list()).problem?.code).toBe('rate_limited');
    for (let count = 0; count < 5; count += 1) {
      expect((await service.call('getConversationLive')).status).toBe(200);
    }
  });
});

describe('the limits of live sessions', () => {
  it('of a person: told what to do, and possible again after one has ended', async () => {
    const service = await start({ MAX_SESSIONS_PER_USER: '2' });
    const ada = await person('Ada');
    const open = () =>
      service.call('openSession', { token: ada.token, body: { workflowId: ada.workflowId } });
    const first = await open();
    await open();
    const refused = await open();
    expect([refused.status, refused.problem?.code]).toEqual([429, 'too_many_sessions']);
    expect(refused.problem?.detail).toMatch(/End one/);
    await service.call('endSession', {
      token: ada.token,
      params: { sessionId: first.body.sessionId },
    });
    expect((await open()).status).toBe(201);
  });

  it.each(['resume', 'restart'] as const)(
    'count what goes on again after its end: %s',
    async (action) => {
      const service = await start({ MAX_SESSIONS_PER_USER: '1' });
      const ada = await person('Ada');
      const session = await openDialogue(service.call, ada, ada.workflowId);
      const { sessionId } = session;
      await database.query({
        text: `UPDATE conversational_workflow_sessions SET expires_at = now() - interval '1 s'
             WHERE session_id = $1`,
        values: [sessionId],
      });
      await session.says('Paris');
      expect((await session.state()).executionStatus).toBe('expired');
      const other = await openDialogue(service.call, ada, ada.workflowId);
      const again = () =>
        service.call('performAction', {
          token: ada.token,
          params: { sessionId },
          body: { action },
        });
      const refused = await again();
      expect([refused.status, refused.problem?.code]).toEqual([429, 'too_many_sessions']);
      expect((await session.state()).executionStatus).toBe('expired');
      await other.does('cancel', { confirmed: true });
      expect((await again()).body.state.executionStatus).toBe('waiting-for-input');
    },
  );

  it('of the service', async () => {
    const bob = await person('Bob');
    const body = { workflowId: bob.workflowId };
    await openDialogue((await start({})).call, bob, bob.workflowId);
    const service = await start({ MAX_CONCURRENT_SESSIONS: '1' });
    const { status, problem } = await service.call('openSession', { token: bob.token, body });
    expect([status, problem?.code]).toEqual([429, 'too_many_sessions']);
  });
});

describe('the limits of live sessions', () => {
  it.each([
    ['of a person', { MAX_SESSIONS_PER_USER: '20' }, 'of yours'],
    ['in all', { MAX_CONCURRENT_SESSIONS: '20' }, 'in all'],
  ])('%s hold for those who open at once, at two replicas', async (_which, env, words) => {
    const ada = await person('Ada');
    await database.query({
      text: "UPDATE conversational_workflow_sessions SET execution_status = 'cancelled'",
    });
    const services = await Promise.all([start(env), start(env)]);
    const body = { workflowId: ada.workflowId };
    const opened = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        services[index % 2]!.call('openSession', { token: ada.token, body }),
      ),
    );
    expect(opened.filter(({ status }) => status === 201)).toHaveLength(20);
    const refused = opened.filter(({ status }) => status !== 201);
    expect(new Set(refused.map(({ problem }) => problem?.code))).toEqual(
      new Set(['too_many_sessions']),
    );
    expect(refused[0]?.problem?.detail).toContain(words);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    await database.query({ text: 'DELETE FROM conversational_workflow_sessions' });
  });
});
