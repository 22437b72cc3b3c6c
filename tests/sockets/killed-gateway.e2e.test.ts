import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createContractClient,
  JWT_SECRET,
  seedPerson,
  seedWorkflow,
  verifySessions,
  type Person,
} from '@sim/conversation-service/testing';
import { freePort } from '@sim/dev-env';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startBalancer } from '../support/balancer.js';
import { connect, dial, type LiveClient } from '../support/live-client.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { sketch, startWith } from '../support/sketch.js';

const redisUrl = inject('redisUrl');
const PATIENCE = { timeout: 40_000, interval: 20 };

/** A shop that answers an order when the test says so. */
async function startShop() {
  const waiting: ServerResponse[] = [];
  const keys: unknown[] = [];
  const server: Server = createServer((req, res) => {
    keys.push(req.headers['idempotency-key']);
    res.setHeader('content-type', 'application/json');
    waiting.push(res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}/orders`, waiting, keys };
}

/** Joins at each connection, after the last event that came: as a page does. */
function follow(client: LiveClient, sessionId: string): void {
  const join = (): void => {
    const lastEventId = client.log().at(-1)?.eventId;
    const payload = { sessionId, ...(lastEventId !== undefined && { lastEventId }) };
    client.socket.emit('join-session', payload, () => undefined);
  };
  client.socket.on('connect', join);
  if (client.socket.connected) join();
}

describe.skipIf(redisUrl === null)(
  'a gateway that is killed while a block runs (needs redis-server)',
  () => {
    let home: TestDatabase;
    let ada: Person;
    let conversations: ServiceProcess;
    let staying: ServiceProcess;
    let env: Readonly<Record<string, string>>;
    const doomed: ServiceProcess[] = [];

    const startGateway = async (): Promise<ServiceProcess> => {
      const gateway = startService('sim-app', await freePort(), {
        ...env,
        CONVERSATION_SERVICE_URL: conversations.origin,
      });
      await gateway.ready();
      return gateway;
    };

    beforeAll(async () => {
      home = await createTestDatabase(inject('postgresUrl'));
      ada = await seedPerson(home.open(), 'Ada');
      env = {
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        METRICS_ENABLED: 'false',
        DATABASE_URL: home.url,
        DATABASE_POOL_MIN: '0',
        DATABASE_POOL_MAX: '5',
        REDIS_URL: redisUrl ?? '',
        REDIS_KEY_PREFIX: `test-${randomBytes(4).toString('hex')}:`,
        JWT_SECRET,
        ENCRYPTION_KEY: randomBytes(32).toString('hex'),
        API_BLOCK_ALLOWED_HOSTS: '127.0.0.1',
      };
      conversations = startService('conversation-service', await freePort(), env);
      await conversations.ready();
      staying = await startGateway();
    });
    afterAll(async () => {
      await Promise.all([...doomed, staying, conversations].map((service) => service.kill()));
      await verifySessions(home.open());
      await home.drop();
    });

    it.each([['websocket'], ['polling']])(
      'costs its client no event and doubles none, over %s',
      async (transport) => {
        const shop = await startShop();
        const workflowId = await seedWorkflow(
          home.open(),
          ada,
          sketch(
            {
              start: startWith({ name: 'city' }),
              shop: { type: 'api', params: { url: shop.url, method: 'POST' } },
              form: {
                type: 'human_in_the_loop',
                params: { inputFormat: [{ id: 'f', name: 'note', type: 'string' }] },
              },
              end: { type: 'response', params: { data: '{"id": <shop.data.id>}' } },
            },
            ['start -> shop', 'shop -> form', 'form -> end'],
          ),
        );
        const gateway = await startGateway();
        doomed.push(gateway);
        const balancer = await startBalancer(gateway.origin);
        const options = { transports: [transport] };
        const one = dial(balancer.origin, { token: ada.token }, options);
        const two = await connect(staying.origin, ada.token, options);
        await vi.waitFor(() => expect(one.socket.connected).toBe(true), PATIENCE);
        const opened = await one.ask('create-conversational-workflow', { workflowId });
        if (!opened.ok) throw new TypeError(opened.problem.detail);
        const { sessionId } = opened.session;
        follow(one, sessionId);
        follow(two, sessionId);
        await one.ask('execute-command', { sessionId, command: 'Springfield' });

        // The block runs, and the gateway is gone without a word.
        const confirm = { sessionId, command: { action: 'confirm' }, idempotencyKey: 'confirmed' };
        one.socket.emit('execute-command', confirm, () => undefined);
        await vi.waitFor(() => expect(shop.waiting).toHaveLength(1), PATIENCE);
        await two.next(
          'execution-event',
          ({ nodeId, type }) => nodeId === 'shop' && type === 'node-started',
        );
        balancer.leadTo(staying.origin);
        const cut = once(one.socket as unknown as NodeJS.EventEmitter, 'disconnect');
        await gateway.kill();
        await cut;
        // What happens now, the first client is not there to hear.
        for (const response of shop.waiting) response.end('{"id": 7}');
        await two.next(
          'execution-event',
          ({ nodeId, type }) => nodeId === 'shop' && type === 'node-completed',
        );

        await vi.waitFor(() => expect(one.socket.connected).toBe(true), PATIENCE);
        expect(one.socket.io.engine.transport.name).toBe(transport);
        // It never heard whether that was taken. The key makes it safe to ask again.
        expect(await one.ask('execute-command', confirm)).toMatchObject({ ok: true });
        await one.next('execution-event', ({ type }) => type === 'question-asked');
        await one.ask('execute-command', { sessionId, command: 'by the gate' });
        await Promise.all([one, two].map((client) => client.next('session-ended')));

        const { body } = await createContractClient(conversations.origin)('listEvents', {
          token: ada.token,
          params: { sessionId },
          query: { limit: 200 },
        });
        const log = body.items.map(({ sequence, type, data }) => ({
          eventId: sequence,
          type,
          data,
        }));
        for (const client of [one, two]) {
          expect(client.log().map(({ eventId, type, data }) => ({ eventId, type, data }))).toEqual(
            log,
          );
          expect(client.faults).toEqual([]);
        }
        expect(log.map(({ eventId }) => eventId)).toEqual(log.map((_, index) => index));
        expect(log.at(-1)?.type).toMatch(/completed|agent-said/);
        expect(shop.keys).toHaveLength(1);
        one.close();
        two.close();
        await balancer.close();
        shop.server.close();
      },
    );
  },
);
