import { afterEach, describe, expect, it } from 'vitest';
import { SandboxBusyError, SandboxClosedError, SandboxPool } from './pool.js';
import type { SandboxRequest } from './protocol.js';

const never = new AbortController().signal;
const MEMORY = 16 * 1024 * 1024;
const pools: SandboxPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

function poolOf(threads: number, maxWaiting = 10): SandboxPool {
  const pool = new SandboxPool({ threads, memoryBytes: MEMORY, maxWaiting });
  pools.push(pool);
  return pool;
}

const request = (code: string, timeoutMs = 60_000): SandboxRequest => ({
  kind: 'function',
  code,
  names: [],
  values: '[]',
  timeoutMs,
  maxStdout: 100,
  maxResult: 100,
});

describe('SandboxPool', () => {
  it('serves in the order of arrival', async () => {
    const pool = poolOf(1);
    const order: number[] = [];
    const runs = [1, 2, 3, 4].map((n) =>
      pool.run(request(`return ${n}`), never).then(() => order.push(n)),
    );
    await Promise.all(runs);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('lets the next in when one is aborted, fails or overruns', async () => {
    const pool = poolOf(1);
    const abort = new AbortController();
    const runs = Promise.allSettled([
      pool.run(request('while (true);'), abort.signal),
      pool.run(request('throw 1'), never),
      pool.run(request('const a = []; a.length = 4294967295; a.join("")', 50), never),
      pool.run(request('eval("(".repeat(100000))'), never),
      pool.run(request('return "last"'), never),
    ]);
    abort.abort(new Error('stop'));
    expect(await runs).toMatchObject([
      { status: 'rejected', reason: { message: 'stop' } },
      { value: { ok: false, reason: 'threw' } },
      { value: { ok: false, reason: 'timeout' } },
      { value: { ok: false } },
      { value: { ok: true, json: '"last"' } },
    ]);
  });

  it('keeps the queue bounded, and open again once it is shorter', async () => {
    const pool = poolOf(1, 1);
    const abort = new AbortController();
    const running = pool.run(request('while (true);'), abort.signal);
    const waiting = pool.run(request('return 1'), never);
    await expect(pool.run(request('return 2'), never)).rejects.toThrow(SandboxBusyError);
    abort.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
    expect(await waiting).toMatchObject({ ok: true });
    expect(await pool.run(request('return 3'), never)).toMatchObject({ json: '3' });
  });

  it('runs as many at a time as it has threads', async () => {
    const pool = poolOf(2);
    const abort = new AbortController();
    const endless = pool.run(request('while (true);'), abort.signal);
    expect(await pool.run(request('return "beside it"'), never)).toMatchObject({ ok: true });
    abort.abort(new Error('stop'));
    await expect(endless).rejects.toThrow('stop');
  });

  it('refuses what runs and what waits when it closes', async () => {
    const pool = poolOf(1);
    const running = pool.run(request('while (true);'), never);
    const waiting = pool.run(request('return 1'), never);
    const refused = Promise.allSettled([running, waiting]);
    await pool.close();
    for (const outcome of await refused) {
      expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(SandboxClosedError);
    }
  });
});
