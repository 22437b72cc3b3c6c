import { openDialogue, seedPerson, seedWorkflow } from '@sim/conversation-service/testing';
import type { JsonObject } from '@sim/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { signatureOf, startReceiver, type Receiver } from '../support/receiver.js';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { startSimApp, type RunningSimApp } from '../support/sim-app.js';
import { sketch, startWith } from '../support/sketch.js';

const DOCUMENT = sketch(
  {
    start: startWith({ name: 'city' }, { name: 'note' }),
    approve: {
      type: 'human_in_the_loop',
      name: 'Approve it',
      params: {
        builderData: [{ id: 'b', name: 'City', value: '<start.city>' }],
        inputFormat: [{ id: 'a', name: 'approved', type: 'boolean', required: true }],
      },
    },
    end: { type: 'response', params: { data: '{"city": "<start.city>"}' } },
  },
  ['start -> approve', 'approve -> end'],
);
const ALL = ['session-started', 'waiting-for-input', 'reminder', 'completed', 'failed'];

let home: ServiceHome;
let sim: RunningSimApp;
let receiver: Receiver;
let workflowId: string;
beforeAll(async () => {
  home = await openServiceHome({ env: { PUBLIC_URL: 'https://sim.example.com/' } });
  sim = await startSimApp(home.url);
  receiver = await startReceiver();
  workflowId = await seedWorkflow(home.database, home.ada, DOCUMENT);
});
afterAll(async () => {
  await sim.stop();
  await receiver.close();
  await home.stop();
});
beforeEach(async () => {
  await home.database.query({ text: 'DELETE FROM webhooks' });
  receiver.answerWith();
});

const call = (method: string, path: string, body?: unknown) =>
  sim.call(method, `/api/v1/webhooks${path}`, home.ada.token, body);
const subscribe = async (more: JsonObject = {}) => {
  const created = await call('POST', '', { url: receiver.url, events: ALL, ...more });
  expect(created.status).toBe(201);
  return created.body as { id: string; secret: string };
};
const open = () => openDialogue(home.service.call, home.ada, workflowId);
const deliveriesOf = async (id: string) =>
  (await call('GET', `/${id}/deliveries`)).body.items as {
    id: string;
    event: string;
    status: string;
    attempts: number;
    responseStatus: number | null;
  }[];
/** What waits to be tried again is tried now. */
const hurry = () =>
  home.database.query({
    text: `UPDATE graphile_worker._private_jobs SET run_at = now()
           WHERE key LIKE 'webhook:%' AND locked_at IS NULL`,
  });

describe('a webhook', () => {
  it('is told what happens in a session, signed, in the words of its contract', async () => {
    const { id, secret } = await subscribe();
    const session = await open();
    const [opening] = await receiver.told('waiting-for-input', session.sessionId);
    expect(opening!.body).toMatchObject({
      timestamp: expect.stringMatching(/Z$/),
      data: { workflowId, workflowName: 'Sketch', question: { kind: 'slots', label: 'start' } },
    });
    expect(opening!.body.data).not.toHaveProperty('resumeUrl');
    expect(opening!.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(opening!.headers['webhook-signature']).toBe(signatureOf(secret, opening!));
    await session.says('Springfield');
    await session.says('soon');
    const [, form] = await receiver.told('waiting-for-input', session.sessionId, 2);
    expect(form!.body.data).toMatchObject({
      question: {
        label: 'Approve it',
        shown: { values: { City: 'Springfield' } },
        fields: [{ name: 'approved', type: 'boolean', required: true }],
      },
      resumeUrl: expect.stringMatching(
        /^https:\/\/sim\.example\.com\/api\/v1\/conversational-workflows\/resume\/[\w.-]+$/,
      ),
    });
    await session.says('yes');
    const [done] = await receiver.told('completed', session.sessionId);
    expect(done!.body.data.output).toMatchObject({ data: { city: 'Springfield' } });
    await receiver.told('session-started', session.sessionId);
    await vi.waitFor(async () => {
      const deliveries = await deliveriesOf(id);
      expect(deliveries).toHaveLength(4);
      expect(deliveries.every(({ status }) => status === 'delivered')).toBe(true);
    }, 10_000);
    const told = receiver.messages.filter(({ body }) => body.data.sessionId === session.sessionId);
    expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(told.length);
  });

  it('hears of what it asked for alone, and of its own workflow and workspace', async () => {
    const other = await seedWorkflow(home.database, home.ada, DOCUMENT);
    const bob = await seedPerson(home.database, 'Bob');
    const bobs = await seedWorkflow(home.database, bob, DOCUMENT);
    await subscribe({ events: ['cancelled'], workflowId });
    const quiet = await openDialogue(home.service.call, home.ada, other);
    const foreign = await openDialogue(home.service.call, bob, bobs);
    const loud = await open();
    for (const session of [quiet, foreign, loud]) {
      await session.does('cancel', { confirmed: true });
    }
    await receiver.told('cancelled', loud.sessionId);
    const { rows } = await home.database.query<{ session: string }>({
      text: `SELECT session_id AS session FROM webhook_deliveries
             WHERE session_id = ANY ($1)`,
      values: [[quiet.sessionId, foreign.sessionId, loud.sessionId]],
    });
    expect(rows).toEqual([{ session: loud.sessionId }]);
  });

  it('is told again, under the same id, until it takes it', async () => {
    const { id } = await subscribe({ events: ['cancelled'] });
    receiver.answerWith(500, 302);
    const session = await open();
    await session.does('cancel', { confirmed: true });
    await receiver.told('cancelled', session.sessionId, 1);
    for (const count of [2, 3]) {
      await vi.waitFor(async () => {
        await hurry();
        await receiver.told('cancelled', session.sessionId, count);
      }, 20_000);
    }
    const told = await receiver.told('cancelled', session.sessionId, 3);
    expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await vi.waitFor(async () => {
      const [delivery] = await deliveriesOf(id);
      expect(delivery).toMatchObject({ status: 'delivered', attempts: 3, responseStatus: 204 });
    }, 10_000);
  });

  it('is left alone once it says that it is gone', async () => {
    const { id } = await subscribe({ events: ['cancelled'] });
    receiver.answerWith(410);
    const session = await open();
    await session.does('cancel', { confirmed: true });
    await vi.waitFor(async () => {
      expect((await call('GET', `/${id}`)).body).toMatchObject({
        enabled: false,
        disabledReason: 'gone',
      });
    }, 15_000);
    const again = await call('PATCH', `/${id}`, { enabled: true });
    expect(again.body).toMatchObject({ enabled: true, disabledReason: null });
  });

  it('that comes and goes while sessions are talked to fails no turn', async () => {
    const session = await open();
    for (let round = 0; round < 5; round += 1) {
      const { id } = await subscribe({ events: ['cancelled', 'waiting-for-input'] });
      const other = await open();
      const [ended] = await Promise.all([
        other.does('cancel', { confirmed: true }),
        call('DELETE', `/${id}`),
      ]);
      expect(ended.state.executionStatus).toBe('cancelled');
    }
    expect((await session.says('Springfield')).commandProcessed).toBe(true);
  });
});

describe('a plain turn', () => {
  it('writes nothing for webhooks', async () => {
    await subscribe();
    const session = await open();
    const statements: string[] = [];
    const forget = home.service.context.database.onQuery((text) => statements.push(text));
    await session.says('Springfield');
    forget();
    const writes = statements.filter((text) => text.includes('WITH hit'));
    expect(writes).toHaveLength(1);
    expect(writes[0]).not.toContain('webhooks');
  });
});
