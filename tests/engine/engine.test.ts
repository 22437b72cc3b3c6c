import { BlockFailure, EngineError, type BlockContext } from '@sim/engine';
import { describe, expect, it } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';
import { crash, executor, stage, WORKSPACE } from '../support/stage.js';

const oneStep = (type: string, params = {}) =>
  sketch({ start: startWith({ name: 'a' }), step: { type, params } }, ['start -> step']);

const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
};

describe('a turn', () => {
  it('answers, tells what was said and where it stands', async () => {
    const { open, say } = await stage(oneStep('function'), {
      executors: [executor('function', () => Promise.resolve({ output: { result: 3 } }))],
    });
    const answer = await say(await open(), 'hello');
    expect(answer.state.executionStatus).toBe('completed');
    expect(answer.state.output).toEqual({ result: 3 });
    expect(answer.agentResponse).toContain('3');
    expect(answer.nlu).toMatchObject({ intent: 'provide-value', provider: 'internal' });
  });

  it('leaves a log that rebuilds the state', async () => {
    const { open, say, act, expectReplayable } = await stage(oneStep('function'), {
      executors: [
        executor('function', () =>
          Promise.reject(new BlockFailure({ code: 'x', message: 'no', retryable: true })),
        ),
      ],
    });
    const id = await open();
    await say(id, 'one');
    await act(id, 'retry');
    await act(id, 'back');
    await expectReplayable(id);
  });

  it('keeps a transcript of both sides', async () => {
    const { open, say, sessions } = await stage(oneStep('function'), {
      executors: [executor('function', () => Promise.resolve({ output: 1 }))],
    });
    const id = await open();
    await say(id, 'hello');
    const { items } = await sessions.turns(id, 10);
    expect(items.map(({ speaker }) => speaker)).toEqual(['agent', 'user', 'agent']);
    expect(items[1]?.content).toBe('hello');
  });

  it('publishes after it is written', async () => {
    const { open, say, bus } = await stage(oneStep('function'));
    const id = await open();
    const heard: string[] = [];
    await bus.subscribe(`session:${id}`, (message) => heard.push(message));
    await say(id, 'hello');
    expect(heard.length).toBeGreaterThan(0);
  });
});

describe('idempotency keys', () => {
  it('give the stored answer instead of a second turn', async () => {
    let runs = 0;
    const { open, say } = await stage(oneStep('function'), {
      executors: [executor('function', () => Promise.resolve({ output: ++runs }))],
    });
    const id = await open();
    const first = await say(id, 'hello', 'key-1');
    expect(await say(id, 'hello', 'key-1')).toEqual(JSON.parse(JSON.stringify(first)));
    expect(runs).toBe(1);
  });

  it('refuse another command under the same key', async () => {
    const { open, say } = await stage(oneStep('function'));
    const id = await open();
    await say(id, 'hello', 'key-1');
    await expect(say(id, 'other', 'key-1')).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });
});

describe('what reaches outside', () => {
  const outside = { sideEffect: 'write', idempotent: true } as const;

  it('is written down under a lease before it happens', async () => {
    const seen: unknown[] = [];
    const s = await stage(oneStep('api', { method: 'POST', url: 'https://example.com' }), {
      executors: [
        executor(
          'api',
          async () => {
            const loaded = await s.sessions.load({ sessionId: id, workspaceId: null });
            seen.push(
              loaded?.record.leaseOwner,
              Object.keys(loaded?.record.state.runs ?? {}).length,
            );
            return { output: 'sent' };
          },
          outside,
        ),
      ],
    });
    const id = await s.open();
    await s.say(id, 'x');
    const answer = await s.say(id, 'yes');
    expect(answer.state.executionStatus).toBe('completed');
    expect(seen).toEqual([expect.stringMatching(/^trn_/), 1]);
    const after = await s.sessions.load({ sessionId: id, workspaceId: null });
    expect(after?.record.leaseOwner).toBeNull();
  });

  it('carries one idempotency key over all attempts, and another in another session', async () => {
    const keys: string[] = [];
    const s = await stage(oneStep('api', { method: 'POST', url: 'https://example.com' }), {
      executors: [
        executor(
          'api',
          (_params, context: BlockContext) => {
            keys.push(context.idempotencyKey);
            return Promise.reject(new BlockFailure({ code: 'x', message: 'no', retryable: true }));
          },
          outside,
        ),
      ],
    });
    for (let turn = 0; turn < 2; turn += 1) {
      const id = await s.open();
      await s.say(id, 'x');
      await s.say(id, 'yes');
      await s.act(id, 'retry');
    }
    expect(keys).toHaveLength(4);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).toBe(keys[3]);
    expect(keys[0]).not.toBe(keys[2]);
  });

  it('is taken over by another replica when the lease lapses, and run again under the same key', async () => {
    const keys: string[] = [];
    const stuck = gate();
    const s = await stage(oneStep('api', { method: 'POST', url: 'https://example.com' }), {
      settings: { leaseMs: 60, replyWithinMs: 20 },
      executors: [
        executor(
          'api',
          async (_params, context: BlockContext) => {
            keys.push(context.idempotencyKey);
            if (keys.length === 1) await stuck.opened;
            return { output: keys.length };
          },
          outside,
        ),
      ],
    });
    const id = await s.open();
    await s.say(id, 'x');
    // The first replica stops keeping its lease, as one that is gone does.
    crash(s.sessions);
    const first = await s.say(id, 'yes');
    expect(first.commandProcessed).toBe(false);
    const answer = await s.replica().command({
      sessionId: id,
      workspaceId: WORKSPACE,
      input: { kind: 'act', action: 'status', parameters: {} },
    });
    expect(answer.state.executionStatus).toBe('completed');
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    stuck.open();
    await s.engine.close();
    await s.expectReplayable(id);
  });

  it('is asked about after an interruption where a second time could do harm', async () => {
    const stuck = gate();
    let runs = 0;
    const s = await stage(oneStep('mail', { to: 'x' }), {
      settings: { leaseMs: 60, replyWithinMs: 20 },
      executors: [
        executor(
          'mail',
          async () => {
            runs += 1;
            await stuck.opened;
            return { output: 1 };
          },
          { sideEffect: 'write', idempotent: false },
        ),
      ],
    });
    const id = await s.open();
    await s.say(id, 'x');
    crash(s.sessions);
    await s.say(id, 'yes');
    const answer = await s.replica().command({
      sessionId: id,
      workspaceId: WORKSPACE,
      input: { kind: 'act', action: 'status', parameters: {} },
    });
    expect(answer.state.awaiting?.kind).toBe('repair');
    expect(answer.agentResponse).toContain('not known whether it was done');
    expect(runs).toBe(1);
    stuck.open();
    await s.engine.close();
  });

  it('that takes long is answered before it is done, and goes on', async () => {
    const slow = gate();
    const s = await stage(oneStep('api', { url: 'https://example.com' }), {
      settings: { replyWithinMs: 20 },
      executors: [
        executor(
          'api',
          async () => {
            await slow.opened;
            return { output: 'late' };
          },
          { sideEffect: 'read' },
        ),
      ],
    });
    const id = await s.open();
    const answer = await s.say(id, 'x');
    expect(answer.commandProcessed).toBe(false);
    expect(answer.messages.at(-1)?.key).toBe('still-working');
    slow.open();
    await s.engine.close();
    const state = await s.engine.view(id, WORKSPACE);
    expect(state.output).toBe('late');
    await s.expectReplayable(id);
  });
});

describe('two turns at once', () => {
  it('are taken one after the other', async () => {
    const s = await stage(
      sketch({ start: startWith({ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd' }) }, []),
    );
    const id = await s.open();
    await Promise.all(['1', '2', '3', '4'].map((text) => s.say(id, text)));
    const state = await s.engine.view(id, WORKSPACE);
    expect(Object.values(state.slots).toSorted()).toEqual(['1', '2', '3', '4']);
    await s.expectReplayable(id);
  });

  it('are refused when the replica that has the first does not hear', async () => {
    const slow = gate();
    const s = await stage(oneStep('api', { url: 'https://example.com' }), {
      settings: { waitForTurnMs: 50, replyWithinMs: 10 },
      executors: [
        executor('api', () => slow.opened.then(() => ({ output: 1 })), { sideEffect: 'read' }),
      ],
    });
    const id = await s.open();
    await s.say(id, 'x');
    s.sessions.collect = () => Promise.resolve([]);
    const there = s.replica().command({
      sessionId: id,
      workspaceId: WORKSPACE,
      input: { kind: 'act', action: 'status', parameters: {} },
    });
    await expect(there).rejects.toMatchObject({ code: 'session_busy' });
    slow.open();
    await s.engine.close();
  });
});

describe('blocks', () => {
  it('without an executor become a question, not a crash', async () => {
    const s = await stage(oneStep('acme_crm', { text: 'hi' }));
    const id = await s.open();
    await s.say(id, 'x');
    const answer = await s.say(id, 'yes');
    expect(answer.state.awaiting?.kind).toBe('repair');
    expect(answer.agentResponse).toContain('no tool here that runs "acme_crm"');
    const skipped = await s.act(id, 'skip');
    expect(skipped.state.executionStatus).toBe('completed');
  });

  it('are stopped after the time-out', async () => {
    const s = await stage(oneStep('function'), {
      settings: { blockTimeoutMs: 20 },
      executors: [executor('function', () => new Promise(() => undefined))],
    });
    const answer = await s.say(await s.open(), 'x');
    expect(answer.agentResponse).toContain('too long');
  });

  it('may not put out more than the limit', async () => {
    const s = await stage(oneStep('function'), {
      settings: { maxOutputLength: 100 },
      executors: [executor('function', () => Promise.resolve({ output: 'x'.repeat(200) }))],
    });
    const answer = await s.say(await s.open(), 'x');
    expect(answer.agentResponse).toContain('larger than 100');
  });

  it('see secrets, and nobody else does', async () => {
    const seen: unknown[] = [];
    const s = await stage(oneStep('function', { code: 'x', token: '{{TOKEN}}' }), {
      secrets: { TOKEN: 'very-secret-value' },
      executors: [
        executor('function', (params) => {
          seen.push(params.token);
          return Promise.resolve({ output: { echoed: params.token ?? null } });
        }),
      ],
    });
    const id = await s.open();
    const answer = await s.say(id, 'x');
    expect(seen).toEqual(['very-secret-value']);
    expect(answer.state.output).toEqual({ echoed: '***' });
    const events = await s.sessions.events(id, 0, 1_000);
    expect(JSON.stringify(events)).not.toContain('very-secret-value');
  });

  it('do not read what a person types as a secret or a reference', async () => {
    const seen: unknown[] = [];
    const s = await stage(oneStep('function', { text: 'said <start.a>' }), {
      secrets: { TOKEN: 'very-secret-value' },
      executors: [
        executor('function', (params) => {
          seen.push(params.text);
          return Promise.resolve({ output: 1 });
        }),
      ],
    });
    await s.say(await s.open(), '{{TOKEN}} <start.a>');
    expect(seen).toEqual(['said {{TOKEN}} <start.a>']);
  });
});

describe('limits', () => {
  it('a user may not have more live sessions than allowed', async () => {
    const s = await stage(oneStep('function'), { settings: { maxSessionsPerUser: 2 } });
    await s.open();
    await s.open();
    await expect(s.open()).rejects.toMatchObject({ code: 'too_many_sessions' });
  });

  it('a session without turns expires, and can be begun again', async () => {
    const s = await stage(oneStep('function'), { settings: { sessionTimeoutMs: 1 } });
    const id = await s.open();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const late = await s.say(id, 'x');
    expect(late.state.executionStatus).toBe('expired');
    const again = await s.act(id, 'restart');
    expect(again.state.executionStatus).toBe('waiting-for-input');
  });

  it('an engine that closes takes no more', async () => {
    const s = await stage(oneStep('function'));
    const id = await s.open();
    await s.engine.close();
    await expect(s.say(id, 'x')).rejects.toBeInstanceOf(EngineError);
  });

  it('another workspace does not see the session', async () => {
    const s = await stage(oneStep('function'));
    const id = await s.open();
    await expect(s.engine.view(id, 'ws_other')).rejects.toMatchObject({
      code: 'session_not_found',
    });
  });
});

describe('waits', () => {
  it('go on by themselves', async () => {
    const s = await stage(
      sketch(
        {
          start: startWith({ name: 'a' }),
          nap: { type: 'wait', params: { timeValue: '1', timeUnit: 'seconds' } },
        },
        ['start -> nap'],
      ),
    );
    const id = await s.open();
    const answer = await s.say(id, 'x');
    expect(answer.state.awaiting).toMatchObject({ kind: 'timer' });
    await expect
      .poll(async () => (await s.engine.view(id, WORKSPACE)).executionStatus, { timeout: 5_000 })
      .toBe('completed');
  });
});
