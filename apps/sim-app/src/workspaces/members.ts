import type { Role } from '@sim/contracts';
import { identitySchema, type Database, type Transaction } from '@sim/postgres';
import { and, count, eq } from 'drizzle-orm';

const { user: authUsers, member: workspaceMembers, organization: workspaces } = identitySchema;

/** A person in a workspace. */
export interface MemberRecord {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly since: Date;
}

/** Why a change to the members is refused. */
export type MemberRefusal =
  'user-not-found' | 'already-member' | 'member-not-found' | 'last-owner' | 'above-own-role';

/** What a change to the members led to. */
export type MemberChange =
  | { readonly ok: true; readonly member: MemberRecord }
  | { readonly ok: false; readonly refusal: MemberRefusal };

/** Changes members. `mayTouch` says of a role whether who asks may give or take it. */
export interface MemberStore {
  add(change: {
    readonly memberId: string;
    readonly workspaceId: string;
    readonly email: string;
    readonly role: Role;
    readonly now: Date;
  }): Promise<MemberChange>;
  changeRole(change: {
    readonly workspaceId: string;
    readonly userId: string;
    readonly role: Role;
    readonly mayTouch: (role: Role) => boolean;
  }): Promise<MemberChange>;
  remove(change: {
    readonly workspaceId: string;
    readonly userId: string;
    readonly mayTouch: (role: Role) => boolean;
  }): Promise<MemberChange>;
}

const refused = (refusal: MemberRefusal): MemberChange => ({ ok: false, refusal });

/** Members in PostgreSQL. Changes of one workspace take turns, so that an owner always stays. */
export function createMemberStore(database: Database): MemberStore {
  return {
    add: (change) =>
      database.transaction(async (tx) => {
        const [user] = await tx
          .select({ userId: authUsers.id, name: authUsers.name, email: authUsers.email })
          .from(authUsers)
          .where(eq(authUsers.email, change.email.toLowerCase()));
        if (user === undefined) return refused('user-not-found');
        const added = await tx
          .insert(workspaceMembers)
          .values({
            id: change.memberId,
            organizationId: change.workspaceId,
            userId: user.userId,
            role: change.role,
            createdAt: change.now,
          })
          .onConflictDoNothing({
            target: [workspaceMembers.organizationId, workspaceMembers.userId],
          })
          .returning({ id: workspaceMembers.id });
        if (added.length === 0) return refused('already-member');
        return { ok: true, member: { ...user, role: change.role, since: change.now } };
      }),
    changeRole: ({ workspaceId, userId, role, mayTouch }) =>
      database.transaction(async (tx) => {
        const member = await lockedMember(tx, workspaceId, userId);
        if (member === undefined) return refused('member-not-found');
        if (!mayTouch(member.role) || !mayTouch(role)) return refused('above-own-role');
        if (role !== 'owner' && (await isLastOwner(tx, workspaceId, member))) {
          return refused('last-owner');
        }
        await tx.update(workspaceMembers).set({ role }).where(only(workspaceId, userId));
        return { ok: true, member: { ...member, role } };
      }),
    remove: ({ workspaceId, userId, mayTouch }) =>
      database.transaction(async (tx) => {
        const member = await lockedMember(tx, workspaceId, userId);
        if (member === undefined) return refused('member-not-found');
        if (!mayTouch(member.role)) return refused('above-own-role');
        if (await isLastOwner(tx, workspaceId, member)) return refused('last-owner');
        await tx.delete(workspaceMembers).where(only(workspaceId, userId));
        return { ok: true, member };
      }),
  };
}

const only = (workspaceId: string, userId: string) =>
  and(eq(workspaceMembers.organizationId, workspaceId), eq(workspaceMembers.userId, userId));

async function lockedMember(
  tx: Transaction,
  workspaceId: string,
  userId: string,
): Promise<MemberRecord | undefined> {
  await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
    .for('update');
  const [member] = await tx
    .select({
      userId: authUsers.id,
      name: authUsers.name,
      email: authUsers.email,
      role: workspaceMembers.role,
      since: workspaceMembers.createdAt,
    })
    .from(workspaceMembers)
    .innerJoin(authUsers, eq(authUsers.id, workspaceMembers.userId))
    .where(only(workspaceId, userId));
  return member;
}

async function isLastOwner(
  tx: Transaction,
  workspaceId: string,
  member: MemberRecord,
): Promise<boolean> {
  if (member.role !== 'owner') return false;
  const [owners] = await tx
    .select({ number: count() })
    .from(workspaceMembers)
    .where(
      and(eq(workspaceMembers.organizationId, workspaceId), eq(workspaceMembers.role, 'owner')),
    );
  return (owners?.number ?? 0) <= 1;
}
