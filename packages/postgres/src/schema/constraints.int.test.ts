import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../connection/database.js';
import { violatedConstraint, failureCode } from '../connection/failures.js';
import { createSessionStore } from '../sessions/session-store.js';
import { recordOf, seedWorkflow, turnOf } from '../testing/fixtures.js';
import { serverUrl } from '../testing/server-url.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';

let home: TestDatabase;
let database: Database;
beforeAll(async () => {
  home = await createTestDatabase(serverUrl());
  database = home.open();
  await seedWorkflow(database, 'ann');
  await createSessionStore(database).create(recordOf('ann', 'a'), [], [turnOf('a')]);
});
afterAll(() => home.drop());

/** The constraint that refuses a statement; null where it is let through. */
async function refusal(text: string): Promise<string | null> {
  try {
    await database.query({ text });
    return null;
  } catch (error) {
    return violatedConstraint(error);
  }
}

const SESSIONS = 'conversational_workflow_sessions';
const RUN = `INSERT INTO conversational_block_runs (
  session_id, run_id, scope_id, state_id, block_type, attempt, idempotency_key, status, error,
  started_at, finished_at
) VALUES`;

describe('the database itself refuses', () => {
  it.each([
    [
      'a status that there is not',
      `UPDATE ${SESSIONS} SET execution_status = 'done'`,
      'cws_status_check',
    ],
    ['a version below nothing', `UPDATE ${SESSIONS} SET version = -1`, 'cws_version_check'],
    ['a lease without an end', `UPDATE ${SESSIONS} SET lease_owner = 'x'`, 'cws_lease_check'],
    [
      'an end without a lease',
      `UPDATE ${SESSIONS} SET lease_expires_at = now()`,
      'cws_lease_check',
    ],
    ['a session id of another kind', `UPDATE ${SESSIONS} SET session_id = 'x_1'`, 'cws_id_check'],
    [
      'a speaker who is neither person nor system',
      `UPDATE conversation_turns SET speaker = 'crowd'`,
      'conversation_turns_speaker_check',
    ],
    [
      'a confidence above one',
      `UPDATE conversation_turns SET confidence = 1.5`,
      'conversation_turns_confidence_check',
    ],
    [
      'a key without the answer that it stands for',
      `UPDATE conversation_turns SET idempotency_key = 'k'`,
      'conversation_turns_replay_check',
    ],
    [
      'a turn of no session',
      `INSERT INTO conversation_turns (session_id, turn_id, speaker, content, entities, created_at)
       VALUES ('ses_none', 't', 'user', 'x', '[]', now())`,
      'conversation_turns_session_fkey',
    ],
    [
      'a kind of event that is no word',
      `INSERT INTO workflow_execution_events (session_id, sequence, event_type, data, created_at)
       VALUES ('ses_a', 0, 'Not A Word', '{}', now())`,
      'workflow_execution_events_type_check',
    ],
    [
      'an event before the first',
      `INSERT INTO workflow_execution_events (session_id, sequence, event_type, data, created_at)
       VALUES ('ses_a', -1, 'paused', '{}', now())`,
      'workflow_execution_events_sequence_check',
    ],
    [
      'a run in a state that there is not',
      `${RUN} ('ses_a', 'run_1', 'r', 's', 'api', 1, 'k', 'lost', NULL, now(), NULL)`,
      /cbr_/,
    ],
    [
      'a run that has ended and not',
      `${RUN} ('ses_a', 'run_1', 'r', 's', 'api', 1, 'k', 'succeeded', NULL, now(), NULL)`,
      'cbr_finished_check',
    ],
    [
      'a failure without its error',
      `${RUN} ('ses_a', 'run_1', 'r', 's', 'api', 1, 'k', 'failed', NULL, now(), now())`,
      'cbr_error_check',
    ],
    [
      'a run before the first attempt',
      `${RUN} ('ses_a', 'run_1', 'r', 's', 'api', 0, 'k', 'started', NULL, now(), NULL)`,
      'cbr_attempt_check',
    ],
    [
      'a workflow id of another kind',
      `INSERT INTO workflows VALUES ('x_1', 'ws_ann', 'n', NULL, 1, NULL, now(), now())`,
      'workflows_id_check',
    ],
    [
      'a workflow of no workspace',
      `INSERT INTO workflows VALUES ('wf_1', 'ws_none', 'n', NULL, 1, NULL, now(), now())`,
      'workflows_workspace_fkey',
    ],
    [
      'a content that is not JSON without the value that it stands for',
      `INSERT INTO workflow_versions VALUES
       ('wf_ann', 2, 'n', NULL, 'x', 'application/yaml', repeat('0', 64), NULL, NULL, now())`,
      'workflow_versions_document_check',
    ],
    [
      'a hash that is none',
      `INSERT INTO workflow_versions VALUES
       ('wf_ann', 2, 'n', NULL, 'x', 'application/json', 'short', NULL, NULL, now())`,
      'workflow_versions_sha256_check',
    ],
    [
      'a second journey in force',
      `INSERT INTO workflow_journey_mappings
       VALUES ('wf_ann', 'jrn_2', 'v2', 1, '{}', '{}', '[]', '1', true, now())`,
      'idx_wjm_one_active',
    ],
    [
      'a journey of a version that is not stored',
      `INSERT INTO workflow_journey_mappings
       VALUES ('wf_ann', 'jrn_2', 'v2', 9, '{}', '{}', '[]', '1', false, now())`,
      'workflow_journey_mappings_version_fkey',
    ],
    [
      'a secret without a proper nonce',
      `INSERT INTO secrets VALUES ('ws_ann', 'S', 'x', 'short', 'k', NULL, now(), now())`,
      'secrets_nonce_check',
    ],
    [
      'an email twice',
      `INSERT INTO auth_users (id, name, email) VALUES ('usr_2', 'n', 'ann@example.com')`,
      'auth_users_email_key',
    ],
    [
      'a slug twice',
      `INSERT INTO workspaces (id, name, slug) VALUES ('ws_2', 'n', 'ann')`,
      'workspaces_slug_key',
    ],
    [
      'an invitation into a role that there is not',
      `INSERT INTO workspace_invitations (id, organization_id, email, role, inviter_id, expires_at)
       VALUES ('i', 'ws_ann', 'x@example.com', 'member', 'usr_ann', now())`,
      'workspace_invitations_role_check',
    ],
  ])('%s', async (_, text, constraint) => {
    const refused = await refusal(text);
    if (constraint instanceof RegExp) expect(refused).toMatch(constraint);
    else expect(refused).toBe(constraint);
  });

  it.each(['state', 'metadata', 'expires_at', 'workspace_id', 'journey_id', 'user_id'])(
    'a session without %s',
    async (column) => {
      const emptied = database.query({ text: `UPDATE ${SESSIONS} SET ${column} = NULL` });
      const error: unknown = await emptied.catch((thrown: unknown) => thrown);
      expect(failureCode(error)).toBe('23502');
    },
  );
});

describe('the rows that the database keeps together', () => {
  it('go when a person signs out for good, and a session forgets a workspace that is gone', async () => {
    await seedWorkflow(database, 'bob');
    await database.query({
      text: `INSERT INTO auth_sessions (id, token, user_id, active_organization_id, expires_at)
             VALUES ('s1', 't1', 'usr_ann', 'ws_bob', now()), ('s2', 't2', 'usr_bob', NULL, now())`,
    });
    await database.query({ text: `DELETE FROM workspaces WHERE id = 'ws_bob'` });
    await database.query({ text: `DELETE FROM auth_users WHERE id = 'usr_bob'` });
    const { rows } = await database.query({
      text: 'SELECT id, active_organization_id AS workspace FROM auth_sessions',
    });
    expect(rows).toEqual([{ id: 's1', workspace: null }]);
  });
});
