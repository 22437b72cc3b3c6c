import type { ConnectionOptions, SslMode } from '../connection/options.js';

/** The environment does not say where the database is. */
export class EnvironmentError extends Error {
  readonly variable: string;

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.name = 'EnvironmentError';
    this.variable = variable;
  }
}

const SSL_MODES: readonly SslMode[] = ['disable', 'require', 'verify-full'];

/**
 * The database that `DATABASE_URL` names, with `POSTGRES_PASSWORD` where it has no password; or else
 * `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME`, `DATABASE_USER` and `DATABASE_PASSWORD`. An empty
 * variable counts as unset.
 * @throws EnvironmentError
 */
export function connectionFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): ConnectionOptions {
  const read = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  const given = read('DATABASE_URL');
  const url = given === undefined ? urlFromParts(read) : parseUrl(given);
  if (url.password === '') {
    const password = given === undefined ? read('DATABASE_PASSWORD') : undefined;
    url.password = encodeURIComponent(password ?? read('POSTGRES_PASSWORD') ?? '');
  }
  const ssl = sslMode(read('DATABASE_SSL'), url);
  return { url: url.href, ssl, applicationName: 'sim-migrate' };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPostgres = url?.protocol === 'postgresql:' || url?.protocol === 'postgres:';
  if (url !== null && isPostgres && url.pathname.length > 1) return url;
  throw new EnvironmentError(
    'DATABASE_URL',
    'must be a URL like postgresql://user:password@host:5432/name.',
  );
}

function urlFromParts(read: (name: string) => string | undefined): URL {
  const required = (name: string) => {
    const value = read(name);
    if (value !== undefined) return value;
    throw new EnvironmentError(
      name,
      'is not set. Set DATABASE_URL, or DATABASE_HOST, DATABASE_NAME, DATABASE_USER and DATABASE_PASSWORD.',
    );
  };
  const host = required('DATABASE_HOST');
  const name = encodeURIComponent(required('DATABASE_NAME'));
  const user = encodeURIComponent(required('DATABASE_USER'));
  const port = read('DATABASE_PORT') ?? '5432';
  // A folder with the server's Unix socket is no host of a URL; the driver takes it as a parameter.
  const isFolder = host.startsWith('/');
  const authority = isFolder ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const text = `postgresql://${user}@${authority}:${port}/${name}`;
  if (!URL.canParse(text)) {
    throw new EnvironmentError(
      'DATABASE_HOST',
      `and DATABASE_PORT make no address: ${host}:${port}.`,
    );
  }
  const url = new URL(text);
  if (isFolder) url.searchParams.set('host', host);
  return url;
}

function sslMode(given: string | undefined, url: URL): SslMode {
  const text = given ?? url.searchParams.get('sslmode') ?? 'disable';
  const mode = SSL_MODES.find((known) => known === text);
  if (mode !== undefined) return mode;
  // Names that libpq has beside ours: those that check a certificate, and those that may encrypt.
  if (text === 'verify-ca') return 'verify-full';
  if (given === undefined && (text === 'prefer' || text === 'allow')) return 'disable';
  throw new EnvironmentError(
    'DATABASE_SSL',
    `must be one of ${SSL_MODES.join(', ')}; it is ${text}.`,
  );
}
