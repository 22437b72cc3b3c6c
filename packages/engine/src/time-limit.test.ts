import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeLimitError, withinLimit } from './time-limit.js';

const never = () => new Promise<never>(() => undefined);
const { signal: calm } = new AbortController();

describe('a time limit', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives what the work gives and leaves no timer behind', async () => {
    expect(await withinLimit(calm, 60_000, () => Promise.resolve(3))).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('passes failures on and leaves no timer behind', async () => {
    const failing = withinLimit(calm, 60_000, () => Promise.reject(new RangeError('no')));
    await expect(failing).rejects.toThrow(RangeError);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends work that takes longer, and tells it', async () => {
    let told: AbortSignal | undefined;
    const limited = withinLimit(calm, 1_000, (signal) => {
      told = signal;
      return never();
    });
    const refused = expect(limited).rejects.toThrow(TimeLimitError);
    await vi.advanceTimersByTimeAsync(1_000);
    await refused;
    expect(told?.aborted).toBe(true);
  });

  it('ends work that is called off, and forgets who would', async () => {
    const controller = new AbortController();
    const forget = vi.spyOn(controller.signal, 'removeEventListener');
    const limited = withinLimit(controller.signal, 1_000, never);
    controller.abort(new TypeError('enough'));
    await expect(limited).rejects.toThrow('enough');
    expect(forget).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not begin what was called off before', async () => {
    const work = vi.fn(never);
    await expect(withinLimit(AbortSignal.abort(), 1_000, work)).rejects.toThrow();
    expect(work).not.toHaveBeenCalled();
  });

  it('is not disturbed by work that fails later', async () => {
    const late = withinLimit(
      calm,
      10,
      () => new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), 20)),
    );
    const refused = expect(late).rejects.toThrow(TimeLimitError);
    await vi.advanceTimersByTimeAsync(30);
    await refused;
  });
});
