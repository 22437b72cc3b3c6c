import {
  openDialogue,
  seedWorkflow,
  startTcpProxy,
  startTestService,
  verifySessions,
} from '@sim/conversation-service/testing';
import { sessionChannel } from '@sim/engine';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startHttpTool, type HttpTool } from '../support/http-tool.js';
import { streamRun, type RunStream } from '../support/run-stream.js';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { sketch, startWith, type Sketched } from '../support/sketch.js';

const PATIENCE = { timeout: 25_000 };

let home: ServiceHome;
let tool: HttpTool;
let slowWorkflow: string;
beforeAll(async () => {
  [home, tool] = await Promise.all([openServiceHome(), startHttpTool()]);
  slowWorkflow = await seed(
    { start: startWith(), call: call('/slow'), end: { type: 'response' } },
    ['start -> call', 'call -> end'],
  );
});
afterAll(async () => {
  await tool.close();
  await home.stop();
});

const seed = (blocks: Record<string, Sketched>, ways: string[]) =>
  seedWorkflow(home.database, home.ada, sketch(blocks, ways));
const call = (path: string): Sketched => ({
  type: 'api',
  params: { url: `${tool.url}${path}`, method: 'POST' },
});

const BASE = '/api/v1/conversational-workflows';
const follow = (
  workflowId: string,
  { query = '', input = {}, headers = {}, origin = home.service.url } = {},
): Promise<RunStream> =>
  streamRun(
    `${origin}${BASE}/workflows/${workflowId}/run${query}`,
    home.ada.token,
    { input },
    headers,
  );

const sessionOf = ({ response }: RunStream): string => response.headers.get('x-session-id') ?? '';
const stateOf = async (sessionId: string) => {
  const { body } = await home.service.call('getSessionState', {
    token: home.ada.token,
    params: { sessionId },
  });
  return body.state;
};
/** Calls that are held back now. */
const arrived = (before: number) =>
  vi.waitFor(() => expect(tool.calls.length).toBeGreaterThan(before), PATIENCE);

describe('the stream of a run', () => {
  it('brings the events of its log in order while it goes on, and last the result', async () => {
    const before = tool.calls.length;
    const stream = await follow(slowWorkflow);
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    const begun = await stream.until('node-started');
    await arrived(before);
    tool.release();
    const rest = await stream.until();
    const all = [...begun, ...rest];
    const last = all.pop();
    expect(last).toMatchObject({
      event: 'run-completed',
      id: '',
      data: { sessionId: sessionOf(stream), status: 'completed' },
    });
    expect(all.map(({ id }) => Number(id))).toEqual(all.map((_, index) => index));
    const about = all.filter(({ event }) => event === 'node-started' || event === 'node-completed');
    expect(about.map(({ event, data }) => [event, data['nodeId']])).toEqual([
      ['node-completed', 'start'],
      ['node-started', 'call'],
      ['node-completed', 'call'],
      ['node-started', 'end'],
      ['node-completed', 'end'],
    ]);
    const { body } = await home.service.call('listEvents', {
      token: home.ada.token,
      params: { sessionId: sessionOf(stream) },
      query: { limit: 200 },
    });
    expect(all.map(({ data }) => data)).toEqual(body.items);
  });

  it('ends with what is asked where a person is needed', async () => {
    const workflowId = await seed(
      { start: startWith(), ok: { type: 'human_in_the_loop', params: { inputFormat: [] } } },
      ['start -> ok'],
    );
    const events = await (await follow(workflowId)).until();
    expect(events.at(-1)).toMatchObject({
      event: 'run-completed',
      data: { status: 'waiting-for-input', awaiting: { kind: 'confirmation' } },
    });
  });

  it('ends with the failure of a run that fails', async () => {
    const workflowId = await seed({ start: startWith(), call: call('/fail') }, ['start -> call']);
    const events = await (await follow(workflowId)).until();
    expect(events.at(-2)?.event).toMatch(/failed|agent-said/);
    expect(events.at(-1)).toMatchObject({ data: { status: 'failed', error: { blockId: 'call' } } });
  });

  it('is a problem instead where the input does not fit', async () => {
    const workflowId = await seed({ start: startWith({ name: 'order' }) }, []);
    const { response } = await follow(workflowId);
    expect(response.status).toBe(422);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'run_input_invalid' });
  });

  it('passes on the text of models as it is written, without ids', async () => {
    const before = tool.calls.length;
    const stream = await follow(slowWorkflow);
    await stream.until('node-started');
    await arrived(before);
    const delta = { runId: 'run_1', stateId: 'st_call', nodeId: 'call', index: 0, text: 'Hel' };
    await home.service.context.bus.publish(
      sessionChannel(sessionOf(stream)),
      JSON.stringify({ delta }),
    );
    expect(await stream.until('agent-message-delta')).toEqual([
      { id: '', event: 'agent-message-delta', data: delta },
    ]);
    tool.release();
    expect((await stream.until()).at(-1)?.event).toBe('run-completed');
  });

  it('is taken up after a cut with the same key, behind the last event that came', async () => {
    const before = tool.calls.length;
    const headers = { 'idempotency-key': 'live-1' };
    const first = await follow(slowWorkflow, { headers });
    const begun = await first.until('node-started');
    first.hangUp();
    await arrived(before);
    const last = begun.at(-1)?.id ?? '';
    const again = await follow(slowWorkflow, { headers: { ...headers, 'last-event-id': last } });
    tool.release();
    const rest = await again.until();
    expect(Number(rest[0]?.id)).toBe(Number(last) + 1);
    expect(rest.at(-1)?.event).toBe('run-completed');
    expect(tool.calls.length - before).toBe(1);
    // Over long ago: the result comes all the same.
    const late = await follow(slowWorkflow, { headers: { ...headers, 'last-event-id': '999' } });
    expect((await late.until()).map(({ event }) => event)).toEqual(['run-completed']);
  });
});

describe('a client that goes away', () => {
  it('does not stop the run', async () => {
    const before = tool.calls.length;
    const stream = await follow(slowWorkflow);
    await stream.until('node-started');
    await arrived(before);
    stream.hangUp();
    tool.release();
    await vi.waitFor(async () => {
      expect((await stateOf(sessionOf(stream))).executionStatus).toBe('completed');
    }, PATIENCE);
  });

  it.each(['text/event-stream', 'application/json'])(
    'cancels it where it asked for that: %s',
    async (accept) => {
      const before = tool.calls.length;
      const workflowId = await seed(
        {
          start: startWith(),
          call: call('/slow'),
          wait: { type: 'wait', params: { timeValue: '9', timeUnit: 'minutes' } },
        },
        ['start -> call', 'call -> wait'],
      );
      const key = `cancel ${accept}`.replace(/\W/g, '-');
      const controller = new AbortController();
      const answer = fetch(
        `${home.service.url}${BASE}/workflows/${workflowId}/run?cancelOnDisconnect=true`,
        {
          method: 'POST',
          signal: controller.signal,
          headers: {
            accept,
            authorization: `Bearer ${home.ada.token}`,
            'idempotency-key': key,
          },
        },
      ).then((response) => response.text());
      await arrived(before);
      controller.abort();
      await expect(answer).rejects.toThrow(/abort/i);
      const { body } = await home.service.call('listSessions', {
        token: home.ada.token,
        query: { workflowId },
      });
      const sessionId = body.items[0]?.sessionId ?? '';
      tool.release();
      await vi.waitFor(async () => {
        expect((await stateOf(sessionId)).executionStatus).toBe('cancelled');
      }, PATIENCE);
    },
  );

  it('cancels a run that waits', async () => {
    const workflowId = await seed(
      {
        start: startWith(),
        wait: { type: 'wait', params: { timeValue: '9', timeUnit: 'minutes' } },
      },
      ['start -> wait'],
    );
    const stream = await follow(workflowId, { query: '?cancelOnDisconnect=true' });
    await stream.until('timer-set');
    stream.hangUp();
    await vi.waitFor(async () => {
      expect((await stateOf(sessionOf(stream))).executionStatus).toBe('cancelled');
    }, PATIENCE);
  });
});

describe('a replica that vanishes in the middle of a run', () => {
  it('leaves it to another, which goes on and is asked for it', async () => {
    const before = tool.calls.length;
    const address = new URL(home.url);
    const wire = await startTcpProxy({ host: address.hostname, port: Number(address.port) });
    const behind = new URL(home.url);
    behind.hostname = '127.0.0.1';
    behind.port = String(wire.port);
    const env = { SESSION_LEASE_MS: '1000', DATABASE_ACQUIRE_TIMEOUT: '2000' };
    const lost = await startTestService(behind.href, { env, upkeep: false });
    const headers = { 'idempotency-key': 'lost-1' };
    const stream = await follow(slowWorkflow, { origin: lost.url, headers });
    await stream.until('node-started');
    await arrived(before);
    wire.cut();

    // The same request at the replica that is left finds the run, and waits for it.
    const again = home.service.call('runWorkflowDirectly', {
      token: home.ada.token,
      params: { workflowId: slowWorkflow },
      body: { input: {} },
      headers,
    });
    await vi.waitFor(() => expect(tool.calls.length - before).toBe(2), PATIENCE);
    const keys = tool.calls.slice(before).map((made) => made.headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
    tool.release();
    const { body } = await again;
    expect(body).toMatchObject({ status: 'completed', sessionId: sessionOf(stream) });
    wire.restore();
    await lost.stop();
    await wire.close();
  });
});

describe('runs beside conversations', () => {
  it('are sessions in visual mode, which can be talked to', async () => {
    const workflowId = await seed(
      {
        start: startWith({ name: 'city' }),
        ok: { type: 'human_in_the_loop', params: { inputFormat: [] } },
      },
      ['start -> ok'],
    );
    const events = await (await follow(workflowId, { input: { city: 'Springfield' } })).until();
    expect(events[0]).toMatchObject({ data: { data: { mode: 'visual' } } });
    const talk = await openDialogue(home.service.call, home.ada, workflowId);
    expect(talk.sessionId).not.toBe(events.at(-1)?.data['sessionId']);
    expect(await verifySessions(home.database)).toBeGreaterThan(0);
  });
});
