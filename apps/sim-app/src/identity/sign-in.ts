import { hkdfSync } from 'node:crypto';
import { identitySchema, type Database } from '@sim/postgres';
import { newId } from '@sim/service-kit';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { betterAuth } from 'better-auth/minimal';
import { bearer } from 'better-auth/plugins/bearer';

/** Where the library is mounted. */
const AUTH_BASE_PATH = '/api/v1/auth';

/** The library wants a URL of its own; nothing depends on its host, origins are checked before it. */
const INTERNAL_ORIGIN = 'http://sim-app.internal';
/** Carries the client's address to the library; whatever a client sends under it is replaced. */
const ADDRESS_HEADER = 'x-sim-client-address';

/** Who is signed in. */
export interface SignedInPerson {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
}

/** A request as the library needs it. */
export interface SignInRequest {
  readonly method: string;
  /** Below {@link AUTH_BASE_PATH}, such as `/sign-in/email`. */
  readonly path: string;
  readonly headers: Headers;
  readonly address: string | undefined;
  readonly body?: unknown;
}

/** Accounts and sign-in sessions, as better-auth keeps them. */
export interface SignIn {
  /** The library's answer; its failures are thrown. */
  handle(request: SignInRequest): Promise<Response>;
  /** Who the cookie or the bearer token of a request belongs to. */
  personOf(headers: Headers): Promise<SignedInPerson | null>;
}

/** Options of {@link createSignIn}. */
export interface SignInOptions {
  readonly database: Database;
  /** `JWT_SECRET`; the library's own key is derived from it. */
  readonly secret: string;
  readonly sessionSeconds: number;
  readonly secureCookies: boolean;
}

const ID_PREFIXES: Readonly<Record<string, string>> = {
  user: 'usr',
  session: 'sig',
  account: 'acc',
  verification: 'ver',
};

/** Sets better-auth up on our tables: e-mail and password, sessions by cookie or bearer token. */
export function createSignIn(options: SignInOptions): SignIn {
  const auth = betterAuth({
    appName: 'Sim Journeys',
    baseURL: INTERNAL_ORIGIN,
    basePath: AUTH_BASE_PATH,
    secret: derivedKey(options.secret),
    database: drizzleAdapter(options.database.db, {
      provider: 'pg',
      schema: identitySchema,
      transaction: true,
    }),
    emailAndPassword: { enabled: true, autoSignIn: true },
    session: { expiresIn: options.sessionSeconds },
    plugins: [bearer()],
    // The service's own limits and origin checks stand in front of it, shared by replicas.
    rateLimit: { enabled: false },
    trustedOrigins: (request) => vettedOrigin(request),
    telemetry: { enabled: false },
    logger: { disabled: true },
    onAPIError: { throw: true },
    advanced: {
      cookiePrefix: 'sim',
      useSecureCookies: options.secureCookies,
      // Said outright: the library would switch them off where NODE_ENV is "test".
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: ({ model }) => newId(ID_PREFIXES[model] ?? 'row') },
    },
  });
  return {
    handle: (request) => auth.handler(toWebRequest(request)),
    personOf: async (headers) => {
      const found = await auth.api.getSession({ headers });
      if (found === null) return null;
      const { id, name, email } = found.user;
      return { userId: id, name, email };
    },
  };
}

/** Sign-in sessions must not be forgeable by who can sign access tokens, nor the other way round. */
function derivedKey(secret: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'sim-app sign-in sessions', 32)).toString(
    'hex',
  );
}

/** The origin of a request that came this far is trusted: `cors` refuses the others before. */
function vettedOrigin(request: Request | undefined): string[] {
  const origin = request?.headers.get('origin');
  return origin ? [origin] : [];
}

function toWebRequest({ method, path, headers, address, body }: SignInRequest): Request {
  const own = new Headers(headers);
  own.delete(ADDRESS_HEADER);
  if (address !== undefined) own.set(ADDRESS_HEADER, address);
  if (isServer(own)) own.delete('sec-fetch-mode');
  own.delete('content-length');
  own.delete('transfer-encoding');
  if (body !== undefined) own.set('content-type', 'application/json');
  return new Request(`${INTERNAL_ORIGIN}${AUTH_BASE_PATH}${path}`, {
    method,
    headers: own,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/**
 * Node's fetch sends Sec-Fetch-Mode, by which the library takes it for a browser without an Origin. A
 * browser's POST has both Origin and Sec-Fetch-Site.
 */
function isServer(headers: Headers): boolean {
  return ['origin', 'sec-fetch-site', 'cookie'].every((name) => !headers.has(name));
}

/** Express's headers as the library takes them. */
export function toHeaders(raw: NodeJS.Dict<string | string[]>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}
