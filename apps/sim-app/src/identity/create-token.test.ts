import type { Membership } from '@sim/postgres';
import { ProblemError, verifyAccessToken } from '@sim/service-kit';
import { describe, expect, it } from 'vitest';
import {
  createTokenForKey,
  createTokenForPerson,
  notSignedIn,
  type TokenPorts,
} from './create-token.js';

const secret = 's'.repeat(32);
const ada = { userId: 'usr_1', name: 'Ada', email: 'ada@example.com' };

const membership = (workspaceId: string, role: Membership['role']): Membership => ({
  workspaceId,
  workspaceName: workspaceId,
  slug: workspaceId,
  role,
  since: new Date(0),
});

function ports(memberships: readonly Membership[]): TokenPorts & { readonly made: string[] } {
  const made: string[] = [];
  return {
    made,
    secret,
    expiresInSeconds: 60,
    membershipOf: (_userId, workspaceId) =>
      Promise.resolve(
        memberships.find((m) => workspaceId === undefined || m.workspaceId === workspaceId) ?? null,
      ),
    createPersonalWorkspace: ({ userId }) => {
      made.push(userId);
      return Promise.resolve(membership('ws_new', 'owner'));
    },
  };
}

const codeOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.catch((reason: unknown) => reason);
  return error instanceof ProblemError ? [error.status, error.code] : error;
};

describe('a token for a person', () => {
  it('is for their first workspace unless they name one, with their role there', async () => {
    const two = ports([membership('ws_1', 'owner'), membership('ws_2', 'viewer')]);
    const first = await createTokenForPerson(two, ada, undefined);
    expect(first).toMatchObject({ expiresIn: 60, tokenType: 'Bearer', workspaceId: 'ws_1' });
    const second = await createTokenForPerson(two, ada, 'ws_2');
    expect(await verifyAccessToken(second.accessToken, { secret })).toEqual({
      userId: 'usr_1',
      workspaceId: 'ws_2',
      role: 'viewer',
      name: 'Ada',
    });
  });

  it('is not given for a workspace of others', async () => {
    const one = ports([membership('ws_1', 'owner')]);
    expect(await codeOf(createTokenForPerson(one, ada, 'ws_3'))).toEqual([
      404,
      'workspace_not_found',
    ]);
    expect(one.made).toEqual([]);
  });

  it('makes the workspace of a person who has none', async () => {
    const none = ports([]);
    expect((await createTokenForPerson(none, ada, undefined)).workspaceId).toBe('ws_new');
    expect(none.made).toEqual(['usr_1']);
  });
});

describe('a token for an API key', () => {
  const owner = { userId: 'usr_1', workspaceId: 'ws_1', role: 'editor' } as const;

  it('has the workspace and the role of the key', async () => {
    const answer = await createTokenForKey(ports([]), owner, undefined);
    expect(await verifyAccessToken(answer.accessToken, { secret })).toEqual(owner);
    expect((await createTokenForKey(ports([]), owner, 'ws_1')).workspaceId).toBe('ws_1');
  });

  it('is not given for another workspace', async () => {
    expect(await codeOf(createTokenForKey(ports([]), owner, 'ws_2'))).toEqual([
      404,
      'workspace_not_found',
    ]);
  });
});

describe('nobody', () => {
  it('is told how to sign in', () => {
    const problem = notSignedIn();
    expect([problem.status, problem.code]).toEqual([401, 'session_missing']);
    expect(problem.headers['WWW-Authenticate']).toContain('Bearer');
  });
});
