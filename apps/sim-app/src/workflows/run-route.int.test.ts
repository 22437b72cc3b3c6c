import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { EXPORTED } from '../testing/documents.js';
import { startRunStub, type RunStub } from '../testing/run-stub.js';
import { startTestApp, type Person, type TestApp } from '../testing/test-app.js';

let home: TestDatabase;
let stub: RunStub;
let app: TestApp;
let ada: Person;
let workflowId: string;

beforeAll(async () => {
  [home, stub] = await Promise.all([createTestDatabase(inject('postgresUrl')), startRunStub()]);
  app = startTestApp(home.url, { CONVERSATION_SERVICE_URL: stub.url });
  ada = await app.person('Ada');
  const { body } = await app.call('importWorkflow', { token: ada.token, body: EXPORTED });
  workflowId = String(body.workflow.id);
});
afterAll(async () => {
  await app.stop();
  await stub.stop();
  await home.drop();
});

const runs = async () => {
  const { body } = await app.call('listAuditLog', { token: ada.token });
  const items = body.items as { action: string; target: unknown; details: unknown }[];
  return items.filter(({ action }) => action === 'workflow.run');
};

describe('a run at sim-app', () => {
  it('is passed on as it is, to the path that the service has for it', async () => {
    const { status, body } = await app.call('runWorkflow', {
      token: ada.token,
      params: { workflowId },
      query: { outputs: 'true' },
      headers: { 'Idempotency-Key': 'r1', Prefer: 'wait=5' },
      body: '{"input": {"order":  "A-1"}}',
    });
    expect([status, body.output]).toEqual([200, { done: true }]);
    expect(stub.forwarded.at(-1)).toMatchObject({
      method: 'POST',
      url: `/api/v1/conversational-workflows/workflows/${workflowId}/run?outputs=true`,
      body: '{"input": {"order":  "A-1"}}',
      headers: {
        authorization: `Bearer ${ada.token}`,
        'idempotency-key': 'r1',
        prefer: 'wait=5',
      },
    });
  });

  it('is noted in the audit log with its session, and only where it was accepted', async () => {
    const before = (await runs()).length;
    const request = { token: ada.token, params: { workflowId } };
    await app.call('runWorkflow', { ...request, body: {} });
    await vi.waitFor(async () => expect(await runs()).toHaveLength(before + 1));
    expect((await runs())[0]).toMatchObject({
      target: { type: 'workflow', id: workflowId },
      details: { sessionId: 'ses_0123456789abcdef0123' },
    });
    await app.http
      .post(`/api/v1/workflows/${workflowId}/run`)
      .set('Authorization', `Bearer ${ada.token}`)
      .send({ input: 'refuse me' })
      .expect(422);
    // A later entry is there, so an earlier one would be too.
    await app.call('exportWorkflow', request);
    expect(await runs()).toHaveLength(before + 1);
  });

  it('comes back as a stream where that is asked for', async () => {
    const answer = await app.http
      .post(`/api/v1/workflows/${workflowId}/run`)
      .set('Authorization', `Bearer ${ada.token}`)
      .set('Accept', 'text/event-stream');
    expect(answer.headers['content-type']).toContain('text/event-stream');
    expect(answer.text).toContain('event: run-completed');
  });

  it.each(['wf_nowhere', '..', 'wf_1/../../sessions', '%2e%2e', 'ses_1'])(
    'of no workflow of the workspace is not passed on: %s',
    async (id) => {
      const before = stub.forwarded.length;
      const { status, body } = await app.call('runWorkflow', {
        token: ada.token,
        params: { workflowId: id },
        body: {},
      });
      expect([status, body.code]).toEqual([404, 'workflow_not_found']);
      expect(stub.forwarded).toHaveLength(before);
    },
  );

  it('says that the service is away where it is', async () => {
    const alone = startTestApp(home.url);
    const { status, body, headers } = await alone.call('runWorkflow', {
      token: ada.token,
      params: { workflowId },
      body: {},
    });
    expect([status, body.code]).toEqual([503, 'conversation_service_unavailable']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await alone.stop();
  });
});
