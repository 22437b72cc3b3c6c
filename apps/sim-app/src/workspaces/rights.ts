import type { Role } from '@sim/contracts';
import type { WorkspaceStore } from '@sim/postgres';
import { forbidden, isAtLeast, notFound, type Principal } from '@sim/service-kit';

/**
 * The role of who asks in the workspace of the path, at least `least`. The database is asked: a token
 * still says for some minutes what its owner was. The token must be for this workspace; any other is
 * as if it were not there.
 */
export async function rightsIn(
  workspaces: WorkspaceStore,
  principal: Principal,
  workspaceId: string,
  least: Role,
): Promise<Role> {
  const membership =
    workspaceId === principal.workspaceId
      ? await workspaces.membershipOf(principal.userId, workspaceId)
      : null;
  if (membership === null) {
    throw notFound('workspace_not_found', 'Your token is not for a workspace with this id.');
  }
  const role = isAtLeast(membership.role, principal.role) ? principal.role : membership.role;
  if (!isAtLeast(role, least)) {
    throw forbidden('role_insufficient', `This needs the role ${least}; yours here is ${role}.`);
  }
  return role;
}
