import { Worker } from 'node:worker_threads';
import type {
  SandboxAnswer,
  SandboxAnswered,
  SandboxCall,
  SandboxCalls,
  SandboxFailure,
  SandboxReply,
  SandboxRequest,
} from './protocol.js';

/** Makes a request that code asks for, and never rejects for what the request is or meets. */
export type SandboxFetcher = (call: SandboxCall, signal: AbortSignal) => Promise<SandboxAnswer>;

/** How long the code's own deadline may be overrun before the thread is ended. */
const GRACE_MS = 250;
const START_MS = 15_000;
/** Room for the WebAssembly calls of deeply nested code. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 128, stackSizeMb: 4 };

/** A worker thread that evaluates one request at a time. */
export class SandboxThread {
  readonly #worker: Worker;
  #usable = true;
  #run = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Resolves once QuickJS is loaded in it; rejects where the thread cannot start. */
  static async start(memoryBytes: number): Promise<SandboxThread> {
    // The worker is plain JavaScript, so that the same file runs from the sources and when built.
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      workerData: { memoryBytes },
      resourceLimits: RESOURCE_LIMITS,
      // Nothing of this process is for the code to see, should it ever leave its sandbox.
      env: {},
      argv: [],
      execArgv: [],
    });
    const thread = new SandboxThread(worker);
    const started = await thread.#next(START_MS);
    if (started !== 'ready') {
      await thread.terminate();
      throw new Error('The sandbox thread did not start.', { cause: started });
    }
    worker.unref();
    return thread;
  }

  /** False once it was ended or its memory is worn; it takes no further request then. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Never rejects but for the signal, whose reason it then throws; the thread is ended with it. */
  async evaluate(
    request: SandboxRequest,
    signal: AbortSignal,
    fetcher: SandboxFetcher | null = null,
  ): Promise<SandboxReply> {
    const run = (this.#run += 1);
    const end = performance.now() + request.timeoutMs + GRACE_MS;
    const over = new AbortController();
    this.#worker.ref();
    this.#worker.postMessage({ ...request, run });
    try {
      for (;;) {
        const message = await this.#next(Math.max(0, end - performance.now()), signal);
        if (isReply(message)) {
          this.#worker.unref();
          if (message.broken === true) await this.terminate();
          return message;
        }
        if (!isCalls(message) || !fetcher) return await this.#giveUp(message, request, signal);
        for (const call of message.calls) this.#fetch(fetcher, run, call, over.signal);
      }
    } finally {
      // Nobody waits for answers any more.
      over.abort();
    }
  }

  #fetch(fetcher: SandboxFetcher, run: number, call: SandboxCall, signal: AbortSignal): void {
    const give = (answer: SandboxAnswer): void => {
      if (signal.aborted || !this.#usable) return;
      const answered: SandboxAnswered = { kind: 'answered', run, id: call.id, answer };
      this.#worker.postMessage(answered);
    };
    fetcher(call, signal).then(give, () => {
      give({ ok: false, message: 'The request could not be made.' });
    });
  }

  async #giveUp(why: unknown, { timeoutMs }: SandboxRequest, signal: AbortSignal) {
    await this.terminate();
    signal.throwIfAborted();
    return why === 'overrun'
      ? ended('timeout', 'TimeoutError', `It took longer than ${timeoutMs} ms.`)
      : ended('memory', 'InternalError', 'The sandbox gave way: out of memory.');
  }

  async terminate(): Promise<void> {
    this.#usable = false;
    await this.#worker.terminate();
  }

  /** The next message, or what came in its stead: the end of the time, of the thread or an abort. */
  #next(withinMs: number, signal?: AbortSignal): Promise<unknown> {
    const worker = this.#worker;
    return new Promise((resolve) => {
      const settle = (outcome: unknown): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        worker.removeAllListeners('message').removeAllListeners('exit');
        resolve(outcome);
      };
      const onAbort = (): void => settle('aborted');
      const timer = setTimeout(settle, withinMs, 'overrun');
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.once('message', settle).once('exit', () => settle('exited'));
      worker.removeAllListeners('error').on('error', (error) => settle(error));
    });
  }
}

function isReply(value: unknown): value is SandboxReply {
  return typeof value === 'object' && value !== null && 'ok' in value;
}

function isCalls(value: unknown): value is SandboxCalls {
  return typeof value === 'object' && value !== null && 'calls' in value;
}

function ended(reason: SandboxFailure['reason'], name: string, message: string): SandboxFailure {
  return { ok: false, reason, name, message, line: null, stdout: '' };
}
