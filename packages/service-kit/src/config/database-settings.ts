import type * as z from 'zod';
import { settings } from './parse-config.js';
import { durationMs, integer, oneOf, parseUrl, port, secretText, text } from './variables.js';

/** How the connection to PostgreSQL is encrypted and whether the server's name is checked. */
export type DatabaseSslMode = 'disable' | 'require' | 'verify-full';

/** Where the database is and how it is used; nothing in it is secret. */
export interface DatabaseSettings {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly ssl: DatabaseSslMode;
  /** Waiting times in milliseconds. */
  readonly pool: {
    readonly min: number;
    readonly max: number;
    readonly idleTimeoutMs: number;
    readonly acquireTimeoutMs: number;
  };
  readonly statementTimeoutMs: number;
}

const SSL_MODES = ['disable', 'require', 'verify-full'] as const;
const POSTGRES_PORT = 5432;

const connectionVariables = {
  DATABASE_URL: secretText('a URL like postgresql://user:password@host:5432/name').optional(),
  DATABASE_HOST: text('a host name, an address or a socket folder').optional(),
  DATABASE_PORT: port().default(POSTGRES_PORT),
  DATABASE_NAME: text('the name of a database').optional(),
  DATABASE_USER: text('the name of a role').optional(),
  DATABASE_PASSWORD: secretText('the password of that role').optional(),
  POSTGRES_PASSWORD: secretText('the password, where DATABASE_URL has none').optional(),
};

const usageVariables = {
  DATABASE_SSL: oneOf(SSL_MODES).optional(),
  DATABASE_POOL_MIN: integer({ min: 0, max: 1000 }).default(5),
  DATABASE_POOL_MAX: integer({ min: 1, max: 1000 }).default(20),
  DATABASE_IDLE_TIMEOUT: durationMs(0).default(30_000),
  DATABASE_ACQUIRE_TIMEOUT: durationMs().default(30_000),
  DATABASE_STATEMENT_TIMEOUT: durationMs(0).default(30_000),
};

type ConnectionValues = z.output<z.ZodObject<typeof connectionVariables>>;
type Refuse = (variable: keyof ConnectionValues, message: string) => void;

/**
 * The database's place, pool and encryption: `DATABASE_URL`, or `DATABASE_HOST`, `_PORT`, `_NAME`,
 * `_USER`; with `DATABASE_POOL_*`, `DATABASE_IDLE_TIMEOUT` and `DATABASE_SSL`. The URL's own
 * `sslmode` counts where `DATABASE_SSL` is unset.
 */
export function databaseSettings() {
  return settings({ ...connectionVariables, ...usageVariables }, (v, refuse): DatabaseSettings => {
    if (v.DATABASE_POOL_MIN > v.DATABASE_POOL_MAX) {
      refuse('DATABASE_POOL_MIN', `must not exceed DATABASE_POOL_MAX (${v.DATABASE_POOL_MAX})`);
    }
    const url = connectionUrl(v, refuse);
    return {
      host: url?.searchParams.get('host') ?? url?.hostname ?? '',
      port: Number(url?.port === '' ? POSTGRES_PORT : url?.port),
      name: decodeURIComponent(url?.pathname.slice(1) ?? ''),
      user: decodeURIComponent(url?.username ?? ''),
      ssl: v.DATABASE_SSL ?? sslModeOf(url),
      pool: {
        min: v.DATABASE_POOL_MIN,
        max: v.DATABASE_POOL_MAX,
        idleTimeoutMs: v.DATABASE_IDLE_TIMEOUT,
        acquireTimeoutMs: v.DATABASE_ACQUIRE_TIMEOUT,
      },
      statementTimeoutMs: v.DATABASE_STATEMENT_TIMEOUT,
    };
  });
}

/**
 * The URL to connect with, password included. A `DATABASE_URL` without a password takes
 * `POSTGRES_PASSWORD`. Its `sslmode` is left out: {@link DatabaseSettings.ssl} carries it.
 */
export function databaseUrl() {
  return settings(connectionVariables, (v, refuse): string => {
    const url = connectionUrl(v, refuse);
    url?.searchParams.delete('sslmode');
    return url?.href ?? '';
  });
}

function connectionUrl(v: ConnectionValues, refuse: Refuse): URL | undefined {
  return v.DATABASE_URL === undefined ? urlFromParts(v, refuse) : urlAsGiven(v, refuse);
}

function urlAsGiven(v: ConnectionValues, refuse: Refuse): URL | undefined {
  const url = parseUrl(v.DATABASE_URL ?? '');
  const isPostgres = url?.protocol === 'postgresql:' || url?.protocol === 'postgres:';
  if (url === undefined || !isPostgres || url.pathname.length < 2) {
    refuse('DATABASE_URL', 'must be a URL like postgresql://user:password@host:5432/name');
    return undefined;
  }
  if (url.password === '') url.password = encodeURIComponent(v.POSTGRES_PASSWORD ?? '');
  return url;
}

function urlFromParts(v: ConnectionValues, refuse: Refuse): URL | undefined {
  const { DATABASE_HOST: host, DATABASE_NAME: name, DATABASE_USER: user } = v;
  if (host === undefined && name === undefined && user === undefined) {
    refuse(
      'DATABASE_URL',
      'must be set, or else DATABASE_HOST, DATABASE_NAME and DATABASE_USER with DATABASE_PASSWORD',
    );
    return undefined;
  }
  for (const variable of ['DATABASE_HOST', 'DATABASE_NAME', 'DATABASE_USER'] as const) {
    if (v[variable] === undefined) refuse(variable, 'must be set where DATABASE_URL is not');
  }
  if (host === undefined || name === undefined || user === undefined) return undefined;
  const url = parseUrl(`postgresql://${isFolder(host) ? 'localhost' : bracketed(host)}`);
  if (url === undefined) {
    refuse('DATABASE_HOST', 'must be a host name, an address or a socket folder');
    return undefined;
  }
  if (isFolder(host)) url.searchParams.set('host', host);
  url.port = String(v.DATABASE_PORT);
  url.pathname = encodeURIComponent(name);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(v.DATABASE_PASSWORD ?? v.POSTGRES_PASSWORD ?? '');
  return url;
}

const isFolder = (host: string): boolean => host.startsWith('/');
/** A bare IPv6 address stands in brackets in a URL. */
const bracketed = (host: string): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;

function sslModeOf(url: URL | undefined): DatabaseSslMode {
  const given = url?.searchParams.get('sslmode');
  return SSL_MODES.find((mode) => mode === given) ?? 'disable';
}
