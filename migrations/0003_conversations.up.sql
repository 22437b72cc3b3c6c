-- Sessions, what was said in them, what happened in them, and the journal of their blocks.

CREATE TABLE conversational_workflow_sessions (
  session_id text PRIMARY KEY,
  workspace_id text NOT NULL,
  workflow_id text NOT NULL,
  journey_id text NOT NULL,
  journey_version text NOT NULL,
  user_id text NOT NULL,
  execution_status text NOT NULL,
  current_node_id text,
  current_state_id text,
  state jsonb NOT NULL,
  metadata jsonb NOT NULL,
  -- Counts writes; a write names the version it read.
  version integer NOT NULL,
  lease_owner text,
  lease_expires_at timestamptz,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT cws_id_check CHECK (session_id LIKE 'ses\_%'),
  CONSTRAINT cws_status_check CHECK (execution_status IN (
    'not-started', 'running', 'waiting-for-input', 'paused',
    'completed', 'failed', 'cancelled', 'expired'
  )),
  CONSTRAINT cws_version_check CHECK (version >= 0),
  CONSTRAINT cws_lease_check CHECK ((lease_owner IS NULL) = (lease_expires_at IS NULL)),
  CONSTRAINT cws_workspace_fkey FOREIGN KEY (workspace_id)
    REFERENCES workspaces (id) ON DELETE CASCADE,
  CONSTRAINT cws_workflow_fkey FOREIGN KEY (workflow_id, workspace_id)
    REFERENCES workflows (id, workspace_id) ON DELETE CASCADE,
  -- No cascade: a journey stays readable as long as a session runs on it.
  CONSTRAINT cws_journey_fkey FOREIGN KEY (workflow_id, journey_id, journey_version)
    REFERENCES workflow_journey_mappings (workflow_id, journey_id, journey_version),
  CONSTRAINT cws_user_fkey FOREIGN KEY (user_id)
    REFERENCES auth_users (id) ON DELETE CASCADE
)
-- Each turn rewrites the row; the room left on a page keeps the new copy beside the old one.
WITH (fillfactor = 80);
CREATE INDEX idx_cws_workspace_created
  ON conversational_workflow_sessions (workspace_id, created_at DESC, session_id DESC);
CREATE INDEX idx_cws_user_created
  ON conversational_workflow_sessions (user_id, created_at DESC, session_id DESC);
CREATE INDEX idx_cws_journey
  ON conversational_workflow_sessions (workflow_id, journey_id, journey_version);
CREATE INDEX idx_cws_expiry ON conversational_workflow_sessions (expires_at)
  WHERE execution_status IN ('not-started', 'running', 'waiting-for-input', 'paused');
CREATE INDEX idx_cws_leases ON conversational_workflow_sessions (lease_expires_at)
  WHERE lease_owner IS NOT NULL;

CREATE TABLE conversation_turns (
  session_id text NOT NULL,
  turn_id text NOT NULL,
  -- The order of turns that were said in the same millisecond.
  position bigint GENERATED ALWAYS AS IDENTITY,
  speaker text NOT NULL,
  content text NOT NULL,
  intent text,
  confidence double precision,
  entities json NOT NULL,
  workflow_action text,
  idempotency_key text,
  -- json, not jsonb: a repeated command is answered with the same text.
  answer json,
  request_hash text,
  created_at timestamptz NOT NULL,
  CONSTRAINT conversation_turns_pkey PRIMARY KEY (session_id, turn_id),
  CONSTRAINT conversation_turns_speaker_check CHECK (speaker IN ('user', 'agent')),
  CONSTRAINT conversation_turns_confidence_check CHECK (confidence BETWEEN 0 AND 1),
  CONSTRAINT conversation_turns_replay_check
    CHECK (idempotency_key IS NULL OR (answer IS NOT NULL AND request_hash IS NOT NULL)),
  CONSTRAINT conversation_turns_session_fkey FOREIGN KEY (session_id)
    REFERENCES conversational_workflow_sessions (session_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_ct_idempotency
  ON conversation_turns (session_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
-- For retention: rows come in the order of time, so a few kilobytes are index enough.
CREATE INDEX idx_ct_age ON conversation_turns USING brin (created_at);

CREATE TABLE workflow_execution_events (
  session_id text NOT NULL,
  sequence integer NOT NULL,
  event_type text NOT NULL,
  node_id text,
  data json NOT NULL,
  duration_ms bigint,
  created_at timestamptz NOT NULL,
  CONSTRAINT workflow_execution_events_pkey PRIMARY KEY (session_id, sequence),
  CONSTRAINT workflow_execution_events_sequence_check CHECK (sequence >= 0),
  CONSTRAINT workflow_execution_events_type_check CHECK (event_type ~ '^[a-z]+(-[a-z]+)*$'),
  CONSTRAINT workflow_execution_events_duration_check CHECK (duration_ms >= 0),
  CONSTRAINT workflow_execution_events_session_fkey FOREIGN KEY (session_id)
    REFERENCES conversational_workflow_sessions (session_id) ON DELETE CASCADE
);

CREATE TABLE conversational_block_runs (
  session_id text NOT NULL,
  run_id text NOT NULL,
  scope_id text NOT NULL,
  state_id text NOT NULL,
  block_type text NOT NULL,
  attempt integer NOT NULL,
  idempotency_key text NOT NULL,
  status text NOT NULL,
  output json,
  error json,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  CONSTRAINT conversational_block_runs_pkey PRIMARY KEY (session_id, run_id),
  CONSTRAINT cbr_status_check CHECK (status IN ('started', 'succeeded', 'failed')),
  CONSTRAINT cbr_attempt_check CHECK (attempt >= 1),
  CONSTRAINT cbr_finished_check CHECK ((status = 'started') = (finished_at IS NULL)),
  CONSTRAINT cbr_error_check CHECK ((status = 'failed') = (error IS NOT NULL)),
  CONSTRAINT cbr_session_fkey FOREIGN KEY (session_id)
    REFERENCES conversational_workflow_sessions (session_id) ON DELETE CASCADE
);
CREATE INDEX idx_cbr_unfinished ON conversational_block_runs (started_at) WHERE status = 'started';
