import type { Membership, WorkspaceStore } from '@sim/postgres';
import { newId } from '@sim/service-kit';

/** Makes a workspace that a person owns. Its slug is its id: names need not be unique. */
export async function createWorkspaceFor(
  workspaces: WorkspaceStore,
  userId: string,
  name: string,
  now: Date,
): Promise<Membership> {
  const id = newId('ws');
  await workspaces.create({ id, name, slug: id, ownerId: userId, memberId: newId('mem'), now });
  return { workspaceId: id, workspaceName: name, slug: id, role: 'owner', since: now };
}

/** What a person's own workspace is called. */
export const personalName = (name: string): string => `${name.trim() || 'My'}'s workspace`;
