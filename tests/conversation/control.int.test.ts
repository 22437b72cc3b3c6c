import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openDialogue, seedWorkflow, startTestService } from '@sim/conversation-service/testing';
import type { JsonObject } from '@sim/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { sketch, startWith } from '../support/sketch.js';

const PATIENCE = { timeout: 25_000 };

let home: ServiceHome;
let shop: Server;
let url: string;
let workflowId: string;
/** Orders that the shop has not answered yet, and those whose client went away. */
let open: ServerResponse[];
let dropped: number;
beforeAll(async () => {
  shop = createServer((_req, res) => {
    open.push(res);
    res.on('close', () => {
      if (!res.writableEnded) dropped += 1;
    });
  });
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/orders`;
  home = await openServiceHome();
  workflowId = await seedWorkflow(
    home.database,
    home.ada,
    sketch(
      {
        start: startWith({ name: 'city' }),
        shop: { type: 'api', name: 'Shop', params: { url, method: 'POST' } },
        end: { type: 'response', params: { data: '{"id": <shop.data.id>}' } },
      },
      ['start -> shop', 'shop -> end'],
    ),
  );
});
afterAll(async () => {
  shop.closeAllConnections();
  await home.stop();
  shop.close();
});
beforeEach(() => {
  open = [];
  dropped = 0;
});

function answerOrders(): void {
  for (const res of open.splice(0)) {
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"id": 7}');
  }
}

/** A session that waits for the shop. */
async function ordering(executionConfig: JsonObject = {}) {
  const session = await openDialogue(home.service.call, home.ada, workflowId, { executionConfig });
  await session.says('Springfield');
  const accepted = await session.does('confirm', {}, { headers: { prefer: 'respond-async' } });
  expect(accepted.commandProcessed).toBe(false);
  await vi.waitFor(() => expect(open).toHaveLength(1), PATIENCE);
  return session;
}

describe('while a block runs', () => {
  it('the session can be asked about, paused at its end and gone on with', async () => {
    const session = await ordering();
    expect((await session.says('status')).agentResponse).toContain('We are at "Shop"');
    const paused = await session.says('pause');
    expect(paused.agentResponse).toContain('Shop is still at work and will be finished');
    expect(paused.state.executionStatus).toBe('paused');
    answerOrders();
    await session.reaches(({ completedNodes }) => completedNodes.includes('shop'));
    expect((await session.state()).executionStatus).toBe('paused');
    const { state } = await session.does('resume');
    expect(state).toMatchObject({ executionStatus: 'completed', output: { data: { id: 7 } } });
  });

  it('a pause may call it off; whether it is done again is asked', async () => {
    const session = await ordering();
    const { state } = await session.does('pause', { running: 'cancel' });
    expect(state.executionStatus).toBe('paused');
    await vi.waitFor(() => expect(dropped).toBe(1), PATIENCE);
    open = [];
    const resumed = await session.does('resume');
    expect(resumed.agentResponse).toContain('"Shop" was started once already.');
    expect(open).toHaveLength(0);
    await session.does('confirm', {}, { headers: { prefer: 'respond-async' } });
    await vi.waitFor(() => expect(open).toHaveLength(1), PATIENCE);
    answerOrders();
    await session.reaches('completed');
  });

  it('ending the session ends it', async () => {
    const session = await ordering();
    const ended = await home.service.call('endSession', {
      token: home.ada.token,
      params: { sessionId: session.sessionId },
    });
    expect(ended.body).toMatchObject({ terminated: true });
    expect(ended.body.finalState.executionStatus).toBe('cancelled');
    await vi.waitFor(() => expect(dropped).toBe(1), PATIENCE);
  });

  it('another replica takes the command to it', async () => {
    const session = await ordering();
    const other = await startTestService(home.url, { upkeep: false });
    const there = session.at(other.call);
    expect((await there.does('status')).agentResponse).toContain('We are at "Shop"');
    const keyed = { headers: { 'idempotency-key': 'stop' } };
    const stopped = await there.does('cancel', { confirmed: true }, keyed);
    expect(stopped.state.executionStatus).toBe('cancelled');
    expect(await session.does('cancel', { confirmed: true }, keyed)).toEqual(stopped);
    await vi.waitFor(() => expect(dropped).toBe(1), PATIENCE);
    await other.stop();
  });

  it('the time of the whole may end', async () => {
    const session = await ordering({ timeoutMs: 1_500 });
    const { error } = await session.reaches('failed');
    expect(error?.code).toBe('execution_timeout');
    await vi.waitFor(() => expect(dropped).toBe(1), PATIENCE);
  });
});

describe('a session', () => {
  const opened = (executionConfig: JsonObject) =>
    openDialogue(home.service.call, home.ada, workflowId, { executionConfig });

  it('goes step by step where that is asked for', async () => {
    const session = await opened({ executionMode: 'step-by-step' });
    expect((await session.says('Springfield')).agentResponse).toContain('Next is "Shop"');
    await session.does('confirm', {}, { headers: { prefer: 'respond-async' } });
    await vi.waitFor(() => expect(open).toHaveLength(1), PATIENCE);
    answerOrders();
    const asked = await session.reaches('waiting-for-input');
    expect(asked.awaiting).toMatchObject({
      kind: 'confirmation',
      prompt: 'Next is "end". Shall I go on?',
    });
    expect((await session.says('yes')).state.executionStatus).toBe('completed');
  });

  it('goes through by itself where that is asked for', async () => {
    const session = await opened({ executionMode: 'autonomous' });
    const said = session.says('Springfield');
    await vi.waitFor(() => expect(open).toHaveLength(1), PATIENCE);
    answerOrders();
    expect((await said).state.executionStatus).toBe('completed');
  });

  it('pauses before the blocks that were named', async () => {
    const session = await opened({ executionMode: 'autonomous', pausePoints: ['Shop'] });
    const { agentResponse, state } = await session.says('Springfield');
    expect(agentResponse).toContain('I pause here, before "Shop". Say "resume" to go on.');
    expect(state.executionStatus).toBe('paused');
    await session.does('cancel', { confirmed: true });
  });

  it('is not opened with pause points that no block answers to', async () => {
    const { status, problem } = await home.service.call('openSession', {
      token: home.ada.token,
      body: { workflowId, executionConfig: { pausePoints: ['Shop', 'Nowhere'] } },
    });
    expect([status, problem?.code]).toEqual([400, 'invalid_body']);
    expect(problem?.errors).toEqual([
      {
        path: 'executionConfig.pausePoints[1]',
        message: 'No block of the workflow has the id or name "Nowhere"',
      },
    ]);
  });

  it('ends when its time is over though nobody says anything, also after a restart', async () => {
    const session = await opened({ timeoutMs: 1_000 });
    await home.restart();
    const { error } = await session.at(home.service.call).reaches('failed');
    expect(error).toMatchObject({ code: 'execution_timeout', suggestedActions: ['restart'] });
  });
});
