import { DatabaseBusyError, DatabaseNotMigratedError, DatabaseUnavailableError } from './errors.js';
import { withoutStatementValues } from './statement-values.js';

/** Codes of Node's sockets and name look-ups. */
const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // A Unix socket whose server is not there.
  'ENOENT',
]);

/** SQLSTATEs beside class 08 that mean that the server is going, coming or not taking writes. */
const GONE_STATES: ReadonlySet<string> = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25006', // read_only_sql_transaction: a standby after a failover
  '3D000', // the database does not exist (yet)
]);

/** undefined_table, invalid_schema_name, undefined_column, undefined_function. */
const MISSING_STATES: ReadonlySet<string> = new Set(['42P01', '3F000', '42703', '42883']);

/** Words of the driver for failures that it gives no code. */
const DRIVER_GONE = /^(Connection terminated|timeout expired|Client has encountered a connection)/;
const DRIVER_POOL_FULL = 'timeout exceeded when trying to connect';

/**
 * The typed error that stands for a failure of the driver, its causes looked through: unreachable, busy
 * or not migrated. Anything else is returned as it is, rid of a statement's values.
 */
export function toDatabaseError(error: unknown): unknown {
  const bare = withoutStatementValues(error);
  for (const link of causes(bare)) {
    const typed = typedError(link, bare);
    if (typed !== null) return typed;
  }
  return bare;
}

/** The `code` of an error or of one of its causes: SQLSTATE or a system code; null where none has one. */
export function failureCode(error: unknown): string | null {
  for (const link of causes(error)) if (typeof link.code === 'string') return link.code;
  return null;
}

/** The constraint that a statement violated, where the error says so. */
export function violatedConstraint(error: unknown): string | null {
  for (const link of causes(error)) if (typeof link.constraint === 'string') return link.constraint;
  return null;
}

type Failure = Error & { readonly code?: unknown; readonly constraint?: unknown };

const LONGEST_CHAIN = 8;

function causes(error: unknown): Failure[] {
  const chain: Failure[] = [];
  let link = error;
  while (link instanceof Error && chain.length < LONGEST_CHAIN) {
    chain.push(link);
    // One socket error for each address of a host: they fail alike.
    link = link instanceof AggregateError ? (link.errors[0] as unknown) : link.cause;
  }
  return chain;
}

function typedError(link: Failure, cause: unknown): Error | null {
  if (
    link instanceof DatabaseUnavailableError ||
    link instanceof DatabaseBusyError ||
    link instanceof DatabaseNotMigratedError
  ) {
    return link;
  }
  if (link.message === DRIVER_POOL_FULL) return new DatabaseBusyError('pool-exhausted', { cause });
  if (DRIVER_GONE.test(link.message)) return new DatabaseUnavailableError({ cause });
  return typeof link.code === 'string' ? errorOfCode(link.code, cause) : null;
}

function errorOfCode(code: string, cause: unknown): Error | null {
  if (SOCKET_CODES.has(code) || GONE_STATES.has(code) || code.startsWith('08')) {
    return new DatabaseUnavailableError({ cause });
  }
  if (MISSING_STATES.has(code)) return new DatabaseNotMigratedError({ cause });
  if (code === '53300') return new DatabaseBusyError('too-many-connections', { cause });
  if (code === '57014') return new DatabaseBusyError('statement-timeout', { cause });
  return null;
}
