import type { JsonObject } from '@sim/domain';
import { SandboxPool } from './pool.js';
import type { SandboxReply } from './protocol.js';
import type { SandboxFetcher } from './thread.js';

export { SandboxBusyError, SandboxClosedError } from './pool.js';
export type { SandboxAnswer, SandboxCall, SandboxFailure, SandboxReply } from './protocol.js';
export type { SandboxFetcher } from './thread.js';

/** Limits of the sandbox; every one has a default. */
export interface SandboxOptions {
  /** Threads for function blocks, 1 (default) or 2. */
  readonly functionThreads?: number;
  /** Time of one function block; 5,000 ms by default. */
  readonly functionTimeoutMs?: number;
  /** Time of all the expressions of one condition; 2,000 ms by default, for a machine with much to do. */
  readonly conditionTimeoutMs?: number;
  /** Memory of the code; 64 MiB by default. */
  readonly memoryBytes?: number;
  /** Size of the values that go in, and of the result, as JSON; 1 MiB of characters by default. */
  readonly maxValueLength?: number;
}

/** What makes the requests of a run. */
export interface Fetching {
  readonly fetcher: SandboxFetcher;
  readonly maxRequests: number;
}

/** The values handed to code are larger than the sandbox takes. */
export class InputTooLargeError extends Error {
  readonly length: number;
  readonly limit: number;
  constructor(length: number, limit: number) {
    super(`The values for the code are ${length} characters of JSON; the limit is ${limit}.`);
    this.name = 'InputTooLargeError';
    this.length = length;
    this.limit = limit;
  }
}

const MAX_STDOUT = 64 * 1024;
const MAX_WAITING = 500;
/** What can be a variable; other bindings cannot be named by code and are left out. */
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/**
 * Runs JavaScript of workflow authors: QuickJS in WebAssembly, one runtime per run, no host objects,
 * values in and out as JSON.
 *
 * All of it runs in worker threads, conditions too, though these take a millisecond. QuickJS asks for
 * its deadline between instructions, but not within every built-in: `join` of an array of length 2³²
 * was measured at 255 s without a single check. Inline that would stop the whole service; a thread can
 * be ended. The round trip costs about 0.1 ms. Conditions have a thread of their own, so that they do
 * not wait behind functions that take their five seconds.
 */
export class Sandbox {
  readonly #functions: SandboxPool;
  readonly #conditions: SandboxPool;
  readonly #functionTimeoutMs: number;
  readonly #conditionTimeoutMs: number;
  readonly #maxValueLength: number;

  constructor(options: SandboxOptions = {}) {
    const memoryBytes = options.memoryBytes ?? 64 * 1024 * 1024;
    const threads = Math.min(Math.max(options.functionThreads ?? 1, 1), 2);
    this.#functions = new SandboxPool({ threads, memoryBytes, maxWaiting: MAX_WAITING });
    this.#conditions = new SandboxPool({ threads: 1, memoryBytes, maxWaiting: MAX_WAITING });
    this.#functionTimeoutMs = options.functionTimeoutMs ?? 5000;
    this.#conditionTimeoutMs = options.conditionTimeoutMs ?? 2_000;
    this.#maxValueLength = options.maxValueLength ?? 1024 * 1024;
  }

  /**
   * Runs a function body, `await` and `return` allowed at its top.
   * @param fetching who makes the requests of its `fetch`; without it, it has none
   * @throws InputTooLargeError, SandboxBusyError, SandboxClosedError, or the signal's reason
   */
  async runFunction(
    code: string,
    bindings: JsonObject,
    signal: AbortSignal,
    fetching: Fetching | null = null,
  ): Promise<SandboxReply> {
    const request = {
      kind: 'function',
      code,
      ...this.#input(bindings),
      timeoutMs: this.#functionTimeoutMs,
      maxRequests: fetching?.maxRequests ?? 0,
    } as const;
    return this.#functions.run(request, signal, fetching?.fetcher ?? null);
  }

  /**
   * Tests expressions in order until one is true; blank ones are false.
   * @throws as {@link runFunction}
   */
  async firstTrue(
    expressions: readonly string[],
    bindings: JsonObject,
    signal: AbortSignal,
  ): Promise<SandboxReply> {
    const request = { kind: 'conditions', expressions, ...this.#input(bindings) } as const;
    return this.#conditions.run({ ...request, timeoutMs: this.#conditionTimeoutMs }, signal);
  }

  /** Ends the threads. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([this.#functions.close(), this.#conditions.close()]);
  }

  #input(bindings: JsonObject): {
    names: string[];
    values: string;
    maxStdout: number;
    maxResult: number;
  } {
    const names = Object.keys(bindings).filter((name) => IDENTIFIER.test(name));
    const values = JSON.stringify(names.map((name) => bindings[name]));
    if (values.length > this.#maxValueLength) {
      throw new InputTooLargeError(values.length, this.#maxValueLength);
    }
    return { names, values, maxStdout: MAX_STDOUT, maxResult: this.#maxValueLength };
  }
}
