import type pg from 'pg';

/**
 * How a connection is encrypted: not at all, encrypted with whatever certificate the server shows, or
 * encrypted with the certificate and the host's name checked.
 */
export type SslMode = 'disable' | 'require' | 'verify-full';

/** Where the database is. */
export interface ConnectionOptions {
  /** `postgresql://user:password@host:5432/name`. */
  readonly url: string;
  /** `disable` where left out. */
  readonly ssl?: SslMode;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
}

/** Where the database is and how it is used. Times are in milliseconds. */
export interface DatabaseOptions extends ConnectionOptions {
  readonly pool?: {
    /** Idle connections that are kept open. */
    readonly min?: number;
    readonly max?: number;
    readonly idleTimeoutMs?: number;
    /** How long a request waits for a connection before it is told that the database is busy. */
    readonly acquireTimeoutMs?: number;
  };
  /** 0 lets statements run for ever. */
  readonly statementTimeoutMs?: number;
  /**
   * `transaction` behind PgBouncer in that mode: nothing is then kept on a server connection between
   * transactions, neither prepared statements nor settings. `none` where left out.
   */
  readonly pooler?: 'none' | 'transaction';
}

const POOL_DEFAULTS = { min: 0, max: 20, idleTimeoutMs: 30_000, acquireTimeoutMs: 30_000 };
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** The driver's settings for one connection. */
export function clientConfig(options: ConnectionOptions): pg.ClientConfig {
  return {
    ...addressOf(options),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
}

/** The driver's settings for a pool. */
export function poolConfig(options: DatabaseOptions): pg.PoolConfig {
  const pool = { ...POOL_DEFAULTS, ...options.pool };
  const limit = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  return {
    ...addressOf(options),
    min: pool.min,
    max: pool.max,
    idleTimeoutMillis: pool.idleTimeoutMs,
    connectionTimeoutMillis: pool.acquireTimeoutMs,
    // PgBouncer refuses settings in the start-up packet, so there the client gives up by itself.
    ...(options.pooler === 'transaction' ? { query_timeout: limit } : { statement_timeout: limit }),
  };
}

function addressOf(options: ConnectionOptions): pg.ClientConfig {
  return {
    connectionString: withoutSslMode(options.url),
    ssl: sslOf(options.ssl ?? 'disable'),
    keepAlive: true,
    application_name: options.applicationName ?? 'sim',
  };
}

/** The driver lets a URL's `sslmode` overrule the settings beside it. */
function withoutSslMode(text: string): string {
  const url = new URL(text);
  url.searchParams.delete('sslmode');
  return url.href;
}

function sslOf(mode: SslMode): pg.ClientConfig['ssl'] {
  if (mode === 'disable') return false;
  return { rejectUnauthorized: mode === 'verify-full' };
}
