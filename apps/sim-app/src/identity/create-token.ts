import { notFound, signAccessToken, unauthorized, type Principal } from '@sim/service-kit';
import type { Membership } from '@sim/postgres';
import type { SignedInPerson } from './sign-in.js';

/** What making a token needs. */
export interface TokenPorts {
  readonly secret: string;
  readonly expiresInSeconds: number;
  /** The membership of the named workspace, or of the one joined first. */
  membershipOf(userId: string, workspaceId?: string): Promise<Membership | null>;
  /** Makes the workspace of a person who has none. */
  createPersonalWorkspace(person: SignedInPerson): Promise<Membership>;
}

/** The answer of `POST /api/v1/auth/token`. */
export interface AccessTokenAnswer {
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly tokenType: 'Bearer';
  readonly workspaceId: string;
}

/**
 * An access token for a person who is signed in, for the workspace that they name or their first.
 * A person without any gets one: the making at the sign-up may have been cut off.
 */
export async function createTokenForPerson(
  ports: TokenPorts,
  person: SignedInPerson,
  workspaceId: string | undefined,
): Promise<AccessTokenAnswer> {
  const found = await ports.membershipOf(person.userId, workspaceId);
  if (found === null && workspaceId !== undefined) throw noSuchWorkspace();
  const { workspaceId: id, role } = found ?? (await ports.createPersonalWorkspace(person));
  return sign(ports, { userId: person.userId, name: person.name, workspaceId: id, role });
}

/** An access token for an API key: for the key's workspace and with its role. */
export async function createTokenForKey(
  ports: TokenPorts,
  owner: Principal,
  workspaceId: string | undefined,
): Promise<AccessTokenAnswer> {
  if (workspaceId !== undefined && workspaceId !== owner.workspaceId) throw noSuchWorkspace();
  return sign(ports, owner);
}

/** Nobody is signed in. */
export const notSignedIn = () =>
  unauthorized(
    'session_missing',
    'Sign in at POST /api/v1/auth/sign-in/email and send its token as Authorization: Bearer, or send X-API-Key.',
  );

const noSuchWorkspace = () =>
  notFound('workspace_not_found', 'You are not a member of a workspace with this id.');

async function sign(ports: TokenPorts, principal: Principal): Promise<AccessTokenAnswer> {
  const { secret, expiresInSeconds } = ports;
  return {
    accessToken: await signAccessToken(principal, { secret, expiresInSeconds }),
    expiresIn: expiresInSeconds,
    tokenType: 'Bearer',
    workspaceId: principal.workspaceId,
  };
}
