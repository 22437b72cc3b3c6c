import {
  seedWorkflow,
  tokenFor,
  type BodyOf,
  type CallOptions,
} from '@sim/conversation-service/testing';
import type { JsonObject } from '@sim/domain';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startHttpTool, type HttpTool } from '../support/http-tool.js';
import { openServiceHome, type ServiceHome } from '../support/service-home.js';
import { sketch, startWith, type Sketched } from '../support/sketch.js';

type Result = BodyOf<'runWorkflowDirectly'>;

const PATIENCE = { timeout: 25_000 };

let home: ServiceHome;
let tool: HttpTool;
beforeAll(async () => {
  [home, tool] = await Promise.all([
    openServiceHome({ env: { RUN_WAIT_MS: '20000' } }),
    startHttpTool(),
  ]);
});
afterAll(async () => {
  await tool.close();
  await home.stop();
});

const seed = (blocks: Record<string, Sketched>, ways: string[]) =>
  seedWorkflow(home.database, home.ada, sketch(blocks, ways));
const call = (path: string, params: JsonObject = {}): Sketched => ({
  type: 'api',
  params: { url: `${tool.url}${path}`, method: 'POST', ...params },
});

async function tryRun(workflowId: string, input: JsonObject, more: CallOptions = {}) {
  return home.service.call('runWorkflowDirectly', {
    token: home.ada.token,
    params: { workflowId },
    body: { input },
    ...more,
  });
}

async function run(workflowId: string, input: JsonObject, more?: CallOptions): Promise<Result> {
  const answer = await tryRun(workflowId, input, more);
  expect(answer.headers.get('x-session-id')).toBe(answer.body.sessionId);
  return answer.body;
}

const ORDER = {
  start: startWith({ name: 'order' }, { name: 'count', type: 'number' }),
  end: {
    type: 'response',
    params: { data: '{"order": "<start.order>", "count": <start.count>}' },
  },
};

describe('a run of a workflow', () => {
  it('gives the result, how long it took and what each block did', async () => {
    const workflowId = await seed({ ...ORDER, call: call('/buy') }, [
      'start -> call',
      'call -> end',
    ]);
    const result = await run(workflowId, { order: 'A-1', count: '2' });
    expect(result).toMatchObject({
      workflowId,
      status: 'completed',
      output: { data: { order: 'A-1', count: 2 }, status: 200, headers: {} },
      awaiting: null,
      blocksOmitted: 0,
    });
    expect(result).not.toHaveProperty('error');
    expect(result.blocks.map(({ blockId, type, status }) => [blockId, type, status])).toEqual([
      ['start', 'start_trigger', 'completed'],
      ['call', 'api', 'completed'],
      ['end', 'response', 'completed'],
    ]);
    expect(result.blocks[0]).not.toHaveProperty('output');
    expect(Date.parse(result.finishedAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(result.startedAt),
    );
  });

  it('acts outside without asking: the right to run it is the yes', async () => {
    const before = tool.calls.length;
    const workflowId = await seed({ start: startWith(), call: call('/act') }, ['start -> call']);
    const result = await run(workflowId, {}, { query: { outputs: 'true' } });
    expect(result.status).toBe('completed');
    expect(tool.calls.slice(before).map(({ path }) => path)).toEqual(['/act']);
    expect(result.blocks.at(-1)).toMatchObject({ blockId: 'call', output: { status: 200 } });
  });

  it('needs no body where the workflow needs no input', async () => {
    const workflowId = await seed({ start: startWith(), end: { type: 'response' } }, [
      'start -> end',
    ]);
    const { body } = await home.service.call('runWorkflowDirectly', {
      token: home.ada.token,
      params: { workflowId },
    });
    expect(body.status).toBe('completed');
  });

  it('tells the iterations of a loop apart', async () => {
    const workflowId = await seed(
      {
        start: startWith(),
        each: { type: 'loop', data: { loopType: 'forEach', collection: '["a","b"]' } },
        note: {
          type: 'function',
          params: { code: 'return <loop.currentItem>' },
          data: { parentId: 'each' },
        },
      },
      ['start -> each', 'each -loop-start-source-> note'],
    );
    const { blocks, status } = await run(workflowId, {}, { query: { outputs: 'true' } });
    expect(status).toBe('completed');
    const notes = blocks.filter(({ blockId }) => blockId === 'note');
    expect(notes.map(({ iteration, output }) => [iteration, output])).toEqual([
      [[0], { result: 'a', stdout: '' }],
      [[1], { result: 'b', stdout: '' }],
    ]);
  });
});

describe('an input that does not fit', () => {
  it.each([
    [{ order: 'A-1', count: 'many' }, ['input.count']],
    [{}, ['input.order', 'input.count']],
  ])('is refused by the names of its fields, and nothing is run: %j', async (input, paths) => {
    const workflowId = await seed(ORDER, ['start -> end']);
    const { status, problem } = await tryRun(workflowId, input);
    expect([status, problem?.code]).toEqual([422, 'run_input_invalid']);
    expect(problem?.errors?.map(({ path }) => path)).toEqual(paths);
    const { body } = await home.service.call('listSessions', {
      token: home.ada.token,
      query: { workflowId },
    });
    expect(body.items).toEqual([]);
  });

  it('may be larger than what a person can say, and hold more than is asked for', async () => {
    const workflowId = await seed(
      {
        start: startWith({ name: 'text' }),
        end: { type: 'response', params: { data: '{"more": "<start.more>"}' } },
      },
      ['start -> end'],
    );
    const result = await run(workflowId, { text: 'x'.repeat(100_000), more: 'kept' });
    expect(result.output).toMatchObject({ data: { more: 'kept' } });
  });

  it.each([
    [{ inputs: {} }, 'invalid_body'],
    [{ input: [] }, 'invalid_body'],
  ])('of another form is a bad body: %j', async (body, code) => {
    const workflowId = await seed(ORDER, ['start -> end']);
    const { problem } = await tryRun(workflowId, {}, { body });
    expect(problem?.code).toBe(code);
  });
});

describe('a run that fails', () => {
  it('is answered with the failure and the block that it came from', async () => {
    const workflowId = await seed(
      { start: startWith(), call: call('/fail'), end: { type: 'response' } },
      ['start -> call', 'call -> end'],
    );
    const answer = await tryRun(workflowId, {});
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: 'failed',
      output: null,
      awaiting: null,
      error: { code: 'http_error', blockId: 'call' },
    });
    expect(answer.body.blocks.at(-1)).toMatchObject({ blockId: 'call', status: 'failed' });
  });

  it('goes on by an error path, which the answer shows', async () => {
    const workflowId = await seed(
      { start: startWith(), call: call('/fail'), end: { type: 'response' } },
      ['start -> call', 'call -error-> end'],
    );
    const { status, blocks } = await run(workflowId, {});
    expect(status).toBe('completed');
    expect(blocks[1]).toMatchObject({ status: 'failed', error: { code: 'http_error' } });
  });

  it('is refused before it begins where it cannot begin', async () => {
    const workflowId = await seed({ off: { type: 'function', enabled: false } }, []);
    const { problem } = await tryRun(workflowId, {});
    expect(problem?.code).toBe('workflow_not_runnable');
  });
});

describe('a run that needs a person', () => {
  it('says what it asks, and goes on with the answer', async () => {
    const workflowId = await seed(
      {
        start: startWith(),
        ok: {
          type: 'human_in_the_loop',
          params: { inputFormat: [{ id: 'f', name: 'approved', type: 'boolean' }] },
        },
        end: { type: 'response', params: { data: '{"approved": <ok.approved>}' } },
      },
      ['start -> ok', 'ok -> end'],
    );
    const result = await run(workflowId, {});
    expect(result.status).toBe('waiting-for-input');
    expect(result.awaiting).toMatchObject({ kind: 'slots', slots: [{ name: 'approved' }] });
    expect(result.blocks.at(-1)).toMatchObject({ blockId: 'ok', status: 'waiting' });
    const { body } = await home.service.call('performAction', {
      token: home.ada.token,
      params: { sessionId: result.sessionId },
      body: { action: 'answer', parameters: { values: { approved: true } } },
    });
    expect(body.state.executionStatus).toBe('completed');
    expect(body.state.output).toMatchObject({ data: { approved: true } });
  });
});

describe('a key that is sent again', () => {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

  it('finds the run that it made, whose blocks have acted once', async () => {
    const workflowId = await seed({ ...ORDER, call: call('/once') }, [
      'start -> call',
      'call -> end',
    ]);
    const before = tool.calls.length;
    const input = { order: 'A-1', count: 1 };
    const both = await Promise.all([1, 2].map(() => run(workflowId, input, keyed('run-1'))));
    const third = await run(workflowId, input, keyed('run-1'));
    expect(both[0]).toEqual(both[1]);
    expect(third).toEqual(both[0]);
    expect(tool.calls.length - before).toBe(1);
    const other = await run(workflowId, input, keyed('run-2'));
    expect(other.sessionId).not.toBe(third.sessionId);
  });

  it('is refused with another input or workflow', async () => {
    const [one, two] = [await seed(ORDER, ['start -> end']), await seed(ORDER, ['start -> end'])];
    await run(one, { order: 'A-1', count: 1 }, keyed('run-3'));
    for (const [workflowId, count] of [
      [one, 2],
      [two, 1],
    ] as const) {
      const { problem } = await tryRun(workflowId, { order: 'A-1', count }, keyed('run-3'));
      expect(problem?.code).toBe('idempotency_key_reused');
    }
  });

  it('is another one for opening a session', async () => {
    const workflowId = await seed(ORDER, ['start -> end']);
    const result = await run(workflowId, { order: 'A-1', count: 1 }, keyed('shared'));
    const { body } = await home.service.call('openSession', {
      token: home.ada.token,
      body: { workflowId },
      ...keyed('shared'),
    });
    expect(body.sessionId).not.toBe(result.sessionId);
  });
});

describe('a run that takes long', () => {
  const slow = () =>
    seed({ start: startWith(), call: call('/slow'), end: { type: 'response' } }, [
      'start -> call',
      'call -> end',
    ]);
  const stateOf = async (sessionId: string) => {
    const { body } = await home.service.call('getSessionState', {
      token: home.ada.token,
      params: { sessionId },
    });
    return body.state;
  };

  it.each([
    ['respond-async', 'respond-async'],
    ['wait=0', 'wait=0'],
    ['foo, wait="0"', 'wait=0'],
  ])('is answered 202 with Prefer: %s, and goes on', async (prefer, applied) => {
    const answer = await tryRun(await slow(), {}, { headers: { prefer } });
    const { sessionId, status, finishedAt } = answer.body;
    expect([answer.status, status, finishedAt]).toEqual([202, 'running', null]);
    expect(answer.headers.get('location')).toBe(
      `/api/v1/conversational-workflows/sessions/${sessionId}`,
    );
    expect(answer.headers.get('preference-applied')).toBe(applied);
    await vi.waitFor(async () => {
      tool.release();
      expect((await stateOf(sessionId)).executionStatus).toBe('completed');
    }, PATIENCE);
  });

  it('is waited for over a wait of the workflow', async () => {
    const workflowId = await seed(
      {
        start: startWith(),
        wait: { type: 'wait', params: { timeValue: '1', timeUnit: 'seconds' } },
        end: { type: 'response' },
      },
      ['start -> wait', 'wait -> end'],
    );
    expect((await run(workflowId, {})).status).toBe('completed');
  });

  it('is not waited for where its wait is longer than that', async () => {
    const workflowId = await seed(
      {
        start: startWith(),
        wait: { type: 'wait', params: { timeValue: '9', timeUnit: 'minutes' } },
      },
      ['start -> wait'],
    );
    const answer = await tryRun(workflowId, {});
    expect([answer.status, answer.body.status]).toEqual([202, 'running']);
    expect(answer.body.awaiting?.kind).toBe('timer');
    expect(answer.body.blocks.at(-1)).toMatchObject({ blockId: 'wait', status: 'waiting' });
  });
});

describe('who may run a workflow', () => {
  it('is an editor of its workspace', async () => {
    const workflowId = await seed(ORDER, ['start -> end']);
    const token = await tokenFor(home.ada, { role: 'viewer' });
    const { problem } = await tryRun(workflowId, {}, { token });
    expect(problem?.code).toBe('role_insufficient');
    expect((await tryRun('wf_nowhere', {})).problem?.code).toBe('workflow_not_found');
  });
});
