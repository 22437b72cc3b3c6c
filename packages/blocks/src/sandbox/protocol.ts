/** What a worker is asked: one run in a sandbox of its own. */
export type SandboxRequest = RequestBase &
  (
    | { readonly kind: 'function'; readonly code: string }
    /** Tested in order until one is true. */
    | { readonly kind: 'conditions'; readonly expressions: readonly string[] }
  );

interface RequestBase {
  /** Variables of the code (identifiers), and their values as a JSON array in the same order. */
  readonly names: readonly string[];
  readonly values: string;
  readonly timeoutMs: number;
  /** In characters. */
  readonly maxStdout: number;
  readonly maxResult: number;
  /** HTTP requests that the code may make; none where it is 0 or absent. */
  readonly maxRequests?: number;
  /** Told by the thread: replies to requests of an earlier run are not for this one. */
  readonly run?: number;
}

/** An HTTP request that code asks for; nothing of it is checked yet. */
export interface SandboxCall {
  readonly id: number;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What came of a request. */
export type SandboxAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly url: string;
      readonly text: string;
    }
  | { readonly ok: false; readonly message: string };

/** From the worker: requests that are to be made now. */
export interface SandboxCalls {
  readonly calls: readonly SandboxCall[];
}

/** To the worker: the answer to one of them. */
export interface SandboxAnswered {
  readonly kind: 'answered';
  readonly run: number;
  readonly id: number;
  readonly answer: SandboxAnswer;
}

/** What came of it. */
export type SandboxReply = SandboxSuccess | SandboxFailure;

export interface SandboxSuccess {
  readonly ok: true;
  /** With `function`: the result as JSON. */
  readonly json?: string;
  readonly stdout?: string;
  /** With `conditions`: the first that is true. */
  readonly index?: number | null;
  readonly truth?: boolean;
  /** The worker should not be used again. */
  readonly broken?: boolean;
}

export interface SandboxFailure {
  readonly ok: false;
  readonly reason: 'threw' | 'timeout' | 'memory' | 'result' | 'unsettled';
  readonly name: string;
  readonly message: string;
  /** In the author's code, from 1. */
  readonly line: number | null;
  readonly stdout: string;
  /** With `conditions`: the one that failed. */
  readonly index?: number;
  readonly broken?: boolean;
}
