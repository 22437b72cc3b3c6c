import type { SandboxReply, SandboxRequest } from './protocol.js';
import { SandboxThread, type SandboxFetcher } from './thread.js';

/** More requests wait than are worth queueing. */
export class SandboxBusyError extends Error {
  readonly waiting: number;
  constructor(waiting: number) {
    super(`The sandbox is busy: ${waiting} runs are waiting already.`);
    this.name = 'SandboxBusyError';
    this.waiting = waiting;
  }
}

/** The sandbox was closed, or closes while the request runs. */
export class SandboxClosedError extends Error {
  constructor() {
    super('The sandbox is closed.');
    this.name = 'SandboxClosedError';
  }
}

export interface PoolOptions {
  /** Threads at most; each is started when it is first needed. */
  readonly threads: number;
  readonly memoryBytes: number;
  /** Requests that may wait for a thread. */
  readonly maxWaiting: number;
}

/** Shares a bounded number of sandbox threads, first come, first served. */
export class SandboxPool {
  readonly #options: PoolOptions;
  readonly #idle: SandboxThread[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #closing = new AbortController();
  #taken = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * @throws SandboxBusyError, SandboxClosedError, or the signal's reason
   */
  async run(
    request: SandboxRequest,
    signal: AbortSignal,
    fetcher: SandboxFetcher | null = null,
  ): Promise<SandboxReply> {
    const until = AbortSignal.any([signal, this.#closing.signal]);
    await this.#take(until);
    try {
      const thread = this.#idle.pop() ?? (await SandboxThread.start(this.#options.memoryBytes));
      try {
        until.throwIfAborted();
        return await thread.evaluate(request, until, fetcher);
      } finally {
        if (thread.usable && !this.#closing.signal.aborted) this.#idle.push(thread);
        else await thread.terminate();
      }
    } finally {
      this.#release();
    }
  }

  /** Ends every thread; what runs or waits is refused with {@link SandboxClosedError}. */
  async close(): Promise<void> {
    this.#closing.abort(new SandboxClosedError());
    await Promise.all(this.#idle.splice(0).map((thread) => thread.terminate()));
  }

  async #take(until: AbortSignal): Promise<void> {
    until.throwIfAborted();
    if (this.#taken < this.#options.threads) {
      this.#taken += 1;
      return;
    }
    if (this.#waiting.length >= this.#options.maxWaiting) {
      throw new SandboxBusyError(this.#waiting.length);
    }
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        until.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(until.reason as Error);
      };
      until.addEventListener('abort', leave, { once: true });
      this.#waiting.push(turn);
    });
  }

  /** Hands the place on to the next in the queue. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken -= 1;
  }
}
