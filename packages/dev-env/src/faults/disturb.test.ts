import { describe, expect, it } from 'vitest';
import { disturb, type DisturbancePorts } from './disturb.js';

/** Replicas and stores that note what is done to them. */
function stage() {
  const log: string[] = [];
  const replica = (name: string, serving: () => boolean) => ({
    origin: name,
    crashes: [],
    get expendable() {
      return serving();
    },
    serves: () => Promise.resolve(),
    kill: () => {
      log.push(`kill ${name}`);
      return Promise.resolve();
    },
    end: () => Promise.resolve(),
  });
  const store = (name: string) => ({
    stop: (hard: boolean) => {
      log.push(`${name} ${hard ? 'crashes' : 'stops'}`);
      return Promise.resolve();
    },
    start: () => {
      log.push(`${name} starts`);
      return Promise.resolve();
    },
  });
  return { log, replica, store };
}

const portsOf = (parts: Partial<DisturbancePorts>): DisturbancePorts => {
  const { store } = stage();
  return {
    ...{ phase: 'replicas', seed: 1, killEveryMs: 2, replicas: [] },
    ...{ postgres: store('postgres'), redis: null, storeEveryMs: { least: 1, most: 9 } },
    progress: () => 0,
    ...parts,
  };
};

describe('disturbances', () => {
  it('kill whichever serves, again and again, until they end', async () => {
    const { log, replica } = stage();
    const replicas = [replica('a', () => true), replica('b', () => true)];
    const running = disturb(portsOf({ replicas }));
    await expect.poll(() => new Set(log)).toEqual(new Set(['kill a', 'kill b']));
    await running.end();
    const { length } = log;
    expect(running.done).toEqual({ kills: length, postgresStops: 0, redisStops: 0 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log).toHaveLength(length);
  });

  it('leave one alone that is only starting, and wait where none serves', async () => {
    const { log, replica } = stage();
    let up = false;
    const replicas = [replica('a', () => up), replica('b', () => false)];
    const running = disturb(portsOf({ replicas }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(log).toEqual([]);
    up = true;
    await expect.poll(() => new Set(log)).toEqual(new Set(['kill a']));
    await running.end();
  });

  it('take the store of the phase away, and bring it back before they end', async () => {
    const { log, store } = stage();
    for (const phase of ['postgres', 'redis'] as const) {
      log.length = 0;
      const stores = { postgres: store('postgres'), redis: store('redis') };
      const running = disturb(portsOf({ phase, ...stores }));
      await expect.poll(() => log.length).toBeGreaterThan(0);
      await running.end();
      expect(log.at(-1)).toBe(`${phase} starts`);
      expect(log.every((line) => line.startsWith(phase))).toBe(true);
    }
  });

  it('take a store away again only when work was done since', async () => {
    const { log, store } = stage();
    let turns = 0;
    const running = disturb(
      portsOf({ phase: 'postgres', postgres: store('postgres'), progress: () => turns }),
    );
    await expect.poll(() => log.at(-1), { timeout: 5_000 }).toBe('postgres starts');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(running.done.postgresStops).toBe(1);
    turns = 100;
    await expect.poll(() => running.done.postgresStops, { timeout: 5_000 }).toBeGreaterThan(1);
    await running.end();
    expect(log.at(-1)).toBe('postgres starts');
  });

  it('tell in the end of a store that does not come back', async () => {
    const broken = {
      stop: () => Promise.resolve(),
      start: () => Promise.reject(new TypeError('it stays away')),
    };
    let stopped = false;
    const postgres = {
      ...broken,
      stop: () => {
        stopped = true;
        return broken.stop();
      },
    };
    const running = disturb(portsOf({ phase: 'postgres', postgres }));
    await expect.poll(() => stopped).toBe(true);
    await expect(running.end()).rejects.toThrow('it stays away');
  });
});
