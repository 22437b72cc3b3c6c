import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { killed, type HeldProcesses } from './held-processes.js';

/** A replica of conversation-service in a process of its own, started again whenever it ends. */
export interface Replica {
  readonly origin: string;
  /** It listens, and the process that would take its place is ready: a kill now hits work. */
  readonly expendable: boolean;
  /** Ends that nobody asked for, in words. */
  readonly crashes: readonly string[];
  /** Resolves once it listens. @throws ReplicaNotServingError */
  serves(): Promise<void>;
  /** SIGKILL, and at once the next process. Resolves when that has begun. */
  kill(): Promise<void>;
  /** For good. */
  end(): Promise<void>;
}

/** A replica did not come up. */
class ReplicaNotServingError extends Error {
  constructor(origin: string) {
    super(`The replica at ${origin} did not come up; its log says why.`);
    this.name = 'ReplicaNotServingError';
  }
}

const SERVES_WITHIN_MS = 60_000;
const ASK_AGAIN_MS = 25;

/** Starts one on a port. */
export async function startReplica(port: number, processes: HeldProcesses): Promise<Replica> {
  const origin = `http://127.0.0.1:${port}`;
  const crashes: string[] = [];
  let child = await processes.begin(port);
  let serving = false;
  let ended = false;
  /** The one that is being killed. */
  let doomed: ChildProcess | null = null;

  const replace = async (): Promise<void> => {
    const next = await processes.begin(port);
    if (ended) await killed(next);
    child = next;
    watch();
  };
  const watch = (): void => {
    const watched = child;
    serving = false;
    void listens(origin, watched).then((does) => {
      if (watched === child && watched !== doomed) serving = does;
    });
    watched.once('exit', (code, signal) => {
      if (ended || watched === doomed) return;
      crashes.push(
        `${origin}, process ${watched.pid ?? 0}, ended by itself (${signal ?? `code ${code ?? '?'}`})`,
      );
      void replace();
    });
  };
  watch();

  return {
    origin,
    get expendable() {
      return serving && processes.held > 0;
    },
    crashes,
    async serves() {
      const givesUpAt = performance.now() + SERVES_WITHIN_MS;
      while (!serving) {
        if (performance.now() > givesUpAt) throw new ReplicaNotServingError(origin);
        await delay(ASK_AGAIN_MS);
      }
    },
    async kill() {
      serving = false;
      doomed = child;
      // Its port is free when it is gone.
      await killed(doomed);
      if (!ended) await replace();
    },
    async end() {
      ended = true;
      await killed(child);
    },
  };
}

/** False where it ended before. */
async function listens(origin: string, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(`${origin}/live`).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return true;
    await delay(ASK_AGAIN_MS);
  }
  return false;
}
