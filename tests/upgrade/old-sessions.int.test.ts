import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  startTestService,
  tokenFor,
  verifySessions,
  type BodyOf,
  type TestService,
} from '@sim/conversation-service/testing';
import {
  replay,
  type Action,
  type Journey,
  type SessionEvent,
  type SessionState,
} from '@sim/domain';
import { createDatabase, createWorkflowStore, migrateUp, type Database } from '@sim/postgres';
import { createEmptyDatabase } from '@sim/postgres/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

/** Sessions as the release wrote them whose latest migration was 0007. */
interface Fixture {
  readonly document: { readonly state: { readonly blocks: Record<string, object> } };
  readonly journey: Journey;
  readonly sessions: readonly {
    readonly name: string;
    readonly sessionId: string;
    readonly version: number;
    readonly status: string;
    readonly stateId: string | null;
    readonly state: SessionState;
    readonly events: readonly { nodeId?: string; durationMs?: number; event: SessionEvent }[];
  }[];
}

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const LATEST_THEN = '0007';
const PERSON = { userId: 'usr_old', workspaceId: 'ws_old' };
const WORKFLOW = 'wf_old';

let old: Fixture;
let home: Awaited<ReturnType<typeof createEmptyDatabase>>;
let database: Database;
let service: TestService;
let token: string;
beforeAll(async () => {
  const text = await readFile(path('fixtures/sessions-at-0007.json'), 'utf8');
  old = JSON.parse(text) as Fixture;
  home = await createEmptyDatabase(inject('postgresUrl'));
  await migrateAsThen(home.url);
  database = createDatabase({
    url: home.url,
    ssl: 'disable',
    applicationName: 'upgrade',
    pool: { min: 0, max: 2, idleTimeoutMs: 1_000, acquireTimeoutMs: 10_000 },
    statementTimeoutMs: 10_000,
  });
  await storeAsThen(database, old);
  await migrateUp({ url: home.url });
  service = await startTestService(home.url, { upkeep: false });
  token = await tokenFor(PERSON);
});
afterAll(async () => {
  await service.stop();
  await verifySessions(database);
  await database.close();
  await home.drop();
});

/** Applies the migrations that there were. */
async function migrateAsThen(url: string): Promise<void> {
  const all = path('../../migrations/');
  const directory = await mkdtemp(join(tmpdir(), 'migrations-'));
  try {
    for (const name of await readdir(all)) {
      const isSql = /^\d{4}_.*\.sql$/.test(name);
      if (isSql && name.slice(0, 4) <= LATEST_THEN)
        await copyFile(join(all, name), join(directory, name));
    }
    await migrateUp({ url, directory });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Writes the rows with the columns that there were. */
async function storeAsThen(into: Database, { document, journey, sessions }: Fixture) {
  const write = (text: string, ...values: unknown[]) => into.query({ text, values });
  const { userId, workspaceId } = PERSON;
  await write(
    `INSERT INTO auth_users (id, name, email) VALUES ($1, 'Old', 'old@example.com')`,
    userId,
  );
  await write(`INSERT INTO workspaces (id, name, slug) VALUES ($1, 'Old', 'old')`, workspaceId);
  await write(
    `INSERT INTO workspace_members (id, organization_id, user_id, role) VALUES ('mem_old', $1, $2, 'owner')`,
    workspaceId,
    userId,
  );
  await write(
    `INSERT INTO workflows (id, workspace_id, name, current_version, created_at, updated_at)
     VALUES ($1, $2, 'Old', 1, now(), now())`,
    WORKFLOW,
    workspaceId,
  );
  await write(
    `INSERT INTO workflow_versions (workflow_id, version, name, content, content_type, sha256, created_at)
     VALUES ($1, 1, 'Old', $2, 'application/json', repeat('0', 64), now())`,
    WORKFLOW,
    Buffer.from(JSON.stringify(document)),
  );
  await write(
    `INSERT INTO workflow_journey_mappings (workflow_id, journey_id, journey_version, workflow_version,
       journey, provenance, issues, mapper_version, active, mapped_at)
     VALUES ($1, $2, $3, 1, $4, '{}', '[]', $5, true, now())`,
    ...[WORKFLOW, journey.id, journey.version, JSON.stringify(journey), journey.mapperVersion],
  );
  for (const session of sessions) {
    const stateId = session.version > 0 ? session.stateId : null;
    await write(
      `INSERT INTO conversational_workflow_sessions (session_id, workspace_id, workflow_id, journey_id,
         journey_version, user_id, execution_status, current_node_id, current_state_id, state, metadata,
         version, expires_at, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '{}', $11, now() + interval '1 day', now(), now())`,
      ...[session.sessionId, workspaceId, WORKFLOW, journey.id, journey.version, userId],
      ...[session.status, stateId && stateId.slice(3), stateId, JSON.stringify(session.state)],
      session.version,
    );
    for (const [sequence, { nodeId, durationMs, event }] of session.events.entries()) {
      const { type, ...data } = event;
      await write(
        `INSERT INTO workflow_execution_events (session_id, sequence, event_type, node_id, data,
           duration_ms, created_at) VALUES ($1, $2, $3, $4, $5, $6, now())`,
        ...[
          session.sessionId,
          sequence,
          type,
          nodeId ?? null,
          JSON.stringify(data),
          durationMs ?? null,
        ],
      );
    }
  }
}

const idOf = (name: string) => `ses_old${name}`;
const does = async (name: string, action: Action, parameters: object = {}) =>
  (
    await service.call('performAction', {
      token,
      params: { sessionId: idOf(name) },
      body: { action, parameters },
    })
  ).body;
const stateOf = async (name: string): Promise<BodyOf<'getSessionState'>['state']> =>
  (await service.call('getSessionState', { token, params: { sessionId: idOf(name) } })).body.state;

// The tests follow one another: the same sessions are looked at, gone on with and moved.
describe('sessions of an earlier release', () => {
  it('are rebuilt from their events, and agree with them', async () => {
    for (const { events, state } of old.sessions) {
      expect(JSON.parse(JSON.stringify(replay(events.map(({ event }) => event))))).toEqual(state);
    }
    expect(await verifySessions(database)).toBe(old.sessions.length);
  });

  it('are shown as they were', async () => {
    for (const { name, status } of old.sessions) {
      expect([name, (await stateOf(name)).executionStatus]).toEqual([name, status]);
    }
    expect((await stateOf('inloop')).slots).toMatchObject({ order: 'A-1', items: ['hat', 'coat'] });
  });

  it('go on where they were', async () => {
    const asked = await does('asked', 'answer', { values: { items: ['hat'] } });
    expect(asked.state.awaiting?.slots).toMatchObject([{ name: 'fits' }]);
    const paused = await does('paused', 'resume');
    expect(paused.state.executionStatus).toBe('waiting-for-input');
    const looped = await does('inloop', 'answer', { values: { fits: false } });
    expect(looped.state.awaiting?.kind).toBe('confirmation');
  });

  it('that expired then keep their end, and say what is possible', async () => {
    const { agentResponse, state, suggestedActions } = await does('expired', 'resume');
    expect(state.executionStatus).toBe('expired');
    expect(agentResponse).toBe('This conversation is over. Say "restart" to begin again.');
    expect(suggestedActions).toEqual(['restart']);
  });

  it('can be moved to a new version, where they can go on there', async () => {
    const changed = structuredClone(old.document);
    Object.assign(changed.state.blocks['send'] ?? {}, { name: 'Send the order' });
    await createWorkflowStore(database).update({
      workspaceId: PERSON.workspaceId,
      workflowId: WORKFLOW,
      expectedVersion: null,
      content: {
        bytes: new TextEncoder().encode(JSON.stringify(changed)),
        contentType: 'application/json',
        document: null,
        sourceId: null,
      },
      changedBy: PERSON.userId,
      now: new Date(),
    });
    const { body } = await service.call('migrateSessions', {
      token,
      params: { workflowId: WORKFLOW },
    });
    expect(body.moved.map(({ sessionId }) => sessionId)).toEqual(
      ['asked', 'confirming', 'inloop', 'paused'].map(idOf),
    );
    expect(body.notMoved).toEqual([]);
    expect((await stateOf('confirming')).awaiting?.prompt).toContain('Send the order');
    const declined = await does('confirming', 'confirm', { confirmed: false });
    expect(declined.state.awaiting?.kind).toBe('repair');
  });
});
