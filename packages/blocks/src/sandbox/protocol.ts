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
