/** The database cannot be reached, or went away in mid-query. Passes by itself: try again. */
export class DatabaseUnavailableError extends Error {
  readonly code = 'database_unavailable';
  /** For a `Retry-After` header. */
  readonly retryAfterSeconds = 5;

  constructor(options?: ErrorOptions) {
    super('The database cannot be reached. Try again shortly.', options);
    this.name = 'DatabaseUnavailableError';
  }
}

/** What a busy database ran out of. */
export type DatabaseBusyReason = 'pool-exhausted' | 'too-many-connections' | 'statement-timeout';

const BUSY_MESSAGES: Readonly<Record<DatabaseBusyReason, string>> = {
  'pool-exhausted': 'Every connection of the pool was in use for longer than one may wait.',
  'too-many-connections': 'The database server takes no further connections.',
  'statement-timeout': 'A statement ran for longer than it may.',
};

/** The database works, but not fast enough for this request. Nothing of the request was written. */
export class DatabaseBusyError extends Error {
  readonly code = 'database_busy';
  readonly reason: DatabaseBusyReason;
  /** For a `Retry-After` header. */
  readonly retryAfterSeconds = 1;

  constructor(reason: DatabaseBusyReason, options?: ErrorOptions) {
    super(`${BUSY_MESSAGES[reason]} Try again shortly.`, options);
    this.name = 'DatabaseBusyError';
    this.reason = reason;
  }
}

/** The database lacks tables or columns that this program needs. */
export class DatabaseNotMigratedError extends Error {
  readonly code = 'database_not_migrated';
  /** For a `Retry-After` header. */
  readonly retryAfterSeconds = 10;

  constructor(options?: ErrorOptions) {
    super('The database is not migrated. Run `npm run db:migrate`.', options);
    this.name = 'DatabaseNotMigratedError';
  }
}
