import type { WorkspaceStore } from '@sim/postgres';
import { ProblemError, type Role } from '@sim/service-kit';
import { describe, expect, it } from 'vitest';
import { rightsIn } from './rights.js';

/** A store in which usr_1 has a role in ws_1, or none. */
const storeWith = (role: Role | null): WorkspaceStore => ({
  membershipOf: (_user, workspaceId) =>
    Promise.resolve(
      role === null || workspaceId !== 'ws_1'
        ? null
        : { workspaceId, workspaceName: 'One', slug: 'one', role, since: new Date(0) },
    ),
  membershipsOf: () => Promise.resolve([]),
  membersOf: () => Promise.resolve([]),
  create: () => Promise.resolve(),
  delete: () => Promise.resolve(false),
});

const ask = async (is: Role | null, claims: Role, workspaceId = 'ws_1', least: Role = 'admin') => {
  const principal = { userId: 'usr_1', workspaceId: 'ws_1', role: claims };
  try {
    return await rightsIn(storeWith(is), principal, workspaceId, least);
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
};

describe('rights in a workspace', () => {
  it('are those of the membership', async () => {
    expect(await ask('admin', 'admin')).toBe('admin');
    expect(await ask('viewer', 'viewer', 'ws_1', 'viewer')).toBe('viewer');
  });

  it('are the lower of what the token says and what is stored', async () => {
    expect(await ask('owner', 'admin')).toBe('admin');
    expect(await ask('admin', 'owner')).toBe('admin');
    expect(await ask('viewer', 'owner')).toBe('role_insufficient');
    expect(await ask('owner', 'viewer')).toBe('role_insufficient');
  });

  it('end with the membership', async () => {
    expect(await ask(null, 'owner')).toBe('workspace_not_found');
  });

  it('do not reach into another workspace than that of the token', async () => {
    expect(await ask('owner', 'owner', 'ws_2')).toBe('workspace_not_found');
  });
});
