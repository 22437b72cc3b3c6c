import { randomBytes } from 'node:crypto';
import { seedPerson } from '@sim/conversation-service/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openGatewayHome, type GatewayHome } from '../support/gateway-home.js';
import { connect, dial, type LiveClient } from '../support/live-client.js';
import { startRedisServer, type RedisServer } from '@sim/dev-env';
import type { RunningSimApp } from '../support/sim-app.js';
import { sketch, startWith } from '../support/sketch.js';

const PATIENCE = { timeout: 25_000, interval: 10 };

const clients: LiveClient[] = [];
afterEach(() => {
  const faults = clients.flatMap((client) => client.faults);
  for (const client of clients.splice(0)) client.close();
  expect(faults).toEqual([]);
});
const keep = (client: LiveClient): LiveClient => {
  clients.push(client);
  return client;
};
const idsOf = (client: LiveClient) => client.log().map(({ eventId }) => eventId);

const document = sketch({ start: startWith({ name: 'city' }), end: { type: 'response' } }, [
  'start -> end',
]);

async function openAt(client: LiveClient, workflowId: string): Promise<string> {
  const opened = await client.ask('create-conversational-workflow', { workflowId });
  if (!opened.ok) throw new TypeError(opened.problem.detail);
  return opened.session.sessionId;
}

const first = await startRedisServer();

describe.skipIf(first === null)('replicas that share a Redis (needs redis-server)', () => {
  let redis: RedisServer | null = first;
  let home: GatewayHome;
  let workflowId: string;
  let one: RunningSimApp;
  let two: RunningSimApp;

  beforeAll(async () => {
    const env = {
      REDIS_URL: first?.url ?? '',
      REDIS_KEY_PREFIX: `t-${randomBytes(4).toString('hex')}:`,
    };
    home = await openGatewayHome({}, { env });
    workflowId = await home.seed(document);
    [one, two] = [await home.addApp({ env }), await home.addApp({ env })];
  });
  afterAll(async () => {
    await home.stop();
    await redis?.stop();
  });

  const at = async (app: RunningSimApp, auth: object = {}) => {
    const client = keep(dial(app.origin, { token: home.ada.token, ...auth }));
    await vi.waitFor(() => expect(client.socket.connected).toBe(true), PATIENCE);
    return client;
  };

  it('show a session alike, whichever of them it is talked to at', async () => {
    const [here, there] = [await at(one), await at(two)];
    const sessionId = await openAt(here, workflowId);
    await there.ask('join-session', { sessionId });
    await there.ask('execute-command', { sessionId, command: 'Springfield' });
    await Promise.all([here, there].map((client) => client.next('session-ended')));
    expect(idsOf(here)).toEqual(idsOf(there));
    expect(idsOf(here)).toEqual(idsOf(here).map((_, index) => index));
  });

  it('tell those who ask for it of the sessions of their workspace, and nobody else', async () => {
    const eve = await seedPerson(home.database, 'Eve');
    const talker = await at(one);
    const monitors = [
      await at(one, { workspaceUpdates: true }),
      await at(two, { workspaceUpdates: true }),
    ];
    const quiet = await at(two);
    const stranger = await at(two, { token: eve.token, workspaceUpdates: true });
    const sessionId = await openAt(talker, workflowId);
    for (const monitor of monitors) {
      const { state } = await monitor.next('workflow-state-update');
      expect(state).toMatchObject({ sessionId, executionStatus: 'waiting-for-input' });
    }
    await talker.ask('execute-command', { sessionId, command: 'Springfield' });
    for (const monitor of monitors) {
      const update = await monitor.next(
        'workflow-state-update',
        ({ state }) => state.executionStatus === 'completed',
      );
      expect(update.workspaceId).toBe(home.ada.workspaceId);
      expect(new Set(monitor.messages.map(({ name }) => name))).toEqual(
        new Set(['workflow-state-update']),
      );
    }
    expect([quiet.messages, stranger.messages]).toEqual([[], []]);
  });

  it('serve their own clients while Redis is down, and each other’s again afterwards', async () => {
    const [here, there] = [await at(one), await at(two)];
    const monitor = await at(two, { workspaceUpdates: true });
    const sessionId = await openAt(here, workflowId);
    await there.ask('join-session', { sessionId });
    const port = redis?.port;
    await redis?.stop();
    await here.ask('execute-command', { sessionId, command: 'status' });
    await here.next('command-result');
    await here.ask('execute-command', { sessionId, command: 'Springfield' });
    await here.next('session-ended');
    // No word comes from anywhere: the other replica looks.
    await there.next('session-ended');
    expect(idsOf(there)).toEqual(idsOf(here));
    const during = await openAt(there, workflowId);
    expect(during).toMatch(/^ses_/);
    await monitor.next('workflow-state-update', (update) => update.sessionId === during);

    redis = await startRedisServer(port);
    const later = await vi.waitFor(async () => {
      const id = await openAt(here, workflowId);
      await vi.waitFor(
        () =>
          expect(monitor.all('workflow-state-update').some((u) => u.sessionId === id)).toBe(true),
        { timeout: 500 },
      );
      return id;
    }, PATIENCE);
    expect(later).toMatch(/^ses_/);
  }, 60_000);
});

describe('replicas without Redis', () => {
  it('find what the other service wrote by looking', async () => {
    const home = await openGatewayHome({ limits: { lookEveryMs: 100 } });
    const workflowId = await home.seed(document);
    // A bus that nobody else speaks on.
    const deaf = {
      publish: () => Promise.resolve(),
      subscribe: () => Promise.resolve(() => Promise.resolve()),
    };
    const apart = await home.addApp({ overrides: { bus: deaf }, limits: { lookEveryMs: 100 } });
    const client = keep(await connect(apart.origin, home.ada.token));
    const sessionId = await openAt(client, workflowId);
    await home.service.call('sendCommand', {
      token: home.ada.token,
      params: { sessionId },
      body: { naturalLanguageInput: 'Springfield' },
    });
    await client.next('session-ended');
    expect(idsOf(client)).toEqual(idsOf(client).map((_, index) => index));
    client.close();
    await home.stop();
  });
});
