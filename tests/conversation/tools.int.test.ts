import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  openDialogue,
  seedPerson,
  startTestService,
  type Person,
  verifySessions,
  type TestService,
} from '@sim/conversation-service/testing';
import type { Issue, JsonObject } from '@sim/domain';
import { createTestDatabase, type TestDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { startSimApp, type RunningSimApp } from '../support/sim-app.js';
import { sketch, startWith } from '../support/sketch.js';

interface Sent {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

const sent: Sent[] = [];
let answer: { status: number; body: JsonObject; hangs?: boolean };
const slack = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    sent.push({ headers: request.headers, body: JSON.parse(text) });
    if (answer.hangs === true) return;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
});

let home: TestDatabase;
let simApp: RunningSimApp;
let service: TestService;
let ada: Person;
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/send`;
  home = await createTestDatabase(inject('postgresUrl'));
  simApp = await startSimApp(home.url);
  service = await startTestService(home.url);
});
afterAll(async () => {
  await service.stop();
  await simApp.stop();
  slack.closeAllConnections();
  slack.close();
  await verifySessions(home.open());
  await home.drop();
});
beforeEach(async () => {
  sent.length = 0;
  answer = { status: 200, body: { ts: '17.4' } };
  // Everybody has a workspace of their own, and so their own tools.
  ada = await seedPerson(home.open(), 'Ada');
});

const DOCUMENT = sketch(
  {
    start: startWith({ name: 'text' }),
    tell: {
      type: 'slack',
      name: 'Tell ops',
      params: { operation: 'send', channel: '#ops', text: '<start.text>' },
    },
    end: { type: 'response', params: { data: '{"sent": "<tellops.ts>"}' } },
  },
  ['start -> tell', 'tell -> end'],
);

const call = (method: string, path: string, body?: unknown) =>
  simApp.call(method, `/api/v1${path}`, ada.token, body);
const importWorkflow = async () => {
  const { status, body } = await call('POST', '/workflows/import', DOCUMENT);
  expect(status).toBe(201);
  const { workflow, issues } = body as { workflow: { id: string }; issues: Issue[] };
  return { workflowId: workflow.id, codes: issues.map(({ code }) => code) };
};
const configure = async (more: JsonObject = {}) => {
  await call('PUT', '/secrets/SLACK_TOKEN', { value: 'xoxb-4711-secret' });
  const { status, body } = await call('POST', '/tools', {
    name: 'Slack',
    blockType: 'slack',
    operation: 'send',
    adapter: {
      kind: 'http',
      url,
      headers: { Authorization: 'Bearer {{SLACK_TOKEN}}' },
      body: { channel: '<params.channel>', text: '<params.text>' },
    },
    ...more,
  });
  expect(status).toBe(201);
  return String(body.id);
};
const convert = async (workflowId: string) => {
  const { body } = await service.call('convertWorkflow', {
    token: ada.token,
    params: { workflowId },
  });
  return body;
};
const codesOf = ({ issues }: { issues: readonly { code: string }[] }) =>
  issues.map(({ code }) => code);

describe('a block that a configured tool runs', () => {
  it('is no finding, and its tool is called once with the key of the run', async () => {
    await configure({ sideEffect: 'read' });
    const { workflowId, codes } = await importWorkflow();
    expect(codes).not.toContain('executor_missing');
    expect(codesOf(await convert(workflowId))).not.toContain('executor_missing');
    const session = await openDialogue(service.call, ada, workflowId);
    const { state } = await session.says('Deploy finished');
    expect(state).toMatchObject({
      executionStatus: 'completed',
      output: { data: { sent: '17.4' } },
    });
    expect(sent).toEqual([
      {
        headers: expect.objectContaining({
          authorization: 'Bearer xoxb-4711-secret',
          'idempotency-key': expect.stringContaining(session.sessionId) as string,
        }) as IncomingHttpHeaders,
        body: { channel: '#ops', text: 'Deploy finished' },
      },
    ]);
    expect(service.log.join()).not.toContain('xoxb-4711');
  });

  it('is confirmed first where the tool writes', async () => {
    await configure({ sideEffect: 'write' });
    const { workflowId } = await importWorkflow();
    const config = { conversationalConfig: { askForConfirmation: true } };
    const session = await openDialogue(service.call, ada, workflowId, config);
    const { state } = await session.says('Deploy finished');
    expect(state.awaiting?.kind).toBe('confirmation');
    expect(sent).toEqual([]);
    expect((await session.says('yes')).state.executionStatus).toBe('completed');
    expect(sent).toHaveLength(1);
  });

  it('that fails becomes a question, without the secret', async () => {
    await configure({ sideEffect: 'read' });
    answer = { status: 403, body: { error: 'not xoxb-4711-secret' } };
    const { workflowId } = await importWorkflow();
    const session = await openDialogue(service.call, ada, workflowId);
    const reply = await session.says('Deploy finished');
    expect(reply.state.awaiting?.kind).toBe('repair');
    expect(JSON.stringify(reply)).not.toContain('xoxb-4711');
    answer = { status: 200, body: { ts: '2' } };
    expect((await session.does('retry')).state.executionStatus).toBe('completed');
  });

  it.each([
    [true, 'completed', 2],
    [false, 'waiting-for-input', 1],
  ])(
    'and broke off with its replica is called again only if idempotent (%s)',
    async (idempotent, executionStatus, calls) => {
      await configure({ idempotent });
      const { workflowId } = await importWorkflow();
      answer = { status: 200, body: { ts: '3' }, hangs: true };
      const env = { SESSION_LEASE_MS: '1000', REPLY_WITHIN_MS: '100' };
      const first = await startTestService(home.url, { env, upkeep: false });
      const config = { conversationalConfig: { askForConfirmation: false } };
      const session = await openDialogue(first.call, ada, workflowId, config);
      await session.says('Deploy finished');
      await expect.poll(() => sent).toHaveLength(1);
      // As a crash leaves it: the lease lapses, and nothing of the first is heard any more.
      await home.open().query({
        text: `UPDATE conversational_workflow_sessions
               SET lease_owner = 'gone', lease_expires_at = now() - interval '1 s'
               WHERE session_id = $1`,
        values: [session.sessionId],
      });
      answer = { status: 200, body: { ts: '3' } };
      const other = session.at(service.call);
      await other.does('status');
      const state = await other.reaches((reached) => reached.executionStatus === executionStatus);
      expect(state.executionStatus).toBe(executionStatus);
      expect(sent).toHaveLength(calls);
      expect(new Set(sent.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
      slack.closeAllConnections();
      await first.stop();
    },
  );
});

describe('a block that nothing runs', () => {
  it('is a finding and a repair question, until a tool is configured', async () => {
    const { workflowId, codes } = await importWorkflow();
    expect(codes).toContain('executor_missing');
    const { issues } = await convert(workflowId);
    expect(issues.find(({ code }) => code === 'executor_missing')?.message).toContain('"send"');
    const session = await openDialogue(service.call, ada, workflowId, {
      conversationalConfig: { askForConfirmation: false },
    });
    const { state, agentResponse } = await session.says('Deploy finished');
    expect(state.awaiting?.kind).toBe('repair');
    expect(agentResponse).toContain('no tool');
    await configure();
    await expect
      .poll(async () => (await session.does('retry')).state.executionStatus, {
        timeout: 20_000,
        interval: 500,
      })
      .toBe('completed');
    expect(sent).toHaveLength(1);
  });

  it('stays one where the tool is another operation’s, is off, or of another workspace', async () => {
    await configure({ operation: 'read' });
    await configure({ operation: null, enabled: false });
    const { workflowId, codes } = await importWorkflow();
    expect(codes).toContain('executor_missing');
    const eve = await seedPerson(home.open(), 'Eve');
    await simApp.call('POST', '/api/v1/tools', eve.token, {
      name: 'Eve’s',
      blockType: 'slack',
      adapter: { kind: 'http', url },
    });
    expect(codesOf(await convert(workflowId))).toContain('executor_missing');
  });
});

describe('the journey in force', () => {
  const versionAtOpening = async (workflowId: string) => {
    const session = await openDialogue(service.call, ada, workflowId);
    return session.opened.state.journeyVersion;
  };

  it('follows the tools of its blocks, and no others', async () => {
    const { workflowId } = await importWorkflow();
    const without = await versionAtOpening(workflowId);
    const toolId = await configure({ sideEffect: 'read' });
    const reading = await versionAtOpening(workflowId);
    expect(reading).not.toBe(without);
    await configure({ blockType: 'gmail' });
    expect(await versionAtOpening(workflowId)).toBe(reading);
    const { body } = await call('GET', `/tools/${toolId}`);
    const { name, blockType, operation, adapter } = body;
    const changed = { name, blockType, operation, adapter, sideEffect: 'none' };
    expect((await call('PUT', `/tools/${toolId}`, changed)).status).toBe(200);
    const harmless = await versionAtOpening(workflowId);
    expect([without, reading]).not.toContain(harmless);
    expect((await call('DELETE', `/tools/${toolId}`)).status).toBe(204);
    expect(await versionAtOpening(workflowId)).toBe(without);
  });

  it('is previewed with the tools of who asks', async () => {
    const preview = async () =>
      codesOf(
        (
          await service.call('previewWorkflow', {
            token: ada.token,
            body: { workflow: DOCUMENT },
          })
        ).body,
      );
    expect(await preview()).toContain('executor_missing');
    await configure();
    expect(await preview()).not.toContain('executor_missing');
  });
});
