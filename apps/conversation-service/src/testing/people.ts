import { createWorkflowStore, createWorkspaceStore, type Database } from '@sim/postgres';
import { newId, signAccessToken, type Role } from '@sim/service-kit';
import { JWT_SECRET } from './test-service.js';

/** Somebody with a workspace of their own. */
export interface Person {
  readonly userId: string;
  readonly workspaceId: string;
  /** As the workspace's owner. */
  readonly token: string;
}

/** Stores a person and their workspace. */
export async function seedPerson(database: Database, name: string): Promise<Person> {
  const userId = newId('usr');
  const workspaceId = newId('ws');
  await database.query({
    text: 'INSERT INTO auth_users (id, name, email) VALUES ($1, $2, $3)',
    values: [userId, name, `${userId}@example.com`],
  });
  await createWorkspaceStore(database).create({
    id: workspaceId,
    name: `${name}'s workspace`,
    slug: workspaceId,
    ownerId: userId,
    memberId: newId('mem'),
    now: new Date(),
  });
  return { userId, workspaceId, token: await tokenFor({ userId, workspaceId }) };
}

/** A token for a person in a workspace, as sim-app signs it. */
export function tokenFor(
  who: Pick<Person, 'userId' | 'workspaceId'>,
  { role = 'owner', issued = new Date() }: { role?: Role; issued?: Date } = {},
): Promise<string> {
  const { userId, workspaceId } = who;
  const principal = { userId, workspaceId, role };
  return signAccessToken(principal, { secret: JWT_SECRET, expiresInSeconds: 900, now: issued });
}

/** Stores a workflow in a person's workspace, under the id that it had where it was exported. */
export async function seedWorkflow(
  database: Database,
  { userId, workspaceId }: Person,
  document: unknown,
  sourceId: string | null = null,
): Promise<string> {
  const stored = await createWorkflowStore(database).create({
    id: newId('wf'),
    workspaceId,
    name: 'Workflow of a test',
    description: null,
    content: {
      bytes: new TextEncoder().encode(JSON.stringify(document)),
      contentType: 'application/json',
      document: null,
      sourceId,
    },
    createdBy: userId,
    now: new Date(),
  });
  return stored.id;
}
