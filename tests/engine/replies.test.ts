import { describe, expect, it, vi } from 'vitest';
import { sketch, startWith } from '../support/sketch.js';
import { executor, stage, WORKSPACE } from '../support/stage.js';

describe('a turn that was answered early', () => {
  it('keeps its lease alive though nothing that it does reaches outside', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const document = sketch(
      { start: startWith({ name: 'a' }), step: { type: 'function', params: { code: 'return 1' } } },
      ['start -> step'],
    );
    const s = await stage(document, {
      settings: { replyWithinMs: 10, leaseMs: 60, waitForTurnMs: 10 },
      executors: [
        executor('function', () => finished.then(() => ({ output: 1 })), { sideEffect: 'none' }),
      ],
    });
    const id = await s.open();
    expect((await s.say(id, 'x')).commandProcessed).toBe(false);
    const lease = async () => {
      const loaded = await s.sessions.load({ sessionId: id, workspaceId: null });
      return loaded?.record.leaseExpiresAt?.getTime() ?? 0;
    };
    const first = await lease();
    await vi.waitFor(async () => expect(await lease()).toBeGreaterThan(first + 60));
    finish();
    await s.engine.close();
    expect((await s.engine.view(id, WORKSPACE)).executionStatus).toBe('completed');
  });

  it('does not tell a lost race as a turn that broke off', async () => {
    const s = await stage(sketch({ start: startWith({ name: 'a' }, { name: 'b' }) }, []));
    const id = await s.open();
    await Promise.all([s.say(id, '1'), s.say(id, '2')]);
    expect(s.errors).toEqual([]);
  });
});

describe('what is answered', () => {
  it('is what is stored, to the millisecond', async () => {
    let now = Date.parse('2026-03-01T12:00:00Z');
    const clock = () => new Date((now += 7));
    const s = await stage(sketch({ start: startWith({ name: 'a' }, { name: 'b' }) }, []), {
      clock,
    });
    const id = await s.open();
    const { state } = await s.say(id, '1');
    expect(await s.engine.view(id, WORKSPACE)).toEqual(state);
  });

  it('at an opening under a key is kept with it', async () => {
    const s = await stage(sketch({ start: startWith({ name: 'a' }) }, []));
    const idempotency = { key: 'open 1', requestHash: 'h' };
    const answer = await s.engine.open({
      workflowId: 'wf_test',
      journey: s.journey,
      sessionId: 'ses_once',
      userId: 'usr_test',
      workspaceId: WORKSPACE,
      idempotency,
    });
    const loaded = await s.sessions.load({
      sessionId: 'ses_once',
      workspaceId: WORKSPACE,
      idempotencyKey: 'open 1',
    });
    expect(loaded?.replay).toEqual({ answer, requestHash: 'h' });
  });
});
