import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { runUntilSignal, type SignalSource } from './signals.js';

/** A process that gets signals as events and does not end. */
class FakeProcess extends EventEmitter implements SignalSource {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('runUntilSignal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops on %s and lets the process end',
    async (signal) => {
      const source = new FakeProcess();
      const stop = vi.fn(() => Promise.resolve());
      const done = runUntilSignal(stop, source);
      expect(stop).not.toHaveBeenCalled();
      source.emit(signal, signal);
      expect(await done).toBe(signal);
      expect(stop).toHaveBeenCalledExactlyOnceWith(signal);
      expect(source.exits).toEqual([]);
      await vi.waitFor(() => expect(source.listenerCount(signal)).toBe(0));
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('exits at once on a second signal, %s', (signal, code) => {
    const source = new FakeProcess();
    const stop = vi.fn(() => new Promise<void>(() => undefined));
    void runUntilSignal(stop, source);
    source.emit('SIGTERM', 'SIGTERM');
    source.emit(signal, signal);
    expect(source.exits).toEqual([code]);
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it('rejects with what keeps it from stopping', async () => {
    const source = new FakeProcess();
    const fault = new RangeError('cannot stop');
    const done = runUntilSignal(() => Promise.reject(fault), source);
    source.emit('SIGTERM', 'SIGTERM');
    await expect(done).rejects.toBe(fault);
  });
});
