import { describe, expect, it } from 'vitest';
import { readArguments, USAGE } from './arguments.js';

const read = (...args: string[]) => readArguments(args, () => 0.5);

describe('the arguments', () => {
  it('have the sizes that the promise names where nothing is said', () => {
    expect(read()).toEqual({
      phases: ['replicas', 'postgres', 'redis'],
      sessions: 200,
      turns: 1_000,
      seed: 2 ** 30,
      killEveryMs: 1_000,
      patienceMs: 300_000,
      keep: false,
    });
  });

  it('make a short run of all phases', () => {
    expect(read('--short')).toMatchObject({
      phases: ['replicas', 'postgres', 'redis'],
      sessions: 8,
      turns: 40,
      patienceMs: 60_000,
    });
    expect(read('--short', '--turns', '7')).toMatchObject({ sessions: 8, turns: 7 });
  });

  it('name each size', () => {
    const args = '--sessions 3 --turns 4 --seed 0 --kill-every 200 --patience 9 --keep';
    expect(read(...args.split(' '))).toMatchObject({
      ...{ sessions: 3, turns: 4, seed: 0, killEveryMs: 200, patienceMs: 9_000, keep: true },
    });
  });

  it('name phases, which run in their own order', () => {
    expect(read('--phase', 'redis', '--phase', 'replicas')).toMatchObject({
      phases: ['replicas', 'redis'],
    });
  });

  it.each([
    [['--sessions', '0'], '--sessions must be a whole number from 1'],
    [['--turns', '-1'], '--turns'],
    [['--turns', '1.5'], '--turns must be a whole number'],
    [['--seed', 'x'], '--seed must be a whole number from 0'],
    [['--seed', '99999999999'], '--seed'],
    [['--phase', 'moon'], '--phase must be one of replicas, postgres, redis.'],
    [['--phase', 'redis', '--phase', 'moon'], '--phase'],
    [['--fast'], '--fast'],
    [['more'], 'more'],
  ])('%j are refused with the reason', (args, reason) => {
    expect(read(...args)).toContain(reason);
  });

  it('are all told by the usage', () => {
    for (const flag of ['short', 'sessions', 'turns', 'phase', 'seed', 'kill-every', 'patience']) {
      expect(USAGE).toContain(`--${flag}`);
    }
  });
});
