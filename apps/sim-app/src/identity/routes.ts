import { ROUTES } from '@sim/contracts';
import { ProblemError, type Principal } from '@sim/service-kit';
import type { Request } from 'express';
import type { Audit } from '../audit/audit.js';
import { endpoint, type Answer, type EndpointHost } from '../http/endpoint.js';
import {
  createTokenForKey,
  createTokenForPerson,
  notSignedIn,
  type TokenPorts,
} from './create-token.js';
import { toHeaders, type SignedInPerson, type SignIn } from './sign-in.js';
import { signInProblem } from './sign-in-problems.js';

/** What the identity's endpoints need. */
export interface IdentityPorts {
  readonly signIn: SignIn;
  readonly tokens: TokenPorts;
  readonly audit: Audit;
  readonly resolveApiKey: (key: string, req: Request) => Promise<Principal | null>;
}

/** Sign-up, sign-in and sign-out by the identity library, and access tokens by us. */
export function identityRoutes(host: EndpointHost, ports: IdentityPorts): void {
  const { audit, tokens } = ports;

  endpoint(host, ROUTES.signUp, async ({ req, body }) => {
    const answer = await forward(ports.signIn, req, '/sign-up/email', body);
    const person = personIn(answer);
    if (person !== null) {
      await tokens.createPersonalWorkspace(person);
      await audit.record(req, 'auth.sign-up', { type: 'user', id: person.userId });
    }
    return answer;
  });

  endpoint(host, ROUTES.signIn, async ({ req, body }) => {
    try {
      const answer = await forward(ports.signIn, req, '/sign-in/email', body);
      const person = personIn(answer);
      if (person !== null) {
        await audit.record(req, 'auth.sign-in', { type: 'user', id: person.userId });
      }
      return answer;
    } catch (error) {
      const isRefusal = error instanceof ProblemError && error.code === 'credentials_invalid';
      if (isRefusal) await audit.record(req, 'auth.sign-in-failed', null);
      throw error;
    }
  });

  endpoint(host, ROUTES.signOut, async ({ req }) => {
    const person = await ports.signIn.personOf(toHeaders(req.headers));
    const answer = await forward(ports.signIn, req, '/sign-out', {});
    if (person !== null) {
      await audit.record(req, 'auth.sign-out', { type: 'user', id: person.userId });
    }
    return answer;
  });

  endpoint(host, ROUTES.getSession, ({ req }) => forward(ports.signIn, req, '/get-session'));

  endpoint(host, ROUTES.createToken, async ({ req, body }) => {
    const key = req.get('x-api-key');
    if (key !== undefined && req.get('authorization') === undefined) {
      const owner = await ports.resolveApiKey(key, req);
      if (owner === null) throw unknownKey();
      return { status: 200, body: await createTokenForKey(tokens, owner, body.workspaceId) };
    }
    const person = await ports.signIn.personOf(toHeaders(req.headers));
    if (person === null) throw notSignedIn();
    return { status: 200, body: await createTokenForPerson(tokens, person, body.workspaceId) };
  });
}

const unknownKey = () =>
  new ProblemError(
    401,
    'api_key_invalid',
    'The API key is not known, has expired or was revoked.',
    {
      headers: { 'WWW-Authenticate': 'Bearer realm="sim", error="invalid_token"' },
    },
  );

/** Hands a request to the identity library; what it refuses is a problem as everywhere. */
async function forward(
  signIn: SignIn,
  req: Request,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const headers = toHeaders(req.headers);
  const response = await signIn.handle({
    method: req.method,
    path,
    headers,
    address: req.ip,
    body,
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw signInProblem({ ...(answer as object | null), status: response.status });
  const cookies = response.headers.getSetCookie();
  return {
    status: response.status,
    body: answer,
    ...(cookies.length > 0 && { headers: { 'Set-Cookie': cookies } }),
  };
}

function personIn({ body }: Answer): SignedInPerson | null {
  const { user } = (body ?? {}) as { user?: { id: string; name: string; email: string } };
  return user === undefined ? null : { userId: user.id, name: user.name, email: user.email };
}
