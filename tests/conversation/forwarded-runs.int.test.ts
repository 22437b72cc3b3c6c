import { seedWorkflow } from '@sim/conversation-service/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startHttpTool, type HttpTool } from '../support/http-tool.js';
import { streamRun } from '../support/run-stream.js';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { startSimApp, type RunningSimApp } from '../support/sim-app.js';
import { sketch, startWith } from '../support/sketch.js';

const PATIENCE = { timeout: 25_000 };

let home: ServiceHome;
let sim: RunningSimApp;
let tool: HttpTool;
let workflowId: string;
beforeAll(async () => {
  [home, tool] = await Promise.all([openServiceHome(), startHttpTool()]);
  sim = await startSimApp(home.url, {
    env: { CONVERSATION_SERVICE_URL: home.service.url },
  });
  workflowId = await seedWorkflow(
    home.database,
    home.ada,
    sketch(
      {
        start: startWith({ name: 'order' }),
        call: { type: 'api', params: { url: `${tool.url}/slow`, method: 'POST' } },
        wait: { type: 'wait', params: { timeValue: '1', timeUnit: 'seconds' } },
        end: { type: 'response', params: { data: '{"order": "<start.order>"}' } },
      },
      ['start -> call', 'call -> wait', 'wait -> end'],
    ),
  );
});
afterAll(async () => {
  await sim.stop();
  await tool.close();
  await home.stop();
});

const path = () => `/api/v1/workflows/${workflowId}/run`;
const arrived = (before: number) =>
  vi.waitFor(() => expect(tool.calls.length).toBeGreaterThan(before), PATIENCE);

describe('a run through sim-app', () => {
  it('is answered when it is over', async () => {
    const before = tool.calls.length;
    const answer = sim.call('POST', path(), home.ada.token, { input: { order: 'A-1' } });
    await arrived(before);
    tool.release();
    const { status, body } = await answer;
    expect([status, body['status']]).toEqual([200, 'completed']);
    expect(body['output']).toMatchObject({ data: { order: 'A-1' } });
  });

  it('says what is wrong with its input', async () => {
    const { status, body } = await sim.call('POST', path(), home.ada.token, { input: {} });
    expect([status, body['code']]).toEqual([422, 'run_input_invalid']);
    expect(body['errors']).toEqual([
      { path: 'input.order', message: expect.stringContaining('order') },
    ]);
  });

  it('brings its events as they happen', async () => {
    const before = tool.calls.length;
    const stream = await streamRun(`${sim.origin}${path()}`, home.ada.token, {
      input: { order: 'A-1' },
    });
    const begun = await stream.until('node-started');
    await arrived(before);
    tool.release();
    const all = [...begun, ...(await stream.until())];
    expect(all.at(-1)).toMatchObject({ event: 'run-completed', data: { status: 'completed' } });
    expect(all.slice(0, -1).map(({ id }) => Number(id))).toEqual(all.slice(0, -1).map((_, i) => i));
  });

  it('is cancelled with its client, where that was asked for', async () => {
    const before = tool.calls.length;
    const stream = await streamRun(
      `${sim.origin}${path()}?cancelOnDisconnect=true`,
      home.ada.token,
      { input: { order: 'A-1' } },
    );
    await stream.until('node-started');
    await arrived(before);
    stream.hangUp();
    tool.release();
    const sessionId = stream.response.headers.get('x-session-id') ?? '';
    await vi.waitFor(async () => {
      const { body } = await home.service.call('getSessionState', {
        token: home.ada.token,
        params: { sessionId },
      });
      expect(body.state.executionStatus).toBe('cancelled');
    }, PATIENCE);
  });
});
