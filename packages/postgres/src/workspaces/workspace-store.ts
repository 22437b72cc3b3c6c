import { and, asc, eq } from 'drizzle-orm';
import type { Database, DrizzleOrTransaction, Transaction } from '../connection/database.js';
import { authUsers, workspaceMembers, workspaces, type WorkspaceRole } from '../schema/index.js';

/** A person's place in a workspace. */
export interface Membership {
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly slug: string;
  readonly role: WorkspaceRole;
  readonly since: Date;
}

/** A person in a workspace. */
export interface Member {
  readonly memberId: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: WorkspaceRole;
  readonly since: Date;
}

export interface NewWorkspace {
  readonly id: string;
  readonly name: string;
  /** Unique over all workspaces. */
  readonly slug: string;
  /** Becomes its owner. */
  readonly ownerId: string;
  /** The id of the owner's membership. */
  readonly memberId: string;
  readonly now: Date;
}

/**
 * A person's membership of a workspace or, where none is named, of the one they joined first. Null
 * where there is none.
 */
export async function membershipOf(
  db: DrizzleOrTransaction,
  userId: string,
  workspaceId?: string,
): Promise<Membership | null> {
  const [first] = await membershipQuery(db, userId, workspaceId).limit(1);
  return first ?? null;
}

/** A person's memberships, oldest first. */
export async function membershipsOf(
  db: DrizzleOrTransaction,
  userId: string,
): Promise<readonly Membership[]> {
  return membershipQuery(db, userId);
}

/** The members of a workspace, oldest first. */
export async function membersOf(
  db: DrizzleOrTransaction,
  workspaceId: string,
): Promise<readonly Member[]> {
  return db
    .select({
      memberId: workspaceMembers.id,
      userId: authUsers.id,
      name: authUsers.name,
      email: authUsers.email,
      role: workspaceMembers.role,
      since: workspaceMembers.createdAt,
    })
    .from(workspaceMembers)
    .innerJoin(authUsers, eq(authUsers.id, workspaceMembers.userId))
    .where(eq(workspaceMembers.organizationId, workspaceId))
    .orderBy(asc(workspaceMembers.createdAt), asc(workspaceMembers.id));
}

/** Makes a workspace with its owner; both or neither, so a transaction is wanted. */
export async function createWorkspace(tx: Transaction, workspace: NewWorkspace): Promise<void> {
  const { id, name, slug, ownerId, memberId, now } = workspace;
  await tx.insert(workspaces).values({ id, name, slug, createdAt: now });
  await tx
    .insert(workspaceMembers)
    .values({ id: memberId, organizationId: id, userId: ownerId, role: 'owner', createdAt: now });
}

/** Removes a workspace with everything in it; false where there is none. */
export async function deleteWorkspace(
  db: DrizzleOrTransaction,
  workspaceId: string,
): Promise<boolean> {
  const removed = await db
    .delete(workspaces)
    .where(eq(workspaces.id, workspaceId))
    .returning({ id: workspaces.id });
  return removed.length > 0;
}

/** The same queries with the database's typed failures, for callers without a transaction. */
export interface WorkspaceStore {
  membershipOf(userId: string, workspaceId?: string): Promise<Membership | null>;
  membershipsOf(userId: string): Promise<readonly Membership[]>;
  membersOf(workspaceId: string): Promise<readonly Member[]>;
  create(workspace: NewWorkspace): Promise<void>;
  delete(workspaceId: string): Promise<boolean>;
}

/** Workspaces in PostgreSQL. */
export function createWorkspaceStore(database: Database): WorkspaceStore {
  return {
    membershipOf: (userId, workspaceId) =>
      database.run((db) => membershipOf(db, userId, workspaceId)),
    membershipsOf: (userId) => database.run((db) => membershipsOf(db, userId)),
    membersOf: (workspaceId) => database.run((db) => membersOf(db, workspaceId)),
    create: (workspace) => database.transaction((tx) => createWorkspace(tx, workspace)),
    delete: (workspaceId) => database.run((db) => deleteWorkspace(db, workspaceId)),
  };
}

function membershipQuery(db: DrizzleOrTransaction, userId: string, workspaceId?: string) {
  return db
    .select({
      workspaceId: workspaces.id,
      workspaceName: workspaces.name,
      slug: workspaces.slug,
      role: workspaceMembers.role,
      since: workspaceMembers.createdAt,
    })
    .from(workspaceMembers)
    .innerJoin(workspaces, eq(workspaces.id, workspaceMembers.organizationId))
    .where(
      and(
        eq(workspaceMembers.userId, userId),
        workspaceId === undefined ? undefined : eq(workspaceMembers.organizationId, workspaceId),
      ),
    )
    .orderBy(asc(workspaceMembers.createdAt), asc(workspaceMembers.id));
}
