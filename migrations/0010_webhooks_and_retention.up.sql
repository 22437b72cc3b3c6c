-- Who is told of what happens in sessions, what of it is still to be told, and what retention removed.

CREATE TABLE webhooks (
  id text PRIMARY KEY,
  workspace_id text NOT NULL,
  -- Null tells of the sessions of every workflow.
  workflow_id text,
  url text NOT NULL,
  events jsonb NOT NULL,
  enabled boolean NOT NULL,
  -- Why it was disabled, where the service did it.
  disabled_reason text,
  -- Deliveries given up since the last that arrived.
  failures integer NOT NULL DEFAULT 0,
  -- The secret that deliveries are signed with: AES-256-GCM, bound to the webhook.
  ciphertext bytea NOT NULL,
  nonce bytea NOT NULL,
  key_id text NOT NULL,
  created_by text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT webhooks_id_check CHECK (id LIKE 'whk\_%'),
  CONSTRAINT webhooks_url_check CHECK (char_length(url) BETWEEN 1 AND 2000),
  CONSTRAINT webhooks_events_check CHECK (jsonb_typeof(events) = 'array' AND events <> '[]'),
  CONSTRAINT webhooks_failures_check CHECK (failures >= 0),
  CONSTRAINT webhooks_reason_check CHECK (disabled_reason IN ('failing', 'gone')),
  CONSTRAINT webhooks_nonce_check CHECK (octet_length(nonce) = 12),
  CONSTRAINT webhooks_workspace_fkey FOREIGN KEY (workspace_id)
    REFERENCES workspaces (id) ON DELETE CASCADE,
  CONSTRAINT webhooks_workflow_fkey FOREIGN KEY (workflow_id, workspace_id)
    REFERENCES workflows (id, workspace_id) ON DELETE CASCADE,
  CONSTRAINT webhooks_author_fkey FOREIGN KEY (created_by)
    REFERENCES auth_users (id) ON DELETE SET NULL
);
CREATE INDEX idx_webhooks_workspace ON webhooks (workspace_id);
CREATE INDEX idx_webhooks_workflow ON webhooks (workflow_id, workspace_id);
CREATE INDEX idx_webhooks_author ON webhooks (created_by);
CREATE INDEX idx_webhooks_key ON webhooks (key_id);

CREATE TABLE webhook_deliveries (
  id text PRIMARY KEY,
  -- No foreign key: a webhook that is deleted in the middle of a turn must not fail the turn.
  webhook_id text NOT NULL,
  session_id text NOT NULL,
  event text NOT NULL,
  payload json NOT NULL,
  status text NOT NULL,
  attempts integer NOT NULL,
  -- Of the latest attempt: the HTTP status, or what went wrong before there was one.
  response_status integer,
  error text,
  created_at timestamptz NOT NULL,
  attempted_at timestamptz,
  CONSTRAINT webhook_deliveries_id_check CHECK (id LIKE 'msg\_%'),
  CONSTRAINT webhook_deliveries_status_check CHECK (status IN ('pending', 'delivered', 'failed')),
  CONSTRAINT webhook_deliveries_attempts_check CHECK (attempts >= 0),
  CONSTRAINT webhook_deliveries_session_fkey FOREIGN KEY (session_id)
    REFERENCES conversational_workflow_sessions (session_id) ON DELETE CASCADE
);
CREATE INDEX idx_webhook_deliveries_webhook ON webhook_deliveries (webhook_id, created_at DESC, id DESC);
CREATE INDEX idx_webhook_deliveries_session ON webhook_deliveries (session_id);
CREATE INDEX idx_webhook_deliveries_age ON webhook_deliveries USING brin (created_at);

-- A log that retention removed is not one with a gap.
ALTER TABLE conversational_workflow_sessions
  ADD COLUMN events_removed_at timestamptz, ADD COLUMN turns_removed_at timestamptz;
CREATE INDEX idx_cws_ended ON conversational_workflow_sessions (updated_at)
  WHERE execution_status IN ('completed', 'failed', 'cancelled', 'expired');

-- Which limit of live sessions keeps a person from opening another; null where none does. Those who open
-- at once take turns until their transaction ends: a person's own always, all only near their limit, as
-- so many cannot open at the same moment.
CREATE FUNCTION refuse_session(opener text, in_all integer, per_user integer) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  live bigint;
BEGIN
  IF per_user IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(1936289381, hashtext(opener));
    SELECT count(*) INTO live FROM conversational_workflow_sessions
    WHERE user_id = opener AND execution_status IN ('running', 'paused', 'waiting-for-input');
    IF live >= per_user THEN RETURN 'per-user'; END IF;
  END IF;
  IF in_all IS NOT NULL THEN
    SELECT count(*) INTO live FROM conversational_workflow_sessions
    WHERE execution_status IN ('running', 'paused', 'waiting-for-input');
    IF live < in_all AND live + 1000 >= in_all THEN
      PERFORM pg_advisory_xact_lock(1936289382, 0);
      SELECT count(*) INTO live FROM conversational_workflow_sessions
      WHERE execution_status IN ('running', 'paused', 'waiting-for-input');
    END IF;
    IF live >= in_all THEN RETURN 'in-all'; END IF;
  END IF;
  RETURN NULL;
END
$$;
