import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { after, NOON, seedWorkflow } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { loadStatement } from './session-sql.js';
import { createSessionStore } from './session-store.js';
import { createSessionUpkeep, EVENT_STATISTICS, EXPIRED } from './session-upkeep.js';

/** Sessions of 1,000 people, a tenth of them live, one of each thousand overdue; two turns and events each. */
const FILL = `
-- Half a million look-ups of keys that are known to be there would take most of the time.
SET session_replication_role = replica;
INSERT INTO auth_users (id, name, email)
  SELECT 'usr_' || n, 'n', n || '@example.com' FROM generate_series(1, 1000) AS n;
INSERT INTO conversational_workflow_sessions (
  session_id, workspace_id, workflow_id, journey_id, journey_version, user_id, execution_status,
  state, metadata, version, expires_at, created_at, updated_at
)
  SELECT 'ses_' || n, 'ws_ann', 'wf_ann', 'jrn_ann', 'ann', 'usr_' || (1 + n % 1000),
    CASE WHEN n % 10 = 0 THEN 'waiting-for-input' ELSE 'completed' END, '{}', '{}', 1,
    timestamptz '2026-03-01 12:00Z' + (CASE WHEN n % 1000 = 0 THEN -1 ELSE 1 END) * n * interval '1 ms',
    timestamptz '2026-03-01 12:00Z' - n * interval '1 minute', now()
  FROM generate_series(1, 100000) AS n;
INSERT INTO conversation_turns (session_id, turn_id, speaker, content, entities, created_at)
  SELECT 'ses_' || n, 'trn_' || n || '_' || k, 'user', 'x', '[]',
    timestamptz '2026-03-01 12:00Z' - n * interval '1 minute' + k * interval '1 s'
  FROM generate_series(1, 100000) AS n, generate_series(1, 2) AS k;
INSERT INTO workflow_execution_events (session_id, sequence, event_type, data, duration_ms, created_at)
  SELECT 'ses_' || n, k, 'node-completed', '{}', n % 100,
    timestamptz '2026-03-01 12:00Z' - n * interval '1 minute'
  FROM generate_series(1, 100000) AS n, generate_series(0, 1) AS k;
RESET session_replication_role;
ANALYZE;`;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

describe('on 100,000 sessions', () => {
  let home: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    home = await createTestDatabase(serverUrl());
    database = home.open({ statementTimeoutMs: 0 });
    await seedWorkflow(database, 'ann');
    await database.pool.query(FILL);
  }, 180_000);
  afterAll(() => home.drop());

  async function plan(text: string, values: readonly unknown[]): Promise<PlanNode[]> {
    const { rows } = await database.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
      text: `EXPLAIN (FORMAT JSON) ${text}`,
      values,
    });
    const nodes: PlanNode[] = [];
    const open = rows[0]!['QUERY PLAN'].map(({ Plan }) => Plan);
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      nodes.push(node);
      open.push(...(node.Plans ?? []));
    }
    return nodes;
  }

  async function indexesOf(
    text: string,
    values: readonly unknown[],
  ): Promise<(string | undefined)[]> {
    const nodes = await plan(text, values);
    expect(nodes.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
    return nodes.flatMap((node) => ('Index Name' in node ? [node['Index Name']] : []));
  }

  /** The text and the values that a call sends. */
  async function statementOf(call: () => Promise<unknown>): Promise<string> {
    const heard: string[] = [];
    const end = database.onQuery((text) => heard.push(text));
    await call();
    end();
    return heard[0]!;
  }

  it('the look-up of a session, its earlier answer with it, goes by keys', async () => {
    const { text, values } = loadStatement({
      sessionId: 'ses_77',
      workspaceId: 'ws_ann',
      idempotencyKey: 'k',
    });
    expect(await indexesOf(text, values!)).toEqual([
      'idx_ct_idempotency',
      'conversational_workflow_sessions_pkey',
    ]);
  });

  it('the guide’s look-up of a person’s live sessions uses idx_cws_active_sessions', async () => {
    const text = `SELECT cws.*, ct.content FROM conversational_workflow_sessions cws
      LEFT JOIN LATERAL (
        SELECT content FROM conversation_turns ct WHERE ct.session_id = cws.session_id
        ORDER BY created_at DESC LIMIT 5
      ) ct ON true
      WHERE cws.user_id = $1 AND cws.execution_status = 'running'`;
    const indexes = await indexesOf(text, ['usr_10']);
    expect(indexes).toContain('idx_cws_active_sessions');
    expect(indexes).toContain('idx_ct_recent_conversations');
  });

  it('the history page uses idx_ct_recent_conversations', async () => {
    const store = createSessionStore(database);
    const page = await store.turns('ses_500', 1);
    const text = await statementOf(() => store.turns('ses_500', 1, page.nextCursor!));
    const values = ['ses_500', NOON.toISOString(), 1, 2];
    expect(await indexesOf(text, values)).toEqual(['idx_ct_recent_conversations']);
  });

  it('the list of a workspace’s sessions uses an index in its order', async () => {
    const store = createSessionStore(database);
    const page = await store.list({ workspaceId: 'ws_ann', limit: 50 });
    const text = await statementOf(() =>
      store.list({ workspaceId: 'ws_ann', limit: 50, cursor: page.nextCursor! }),
    );
    const values = ['ws_ann', NOON.toISOString(), 'ses_5', 51];
    expect(await indexesOf(text, values)).toEqual(['idx_cws_workspace_created']);
  });

  it('the sweep of expired sessions uses idx_cws_expiry and finds them', async () => {
    expect(await indexesOf(EXPIRED, [NOON, 100])).toEqual(['idx_cws_expiry']);
    const found = await createSessionUpkeep(database).expired(NOON, 1000);
    expect(found).toHaveLength(100);
    expect(found[0]).toBe('ses_100000');
  });

  it('the monitor of the last hour uses idx_wee_performance_monitoring', async () => {
    const since = after(-3_600_000);
    expect(await indexesOf(EVENT_STATISTICS, [since])).toEqual(['idx_wee_performance_monitoring']);
    const [statistics] = await createSessionUpkeep(database).eventStatistics(since);
    expect(statistics).toMatchObject({ eventType: 'node-completed', count: 120, maxMs: 60 });
  });
});
