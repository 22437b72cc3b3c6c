import { describe, expect, it } from 'vitest';
import { createLifecycle } from './lifecycle.js';
import { duration, lineProgress } from './progress.js';

function recorded(times: number[] = []) {
  const lines: string[] = [];
  const progress = lineProgress(
    (line) => lines.push(line),
    () => times.shift() ?? 0,
  );
  return { lines, lifecycle: createLifecycle(progress) };
}

describe('a lifecycle', () => {
  it('stops in the opposite order', async () => {
    const { lifecycle } = recorded();
    const stopped: string[] = [];
    for (const name of ['database', 'service', 'app']) {
      await lifecycle.step(name, (onStop) => {
        onStop(() => Promise.resolve(void stopped.push(name)));
        return Promise.resolve();
      });
    }
    await lifecycle.stop();
    await lifecycle.stop();
    expect(stopped).toEqual(['app', 'service', 'database']);
  });

  it('says how long each step took, and which one failed', async () => {
    const { lifecycle, lines } = recorded([0, 120, 200, 2500]);
    expect(await lifecycle.step('Database', () => Promise.resolve(7))).toBe(7);
    const failing = lifecycle.step('App', () => Promise.reject(new RangeError('port')));
    await expect(failing).rejects.toThrow('port');
    expect(lines).toEqual(['✓ Database (120 ms)', '✗ App (2.3 s)']);
  });

  it('stops the rest where one thing does not stop', async () => {
    const { lifecycle } = recorded();
    const stopped: string[] = [];
    await lifecycle.step('a', (onStop) => {
      onStop(() => Promise.resolve(void stopped.push('a')));
      onStop(() => Promise.reject(new RangeError('stuck')));
      return Promise.resolve();
    });
    await expect(lifecycle.stop()).rejects.toThrow(AggregateError);
    expect(stopped).toEqual(['a']);
  });
});

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1000, '1.0 s'],
    [61_234, '61.2 s'],
  ])('of %d ms reads %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});
