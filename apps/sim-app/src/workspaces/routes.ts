import { ROUTES, type Role } from '@sim/contracts';
import type { Membership } from '@sim/postgres';
import { conflict, forbidden, isAtLeast, newId, notFound } from '@sim/service-kit';
import { endpoint, type EndpointHost } from '../http/endpoint.js';
import { apiKeyRoutes } from './api-key-routes.js';
import { createWorkspaceFor } from './create-workspace.js';
import type { MemberChange, MemberRecord, MemberRefusal } from './members.js';
import type { WorkspacePorts } from './ports.js';
import { rightsIn } from './rights.js';

/** Workspaces, their members and their API keys. */
export function workspaceRoutes(host: EndpointHost, ports: WorkspacePorts): void {
  const { workspaces, audit, clock } = ports;

  endpoint(host, ROUTES.listWorkspaces, async ({ principal, req }) => {
    const all = await workspaces.membershipsOf(principal.userId);
    const byKey = req.get('authorization') === undefined;
    const items = byKey ? all.filter((m) => m.workspaceId === principal.workspaceId) : all;
    return { status: 200, body: { items: items.map(shownWorkspace) } };
  });

  endpoint(host, ROUTES.createWorkspace, async ({ principal, body, req }) => {
    const made = await createWorkspaceFor(workspaces, principal.userId, body.name, clock());
    await audit.record(req, 'workspace.created', { type: 'workspace', id: made.workspaceId });
    return {
      status: 201,
      headers: { Location: `/api/v1/workspaces/${made.workspaceId}` },
      body: shownWorkspace(made),
    };
  });

  memberRoutes(host, ports);
  apiKeyRoutes(host, ports);
}

function memberRoutes(host: EndpointHost, { workspaces, members, audit, clock }: WorkspacePorts) {
  endpoint(host, ROUTES.listMembers, async ({ principal, params }) => {
    await rightsIn(workspaces, principal, params.workspaceId, 'viewer');
    const found = await workspaces.membersOf(params.workspaceId);
    return { status: 200, body: { items: found.map(shownMember) } };
  });

  endpoint(host, ROUTES.addMember, async ({ principal, params, body, req }) => {
    const { workspaceId } = params;
    const mine = await rightsIn(workspaces, principal, workspaceId, 'admin');
    if (!isAtLeast(mine, body.role)) throw problemOf('above-own-role');
    const change = { memberId: newId('mem'), workspaceId, ...body, now: clock() };
    const member = changed(await members.add(change));
    await audit.record(req, 'member.added', target(member), { role: body.role });
    return {
      status: 201,
      headers: { Location: `/api/v1/workspaces/${workspaceId}/members/${member.userId}` },
      body: shownMember(member),
    };
  });

  endpoint(host, ROUTES.changeMember, async ({ principal, params, body, req }) => {
    const mine = await rightsIn(workspaces, principal, params.workspaceId, 'admin');
    const mayTouch = (role: Role) => isAtLeast(mine, role);
    const member = changed(await members.changeRole({ ...params, role: body.role, mayTouch }));
    await audit.record(req, 'member.changed', target(member), { role: body.role });
    return { status: 200, body: shownMember(member) };
  });

  endpoint(host, ROUTES.removeMember, async ({ principal, params, req }) => {
    const mine = await rightsIn(workspaces, principal, params.workspaceId, 'admin');
    const mayTouch = (role: Role) => isAtLeast(mine, role);
    const member = changed(await members.remove({ ...params, mayTouch }));
    await audit.record(req, 'member.removed', target(member));
    return { status: 204 };
  });
}

const target = ({ userId }: MemberRecord) => ({ type: 'user', id: userId }) as const;

function changed(change: MemberChange): MemberRecord {
  if (change.ok) return change.member;
  throw problemOf(change.refusal);
}

function problemOf(refusal: MemberRefusal) {
  switch (refusal) {
    case 'user-not-found':
      return notFound('user_not_found', 'Nobody has signed up with this e-mail yet.');
    case 'already-member':
      return conflict(
        'already_member',
        'This person is a member already; change the role instead.',
      );
    case 'member-not-found':
      return notFound('member_not_found', 'The workspace has no such member.');
    case 'last-owner':
      return conflict('last_owner', 'A workspace needs an owner; make another member owner first.');
    case 'above-own-role':
      return forbidden('role_insufficient', 'Nobody gives or takes a role above their own.');
  }
}

function shownWorkspace({ workspaceId, workspaceName, role, since }: Membership) {
  return { id: workspaceId, name: workspaceName, role, joinedAt: since.toISOString() };
}

function shownMember({ userId, name, email, role, since }: MemberRecord) {
  return { userId, name, email, role, joinedAt: since.toISOString() };
}
