import { BlockFailure, type BlockExecutor, type RunFinished, type SessionStore } from '@sim/engine';
import { createMemorySessions } from '@sim/memory';
import { describe, expect, it, vi } from 'vitest';
import { sketch, startWith, type Sketched } from '../support/sketch.js';
import { crash, executor, stage, WORKSPACE } from '../support/stage.js';

const call = (name: string, method = 'GET'): Sketched => ({
  type: 'api',
  name,
  params: { method, url: `https://example.com/${name}` },
});
const code = (retry?: Sketched['retry']): Sketched => ({
  type: 'function',
  params: { code: 'return 1' },
  ...(retry && { retry }),
});
const respond: Sketched = { type: 'response', params: { data: '{}', dataMode: 'json' } };
const answering = executor('response', () => Promise.resolve({ output: { data: 1, status: 200 } }));

const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
};

/** Takes note of whom it was called for, and waits behind a gate at the first call. */
function calling(
  stuck: Promise<void>,
  calls: string[],
  signals: AbortSignal[] = [],
): BlockExecutor {
  return executor(
    'api',
    async (_params, { blockName, signal }) => {
      calls.push(blockName);
      signals.push(signal);
      if (calls.length === 1) await stuck;
      return { output: blockName };
    },
    { sideEffect: 'write' },
  );
}

/** A lease that a replica which is gone no longer keeps. */
const CRASHING = { leaseMs: 60, replyWithinMs: 20 };

describe('after a replica is gone', () => {
  it('a command that calls everything off lets nothing begin again', async () => {
    const calls: string[] = [];
    const stuck = gate();
    const s = await stage(
      sketch({ start: startWith({ name: 'a' }), look: call('look') }, ['start -> look']),
      { settings: CRASHING, executors: [calling(stuck.opened, calls)] },
    );
    const id = await s.open();
    crash(s.sessions);
    await s.say(id, 'x');
    const answer = await s.replica().command({
      sessionId: id,
      workspaceId: WORKSPACE,
      input: { kind: 'act', action: 'cancel', parameters: { confirmed: true } },
    });
    expect(answer.state.executionStatus).toBe('cancelled');
    expect(calls).toEqual(['look']);
    stuck.open();
    await s.engine.close();
    await s.expectReplayable(id);
  });

  it('the same command under the same key is not taken a second time', async () => {
    const calls: string[] = [];
    const stuck = gate();
    const s = await stage(
      sketch(
        { start: startWith({ name: 'a' }), one: call('one', 'POST'), two: call('two', 'POST') },
        ['start -> one', 'start -> two'],
      ),
      {
        settings: { leaseMs: 60, waitForTurnMs: 1_000 },
        executors: [calling(stuck.opened, calls)],
      },
    );
    const id = await s.open();
    await s.say(id, 'x');
    crash(s.sessions);
    const lost = s.say(id, 'yes', 'key-1');
    await vi.waitFor(() => expect(calls).toEqual(['one']));
    const repeated = await s.replica().command({
      sessionId: id,
      workspaceId: WORKSPACE,
      input: { kind: 'say', text: 'yes' },
      idempotencyKey: 'key-1',
    });
    expect(calls).toEqual(['one', 'one']);
    expect(repeated.state.awaiting?.kind).toBe('confirmation');
    expect(repeated.agentResponse).toContain('Next is "two"');
    stuck.open();
    await expect(lost).rejects.toMatchObject({ code: 'session_busy' });
    expect(await s.say(id, 'yes', 'key-1')).toMatchObject({ turnId: repeated.turnId });
    await s.expectReplayable(id);
  });

  it('each attempt at a block has a run of its own in the journal', async () => {
    const calls: string[] = [];
    const stuck = gate();
    const started: string[] = [];
    const s = await stage(
      sketch({ start: startWith({ name: 'a' }), look: call('look') }, ['start -> look']),
      { settings: CRASHING, executors: [calling(stuck.opened, calls)] },
    );
    watch(s.sessions, ({ runsStarted }) => started.push(...runsStarted.map(({ run }) => run.id)));
    const id = await s.open();
    crash(s.sessions);
    await s.say(id, 'x');
    const other = s.replica();
    await vi.waitFor(async () => {
      await other.tend(id);
      expect(started).toHaveLength(2);
    });
    expect(new Set(started).size).toBe(2);
    stuck.open();
    await s.engine.close();
  });
});

type Commit = Parameters<SessionStore['commit']>[0];

function watch(sessions: SessionStore, see: (commit: Commit) => void): void {
  const write = sessions.commit.bind(sessions);
  sessions.commit = (commit) => {
    see(commit);
    return write(commit);
  };
}

describe('a store that goes away in mid-turn', () => {
  it('ends what is under way, and the session goes on when it is back', async () => {
    const signals: AbortSignal[] = [];
    const sessions = createMemorySessions();
    const write = sessions.commit.bind(sessions);
    let away = false;
    sessions.commit = (commit) =>
      away ? Promise.reject(new Error('The database is away.')) : write(commit);
    const s = await stage(
      sketch(
        {
          start: startWith({ name: 'a' }),
          slow: call('slow'),
          fast: call('fast'),
          next: call('next'),
        },
        ['start -> slow', 'start -> fast', 'fast -> next'],
      ),
      {
        sessions,
        settings: { leaseMs: 60 },
        executors: [
          executor(
            'api',
            async (_params, { blockName, signal }) => {
              signals.push(signal);
              if (signals.length <= 2) away = true;
              if (blockName === 'slow' && away) await new Promise(() => undefined);
              return { output: blockName };
            },
            { sideEffect: 'read' },
          ),
        ],
      },
    );
    const id = await s.open();
    await expect(s.say(id, 'x')).rejects.toThrow('The database is away.');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    away = false;
    const answer = await s.act(id, 'status');
    expect(answer.state.executionStatus).toBe('completed');
    await s.expectReplayable(id);
  });

  it('is told once, and not taken for an answer, when it is away at the start', async () => {
    const sessions = createMemorySessions();
    const s = await stage(sketch({ start: startWith({ name: 'a' }) }, []), { sessions });
    const id = await s.open();
    sessions.load = () => Promise.reject(new Error('The database is away.'));
    await expect(s.say(id, 'x')).rejects.toThrow('The database is away.');
    expect(s.errors).toEqual([]);
  });
});

describe('what cannot be understood for a fault', () => {
  it('changes nothing, and can be said again', async () => {
    let broken = true;
    const s = await stage(sketch({ start: startWith({ name: 'a' }, { name: 'b' }) }, []), {
      understanding: {
        understand: () =>
          broken
            ? Promise.reject(new Error('The model is away.'))
            : Promise.resolve({
                intent: 'provide-value',
                confidence: 0.9,
                entities: [],
                alternatives: [],
                provider: 'internal',
              }),
      },
    });
    const id = await s.open();
    const before = await s.engine.view(id, WORKSPACE);
    await expect(s.say(id, 'x')).rejects.toThrow('The model is away.');
    expect(await s.engine.view(id, WORKSPACE)).toEqual(before);
    broken = false;
    expect((await s.say(id, 'x')).state.slots).toEqual({ a: 'x' });
  });
});

describe('a lease that is lost in mid-turn', () => {
  it('ends the turn at once: nothing is decided on what was cut off', async () => {
    const calls: string[] = [];
    const signals: AbortSignal[] = [];
    const s = await stage(
      sketch({ start: startWith({ name: 'a' }), look: call('look') }, ['start -> look']),
      {
        settings: { leaseMs: 60 },
        executors: [calling(new Promise(() => undefined), calls, signals)],
      },
    );
    const id = await s.open();
    s.sessions.renewLease = () => Promise.resolve({ kept: false, mail: false });
    const events = async () => (await s.sessions.events(id, 0, 100)).map(({ event }) => event.type);
    await expect(s.say(id, 'x')).rejects.toMatchObject({ code: 'session_busy' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect((await events()).at(-1)).toBe('node-started');
  });
});

describe('the first response', () => {
  it('ends the others, which the journal knows, and sets no timer', async () => {
    const signals: AbortSignal[] = [];
    const finished: RunFinished[] = [];
    const timers: string[] = [];
    const s = await stage(
      sketch(
        {
          start: startWith({ name: 'a' }),
          slow: call('slow'),
          nap: { type: 'wait', params: { timeValue: '5', timeUnit: 'minutes' } },
          answer: respond,
        },
        ['start -> slow', 'start -> nap', 'start -> answer'],
      ),
      { executors: [answering, calling(new Promise(() => undefined), [], signals)] },
    );
    watch(s.sessions, (commit) => {
      finished.push(...commit.runsFinished);
      timers.push(...commit.timersStarted.map(({ id }) => id));
      timers.push(...commit.timersCancelled.map((id) => `-${id}`));
    });
    const id = await s.open();
    const { state } = await s.say(id, 'x');
    expect(state.executionStatus).toBe('completed');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(finished.map(({ error }) => error?.code)).toEqual(['called_off']);
    // The timer was written with the start of the slow block, so it is taken away again.
    expect(timers).toHaveLength(2);
    expect(timers[1]).toBe(`-${timers[0] ?? ''}`);
    await s.expectReplayable(id);
  });

  it('does not wait for the next attempt of another', async () => {
    let attempts = 0;
    const s = await stage(
      sketch(
        {
          start: startWith({ name: 'a' }),
          flaky: code({ enabled: true, maxTries: 5, waitBetweenTriesMs: 5_000 }),
          pause: call('pause'),
          answer: respond,
        },
        ['start -> flaky', 'start -> pause', 'pause -> answer'],
      ),
      {
        executors: [
          answering,
          executor('api', () => Promise.resolve({ output: 1 })),
          executor('function', () => {
            attempts += 1;
            return Promise.reject(
              new BlockFailure({ code: 'x', message: 'not yet', retryable: true }),
            );
          }),
        ],
      },
    );
    const id = await s.open();
    const { state } = await s.say(id, 'x');
    expect(state.executionStatus).toBe('completed');
    expect(attempts).toBe(1);
    await s.engine.close();
  });
});

describe('a wait', () => {
  const napping = (more: Readonly<Record<string, Sketched>> = {}, ways: string[] = []) =>
    sketch(
      {
        start: startWith({ name: 'a' }),
        nap: { type: 'wait', params: { timeValue: '5', timeUnit: 'minutes' } },
        ...more,
      },
      ['start -> nap', ...ways],
    );

  it('that is over while the session is busy goes on at the end of the turn', async () => {
    let ahead = 0;
    const slow = gate();
    const s = await stage(napping({ look: call('look') }, ['start -> look']), {
      sessions: createMemorySessions(),
      clock: () => new Date(Date.now() + ahead),
      settings: { replyWithinMs: 10, waitForTurnMs: 10, leaseMs: 3_600_000 },
      executors: [calling(slow.opened, [])],
    });
    const id = await s.open();
    await s.say(id, 'x');
    const [timer] = Object.values((await load(s.sessions, id)).state.timers);
    ahead = 600_000;
    await s.engine.fireTimer(id, timer?.id ?? '');
    expect((await s.engine.view(id, WORKSPACE)).executionStatus).toBe('running');
    slow.open();
    await s.engine.close();
    expect((await s.engine.view(id, WORKSPACE)).executionStatus).toBe('completed');
    await s.expectReplayable(id);
  });

  it('whose moment came while nothing ran goes on, however late, and does not expire', async () => {
    let ahead = 0;
    const s = await stage(napping(), {
      sessions: createMemorySessions(),
      clock: () => new Date(Date.now() + ahead),
    });
    const id = await s.open();
    await s.say(id, 'x');
    ahead = 48 * 3_600_000;
    await s.engine.tend(id);
    expect((await s.engine.view(id, WORKSPACE)).executionStatus).toBe('completed');
  });
});

async function load(sessions: SessionStore, sessionId: string) {
  const loaded = await sessions.load({ sessionId, workspaceId: null });
  if (!loaded) throw new TypeError(`No session ${sessionId}`);
  return loaded.record;
}

describe('looking after a session', () => {
  it('writes nothing where there is nothing to do, so that it may still expire', async () => {
    const s = await stage(sketch({ start: startWith({ name: 'a' }) }, []));
    const id = await s.open();
    const before = await load(s.sessions, id);
    await s.engine.tend(id);
    await s.engine.fireTimer(id, 'tmr_99');
    expect(await load(s.sessions, id)).toEqual(before);
  });
});
