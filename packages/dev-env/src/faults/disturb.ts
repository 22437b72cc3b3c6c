import { setTimeout as delay } from 'node:timers/promises';
import type { PhaseName } from './arguments.js';
import { createRandom, type Random } from './random.js';
import type { Replica } from './replica.js';
import type { Restartable } from './stage.js';

/** What was done to the system in a phase. */
export interface Disturbed {
  kills: number;
  postgresStops: number;
  redisStops: number;
}

export interface Disturbances {
  readonly done: Readonly<Disturbed>;
  /** Disturbs no more; resolves when everything is up again. @throws what could not be started again */
  end(): Promise<void>;
}

export interface DisturbancePorts {
  readonly phase: PhaseName;
  readonly seed: number;
  readonly killEveryMs: number;
  readonly replicas: readonly Replica[];
  readonly postgres: Restartable;
  readonly redis: Restartable | null;
  /** How many turns were acknowledged so far. */
  readonly progress: () => number;
  /** Between two restarts of a store; {@link STORE_EVERY_MS} where left out. */
  readonly storeEveryMs?: { readonly least: number; readonly most: number };
}

/** Between two restarts of a store, and how long it stays away. */
const STORE_EVERY_MS = { least: 2_000, most: 6_000 };
/** So many turns lie between two restarts, however slow the machine: each is to hit a system at work. */
const STORE_EVERY_TURNS = 5;
const STORE_AWAY_MS = { least: 100, most: 1_500 };
const LOOK_AGAIN_MS = 20;

/** Kills replicas from now on and, as the phase says, takes a store away from time to time. */
export function disturb(ports: DisturbancePorts): Disturbances {
  const { phase, seed } = ports;
  const over = new AbortController();
  const done: Disturbed = { kills: 0, postgresStops: 0, redisStops: 0 };
  const chance = (what: string) => createRandom(`${seed}:${phase}:${what}`);
  const all = Promise.all([
    killing(ports, chance('kills'), over.signal, () => (done.kills += 1)),
    phase === 'postgres' &&
      restarting(ports, ports.postgres, chance('stops'), over.signal, () => {
        done.postgresStops += 1;
      }),
    phase === 'redis' &&
      ports.redis &&
      restarting(ports, ports.redis, chance('stops'), over.signal, () => {
        done.redisStops += 1;
      }),
  ]);
  // It is told by the end; until then nobody listens.
  all.catch(() => undefined);
  return {
    done,
    async end() {
      over.abort();
      await all;
    },
  };
}

/**
 * SIGKILL at each interval, to one of those that serve: one that is only starting has nothing to lose. A
 * machine that is too slow to have the next process ready puts the kill off until it is.
 */
async function killing(
  { replicas, killEveryMs }: DisturbancePorts,
  random: Random,
  over: AbortSignal,
  count: () => void,
): Promise<void> {
  const pending: Promise<void>[] = [];
  while (await pause(killEveryMs, over)) {
    let expendable = replicas.filter((replica) => replica.expendable);
    while (expendable.length === 0 && (await pause(LOOK_AGAIN_MS, over))) {
      expendable = replicas.filter((replica) => replica.expendable);
    }
    const [first, ...others] = expendable;
    if (!first) break;
    count();
    pending.push(random.pick([first, ...others]).kill());
  }
  await Promise.all(pending);
}

async function restarting(
  { progress, storeEveryMs: { least, most } = STORE_EVERY_MS }: DisturbancePorts,
  store: Restartable,
  random: Random,
  over: AbortSignal,
  count: () => void,
): Promise<void> {
  while (await pause(random.between(least, most), over)) {
    const enough = progress() + STORE_EVERY_TURNS;
    count();
    await store.stop(random.chance(0.5));
    await pause(random.between(STORE_AWAY_MS.least, STORE_AWAY_MS.most), over);
    await store.start();
    while (progress() < enough && (await pause(LOOK_AGAIN_MS, over)));
  }
}

/** False where it is over. */
async function pause(ms: number, over: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal: over }).catch(() => undefined);
  return !over.aborted;
}
