-- Secrets of a workspace, and the log of who did what.

CREATE TABLE secrets (
  workspace_id text NOT NULL,
  name text NOT NULL,
  -- AES-256-GCM, the tag behind the text; bound to its workspace and name.
  ciphertext bytea NOT NULL,
  nonce bytea NOT NULL,
  key_id text NOT NULL,
  updated_by text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT secrets_pkey PRIMARY KEY (workspace_id, name),
  CONSTRAINT secrets_name_check CHECK (char_length(name) BETWEEN 1 AND 128),
  CONSTRAINT secrets_nonce_check CHECK (octet_length(nonce) = 12),
  CONSTRAINT secrets_workspace_fkey FOREIGN KEY (workspace_id)
    REFERENCES workspaces (id) ON DELETE CASCADE,
  CONSTRAINT secrets_author_fkey FOREIGN KEY (updated_by)
    REFERENCES auth_users (id) ON DELETE SET NULL
);
CREATE INDEX idx_secrets_author ON secrets (updated_by);
CREATE INDEX idx_secrets_key ON secrets (key_id);

CREATE TABLE audit_log (
  -- One chain for each workspace, so that deleting a workspace breaks no other; and `system`.
  chain text NOT NULL DEFAULT '',
  sequence bigint NOT NULL DEFAULT 0,
  workspace_id text,
  actor_type text NOT NULL,
  -- Kept when the person is erased: an id says nothing once its row is gone.
  actor_id text,
  action text NOT NULL,
  target_type text,
  target_id text,
  details jsonb NOT NULL,
  request_id text,
  created_at timestamptz NOT NULL,
  previous_hash text NOT NULL DEFAULT '',
  hash text NOT NULL DEFAULT '',
  CONSTRAINT audit_log_pkey PRIMARY KEY (chain, sequence),
  CONSTRAINT audit_log_chain_check CHECK (chain = coalesce(workspace_id, 'system')),
  CONSTRAINT audit_log_actor_check CHECK (actor_type IN ('user', 'api-key', 'system')),
  CONSTRAINT audit_log_action_check CHECK (action ~ '^[a-z]+([.-][a-z]+)*$'),
  CONSTRAINT audit_log_hash_check CHECK (hash ~ '^[0-9a-f]{64}$'),
  CONSTRAINT audit_log_workspace_fkey FOREIGN KEY (workspace_id)
    REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX idx_audit_log_workspace ON audit_log (workspace_id);

-- An array keeps neighbouring fields apart; the time is in UTC whatever the session's zone is.
CREATE FUNCTION audit_entry_hash(entry audit_log) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(jsonb_build_array(
    entry.previous_hash, entry.chain, entry.sequence, entry.actor_type, entry.actor_id,
    entry.action, entry.target_type, entry.target_id, entry.details, entry.request_id,
    to_char(entry.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
  )::text, 'UTF8')), 'hex')
$$;

-- The database links the chain, so that every writer's entry is in it, in one statement.
-- What the writer gives for the chain's columns is overwritten.
CREATE FUNCTION link_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last_entry audit_log;
BEGIN
  NEW.chain := coalesce(NEW.workspace_id, 'system');
  PERFORM pg_advisory_xact_lock(hashtextextended(NEW.chain, 7105));
  SELECT * INTO last_entry FROM audit_log
    WHERE chain = NEW.chain ORDER BY sequence DESC LIMIT 1;
  NEW.sequence := coalesce(last_entry.sequence + 1, 1);
  NEW.previous_hash := coalesce(last_entry.hash, repeat('0', 64));
  NEW.hash := audit_entry_hash(NEW);
  RETURN NEW;
END;
$$;
CREATE TRIGGER link_entry BEFORE INSERT ON audit_log
  FOR EACH ROW EXECUTE FUNCTION link_audit_entry();

-- Entries go only with their whole workspace, whose row is gone by the time the cascade arrives.
CREATE FUNCTION keep_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.workspace_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM workspaces WHERE id = OLD.workspace_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER keep_entry BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION keep_audit_entry();
CREATE TRIGGER keep_entries BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_entry();
