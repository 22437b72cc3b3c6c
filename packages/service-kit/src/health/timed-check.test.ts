import { describe, expect, it, vi } from 'vitest';
import { CheckTimeoutError, timedCheck } from './timed-check.js';

function deferred<T>() {
  const handle: { resolve: (value: T) => void; reject: (error: Error) => void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };
  const promise = new Promise<T>((resolve, reject) => Object.assign(handle, { resolve, reject }));
  return { promise, handle };
}

describe('timedCheck', () => {
  it('runs once for all who ask at the same time', async () => {
    const check = vi.fn(() => Promise.resolve('fine'));
    const ask = timedCheck(check, { timeoutMs: 100, cacheMs: 1000, now: () => 0 });
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['fine', 'fine', 'fine']);
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('counts the time of a result from its end, not from its beginning', async () => {
    const clock = { ms: 0 };
    const { promise, handle } = deferred<string>();
    const check = vi.fn(() => promise);
    const ask = timedCheck(check, { timeoutMs: 10_000, cacheMs: 1000, now: () => clock.ms });
    const first = ask();
    clock.ms = 5000;
    expect(check).toHaveBeenCalledTimes(1);
    handle.resolve('late');
    await first;
    clock.ms = 5999;
    await ask();
    expect(check).toHaveBeenCalledTimes(1);
    clock.ms = 6000;
    await ask();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('remembers a failure as it remembers a success', async () => {
    const clock = { ms: 0 };
    const check = vi.fn(() => Promise.reject(new RangeError('down')));
    const ask = timedCheck(check, { timeoutMs: 100, cacheMs: 1000, now: () => clock.ms });
    await expect(ask()).rejects.toThrow('down');
    await expect(ask()).rejects.toThrow('down');
    expect(check).toHaveBeenCalledTimes(1);
    clock.ms = 1000;
    await expect(ask()).rejects.toThrow('down');
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('gives up on a check that hangs, and takes its answer when it comes', async () => {
    const { promise, handle } = deferred<string>();
    const check = vi.fn(() => promise);
    const ask = timedCheck(check, { timeoutMs: 10, cacheMs: 0, now: () => 0 });
    await expect(ask()).rejects.toBeInstanceOf(CheckTimeoutError);
    await expect(ask()).rejects.toMatchObject({ timeoutMs: 10 });
    handle.resolve('at last');
    expect(await ask()).toBe('at last');
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('leaves no rejection unheard when a check fails after its time', async () => {
    const { promise, handle } = deferred<string>();
    const ask = timedCheck(() => promise, { timeoutMs: 5, cacheMs: 0, now: () => 0 });
    await expect(ask()).rejects.toBeInstanceOf(CheckTimeoutError);
    const unheard = vi.fn();
    process.once('unhandledRejection', unheard);
    handle.reject(new RangeError('too late'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
  });
});
