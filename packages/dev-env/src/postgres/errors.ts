/** What went wrong with the embedded PostgreSQL. */
export type EmbeddedPostgresProblem =
  /** No binaries for this operating system and processor, or they were not installed. */
  | 'no-binaries'
  /** Root starts it, and no other user can reach the binaries or the data. */
  | 'unreachable-as-user'
  /** A cluster could not be made. */
  | 'init-failed'
  /** The data were written by another major version. */
  | 'wrong-version'
  /** The server ended while starting, or was not ready in time. */
  | 'start-failed'
  /** An earlier server on the same data does not end. */
  | 'already-running';

/** The embedded PostgreSQL cannot be started; the message says what to do. */
export class EmbeddedPostgresError extends Error {
  readonly problem: EmbeddedPostgresProblem;
  /** Where the server writes its log; null where there is none yet. */
  readonly logFile: string | null;

  constructor(
    problem: EmbeddedPostgresProblem,
    message: string,
    options: { readonly logFile?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EmbeddedPostgresError';
    this.problem = problem;
    this.logFile = options.logFile ?? null;
  }
}
