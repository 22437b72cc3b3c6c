import type { TurnAnswer } from '@sim/engine';
import { describe, expect, it, vi } from 'vitest';
import { sketch, startWith, type Sketched } from '../support/sketch.js';
import {
  crash,
  executor,
  stage,
  WORKSPACE,
  type Stage,
  type StageOptions,
} from '../support/stage.js';

const call = (name: string, method = 'GET'): Sketched => ({
  type: 'api',
  name,
  params: { method, url: `https://example.com/${name}` },
});
const wait = (seconds: string): Sketched => ({
  type: 'wait',
  params: { timeValue: seconds, timeUnit: 'seconds' },
});

/** A session whose block "slow" runs until it is let go, or called off. */
async function underWay(
  blocks: Readonly<Record<string, Sketched>> = {},
  edges: readonly string[] = [],
  options: StageOptions = {},
) {
  const calls: string[] = [];
  const signals: AbortSignal[] = [];
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const s = await stage(
    sketch({ start: startWith({ name: 'a' }), slow: call('slow'), ...blocks }, [
      'start -> slow',
      ...edges,
    ]),
    {
      ...options,
      settings: { replyWithinMs: 30, handOverAfterMs: 60, leaseMs: 300, ...options.settings },
      executors: [
        executor(
          'api',
          async (_params, { blockName, signal }) => {
            calls.push(blockName);
            signals.push(signal);
            if (blockName === 'slow') await gate;
            return { output: blockName };
          },
          { sideEffect: 'read' },
        ),
      ],
    },
  );
  const id = await s.open();
  const first = await s.say(id, 'x');
  expect(first.commandProcessed).toBe(false);
  const end = async () => {
    letGo();
    await s.engine.close();
    await s.expectReplayable(id);
  };
  return { s, id, calls, signals, letGo, end };
}

/** The same command at another replica over the same stores. */
const elsewhere = (s: Stage, id: string, action: 'status' | 'pause' | 'cancel', key?: string) =>
  s.replica().command({
    sessionId: id,
    workspaceId: WORKSPACE,
    input: { kind: 'act', action, parameters: action === 'cancel' ? { confirmed: true } : {} },
    ...(key !== undefined && { idempotencyKey: key }),
  });

describe('a command while a block runs', () => {
  it('is answered between blocks, and the block goes on', async () => {
    const { s, id, end } = await underWay();
    const status = await s.act(id, 'status');
    expect(status.commandProcessed).toBe(true);
    expect(status.agentResponse).toContain('We are at "slow"');
    expect(status.state.executionStatus).toBe('running');
    await end();
    expect((await s.engine.view(id, WORKSPACE)).executionStatus).toBe('completed');
  });

  it('answers a question that stands beside it', async () => {
    const form: Sketched = {
      type: 'human_in_the_loop',
      params: { inputFormat: [{ id: 'b', name: 'b', type: 'string' }] },
    };
    const { s, id, calls, end } = await underWay({ form, next: call('next') }, [
      'start -> form',
      'form -> next',
    ]);
    const answer = await s.say(id, 'yes please');
    expect(calls).toEqual(['slow', 'next']);
    expect(answer).toMatchObject({ commandProcessed: true, state: { slots: { b: 'yes please' } } });
    await end();
  });

  it('calls it off at a cancel', async () => {
    const { s, id, signals, end } = await underWay();
    const { state } = await s.act(id, 'cancel', { confirmed: true });
    expect(state.executionStatus).toBe('cancelled');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await end();
  });

  it('pauses when it is done, or at once where that is asked for', async () => {
    const { s, id, calls, signals, end } = await underWay({ next: call('next') }, ['slow -> next']);
    const paused = await s.act(id, 'pause');
    expect(paused.agentResponse).toContain('slow is still at work and will be finished');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await s.act(id, 'pause', { running: 'cancel' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await vi.waitFor(async () => {
      const loaded = await s.sessions.load({ sessionId: id, workspaceId: null });
      expect(loaded?.record.leaseOwner).toBeNull();
    });
    expect((await s.engine.view(id, WORKSPACE)).executionStatus).toBe('paused');
    expect(calls).toEqual(['slow']);
    await end();
  });

  it('is not taken twice where it comes twice', async () => {
    const { s, id, end } = await underWay();
    const [one, two] = await Promise.all([s.say(id, 'yes', 'key-1'), s.say(id, 'yes', 'key-1')]);
    expect(two).toEqual(one);
    await end();
    const turns = await s.sessions.turns(id, 100);
    expect(turns.items.filter(({ idempotencyKey }) => idempotencyKey === 'key-1')).toHaveLength(1);
  });

  it('is refused where its key came with another command, and the block goes on', async () => {
    const { s, id, end } = await underWay();
    await s.say(id, 'yes', 'key-1');
    await expect(s.say(id, 'no', 'key-1')).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    await end();
    expect((await s.engine.view(id, WORKSPACE)).executionStatus).toBe('completed');
  });

  it('that cannot be understood for a fault fails alone', async () => {
    let broken = false;
    const { s, id, end } = await underWay({}, [], {
      understanding: {
        understand: () =>
          broken
            ? Promise.reject(new TypeError('The model is away.'))
            : Promise.resolve({
                intent: 'provide-value',
                confidence: 0.9,
                entities: [],
                alternatives: [],
                provider: 'internal',
              }),
      },
    });
    broken = true;
    await expect(s.say(id, 'hello?')).rejects.toThrow('The model is away.');
    await end();
    expect((await s.engine.view(id, WORKSPACE)).executionStatus).toBe('completed');
  });
});

describe('a command at another replica while a block runs', () => {
  it('is taken by the turn at work, which is told of it', async () => {
    const { s, id, signals, end } = await underWay({}, [], { settings: { leaseMs: 60_000 } });
    expect((await elsewhere(s, id, 'status')).agentResponse).toContain('We are at "slow"');
    const { state } = await elsewhere(s, id, 'cancel', 'key-1');
    expect(state.executionStatus).toBe('cancelled');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect((await elsewhere(s, id, 'cancel', 'key-1')).state).toEqual(state);
    await end();
  });

  it('is found with the next heartbeat where no word of it arrives', async () => {
    const { s, id, end } = await underWay();
    s.bus.publish = () => Promise.reject(new TypeError('Redis is away.'));
    expect((await elsewhere(s, id, 'pause')).agentResponse).toContain('Paused.');
    await end();
  });

  it('is taken by the next turn where the one at work is gone', async () => {
    const { s, id, end } = await underWay();
    crash(s.sessions);
    const { state } = await elsewhere(s, id, 'cancel');
    expect(state.executionStatus).toBe('cancelled');
    await end();
  });

  it('that was collected by a turn which broke off is not lost', async () => {
    const { s, id, end } = await underWay();
    const collect = s.sessions.collect.bind(s.sessions);
    s.sessions.collect = async (...args) => {
      await collect(...args);
      crash(s.sessions);
      return [];
    };
    const { state } = await elsewhere(s, id, 'cancel');
    expect(state.executionStatus).toBe('cancelled');
    await end();
  });
});

describe('what is over while a block runs', () => {
  it('goes on: a wait in another branch', async () => {
    const { s, id, calls, end } = await underWay({ nap: wait('1'), next: call('next') }, [
      'start -> nap',
      'nap -> next',
    ]);
    await vi.waitFor(() => expect(calls).toEqual(['slow', 'next']), { timeout: 5_000 });
    expect((await s.engine.view(id, WORKSPACE)).executionStatus).toBe('running');
    await end();
  });

  it('ends: the time of the whole', async () => {
    const { s, id, signals, end } = await underWay({}, [], { execution: { timeoutMs: 100 } });
    await vi.waitFor(async () =>
      expect(await s.engine.view(id, WORKSPACE)).toMatchObject({
        executionStatus: 'failed',
        error: { code: 'execution_timeout' },
      }),
    );
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await end();
  });
});

describe('commands that come at once', () => {
  it('are answered in the order of coming', async () => {
    const s = await stage(
      sketch({ start: startWith({ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }) }, []),
    );
    const id = await s.open();
    const answers: TurnAnswer[] = [];
    await Promise.all(
      ['1', '2', '3', '4'].map((text) => s.say(id, text).then((answer) => answers.push(answer))),
    );
    expect(answers.at(-1)?.state.slots).toEqual({ a: '1', b: '2', c: '3', d: '4' });
    const { items } = await s.sessions.turns(id, 100);
    const said = items.filter(({ speaker }) => speaker === 'user').map(({ content }) => content);
    expect(said).toEqual(['1', '2', '3', '4']);
  });
});
