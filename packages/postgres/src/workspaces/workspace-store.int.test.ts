import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAudit } from '../audit/audit-log.js';
import type { Database } from '../connection/database.js';
import { apiKeys, workspaceMembers, type WorkspaceRole } from '../schema/index.js';
import { createSessionStore } from '../sessions/session-store.js';
import {
  after,
  eventOf,
  NOON,
  recordOf,
  seedWorkflow,
  seedWorkspace,
  turnOf,
} from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createWorkspaceStore, type WorkspaceStore } from './workspace-store.js';

let home: TestDatabase;
let database: Database;
let store: WorkspaceStore;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  store = createWorkspaceStore(database);
  for (const name of ['ann', 'bob']) await seedWorkspace(database, name);
});
afterAll(() => home.drop());

const join = (id: string, workspace: string, user: string, role: string, createdAt = after(1)) =>
  database.run((db) =>
    db.insert(workspaceMembers).values({
      id,
      organizationId: `ws_${workspace}`,
      userId: `usr_${user}`,
      role: role as WorkspaceRole,
      createdAt,
    }),
  );

describe('membership', () => {
  it('is told for a workspace, and for the first one where none is named', async () => {
    await join('m1', 'bob', 'ann', 'viewer');
    expect(await store.membershipOf('usr_ann')).toEqual({
      workspaceId: 'ws_ann',
      workspaceName: "ann's workspace",
      slug: 'ann',
      role: 'owner',
      since: NOON,
    });
    expect(await store.membershipOf('usr_ann', 'ws_bob')).toMatchObject({ role: 'viewer' });
    const all = await store.membershipsOf('usr_ann');
    expect(all.map(({ workspaceId }) => workspaceId)).toEqual(['ws_ann', 'ws_bob']);
  });

  it('is null for a stranger', async () => {
    expect(await store.membershipOf('usr_bob', 'ws_ann')).toBeNull();
    expect(await store.membershipOf('usr_none')).toBeNull();
    expect(await store.membershipsOf('usr_none')).toEqual([]);
  });

  it('lists the people of a workspace', async () => {
    const members = await store.membersOf('ws_bob');
    expect(members.map(({ userId, role, email }) => [userId, role, email])).toEqual([
      ['usr_bob', 'owner', 'bob@example.com'],
      ['usr_ann', 'viewer', 'ann@example.com'],
    ]);
  });

  it('is once for each person, and in a role that there is', async () => {
    const violation = (constraint: string) => ({ constraint });
    await expect(join('m2', 'bob', 'ann', 'editor')).rejects.toMatchObject(
      violation('workspace_members_person_key'),
    );
    await expect(join('m3', 'ann', 'bob', 'emperor')).rejects.toMatchObject(
      violation('workspace_members_role_check'),
    );
  });
});

describe('a new workspace', () => {
  it('is made with its owner or not at all', async () => {
    const workspace = { name: 'Team', slug: 'team', memberId: 'm9', now: NOON };
    const failing = store.create({ ...workspace, id: 'ws_team', ownerId: 'usr_none' });
    await expect(failing).rejects.toThrow();
    await store.create({ ...workspace, id: 'ws_team', ownerId: 'usr_bob' });
    expect(await store.membershipOf('usr_bob', 'ws_team')).toMatchObject({ role: 'owner' });
  });
});

describe('the deletion of a workspace', () => {
  it('removes everything in it and nothing else', async () => {
    await seedWorkflow(database, 'doomed');
    await seedWorkflow(database, 'spared');
    const sessions = createSessionStore(database);
    for (const name of ['doomed', 'spared']) {
      await sessions.create(recordOf(name, name), [eventOf(0)], [turnOf(name)]);
      await database.query({
        text: `INSERT INTO secrets VALUES ($1, 'S', 'x', repeat('n', 12)::bytea, 'k', NULL, now(), now())`,
        values: [`ws_${name}`],
      });
      await database.query({
        text: `INSERT INTO conversational_block_runs VALUES
          ($1, 'run_1', 'root', 'st_b', 'api', 1, 'k', 'started', NULL, NULL, now(), NULL)`,
        values: [`ses_${name}`],
      });
      await database.run((db) =>
        db.insert(apiKeys).values({
          ...{ id: `key_${name}`, key: name, referenceId: `ws_${name}` },
          ...{ createdAt: NOON, updatedAt: NOON },
        }),
      );
      await database.run((db) =>
        appendAudit(db, {
          workspaceId: `ws_${name}`,
          actor: { type: 'system' },
          action: 'workspace.seeded',
          target: null,
          details: {},
          requestId: null,
          at: NOON,
        }),
      );
    }
    const rowsOf = async (name: string) => {
      const counts: Record<string, number> = {};
      for (const [table, condition] of Object.entries(OWNED)) {
        const { rowCount } = await database.query({
          text: `SELECT FROM ${table} WHERE ${condition}`,
          values: [`ws_${name}`],
        });
        counts[table] = rowCount;
      }
      return counts;
    };
    const before = await rowsOf('spared');
    expect(Object.values(before)).not.toContain(0);

    expect(await store.delete('ws_doomed')).toBe(true);
    expect(new Set(Object.values(await rowsOf('doomed')))).toEqual(new Set([0]));
    expect(await rowsOf('spared')).toEqual(before);
    expect(await store.delete('ws_doomed')).toBe(false);
  });
});

describe('the erasure of a person', () => {
  it('removes their sign-ins, keys and conversations and leaves what they made for others', async () => {
    await seedWorkflow(database, 'host');
    await seedWorkspace(database, 'guest');
    await join('m_guest', 'host', 'guest', 'editor');
    const sessions = createSessionStore(database);
    await sessions.create(recordOf('host', 'guest', { userId: 'usr_guest' }), [], [turnOf('g')]);
    await database.run((db) =>
      db.insert(apiKeys).values({
        ...{ id: 'key_guest', key: 'guest', referenceId: 'usr_guest' },
        ...{ createdAt: NOON, updatedAt: NOON },
      }),
    );
    await database.query({ text: `DELETE FROM auth_users WHERE id = 'usr_guest'` });
    expect(await sessions.load({ sessionId: 'ses_guest', workspaceId: null })).toBeNull();
    expect((await store.membersOf('ws_host')).map(({ userId }) => userId)).toEqual(['usr_host']);
    const { rowCount } = await database.query({
      text: `SELECT FROM api_keys WHERE reference_id = 'usr_guest'`,
    });
    expect(rowCount).toBe(0);
  });
});

/** Every table that holds something of a workspace, with how its rows are found. */
const OWNED = {
  workspaces: 'id = $1',
  workspace_members: 'organization_id = $1',
  api_keys: 'reference_id = $1',
  workflows: 'workspace_id = $1',
  workflow_versions: `workflow_id = replace($1, 'ws_', 'wf_')`,
  workflow_journey_mappings: `workflow_id = replace($1, 'ws_', 'wf_')`,
  conversational_workflow_sessions: 'workspace_id = $1',
  conversation_turns: `session_id = replace($1, 'ws_', 'ses_')`,
  workflow_execution_events: `session_id = replace($1, 'ws_', 'ses_')`,
  conversational_block_runs: `session_id = replace($1, 'ws_', 'ses_')`,
  secrets: 'workspace_id = $1',
  audit_log: 'workspace_id = $1',
};
