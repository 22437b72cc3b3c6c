-- People, their sign-ins, workspaces and API keys: the tables of the identity library
-- (better-auth with its organization and api-key plugins), an organisation being a workspace.

CREATE TABLE auth_users (
  id text PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT auth_users_email_key UNIQUE (email)
);

CREATE TABLE workspaces (
  id text PRIMARY KEY,
  name text NOT NULL,
  slug text NOT NULL,
  logo text,
  metadata text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT workspaces_slug_key UNIQUE (slug),
  CONSTRAINT workspaces_name_check CHECK (name <> '')
);

CREATE TABLE auth_sessions (
  id text PRIMARY KEY,
  token text NOT NULL,
  user_id text NOT NULL,
  active_organization_id text,
  ip_address text,
  user_agent text,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT auth_sessions_token_key UNIQUE (token),
  CONSTRAINT auth_sessions_user_fkey FOREIGN KEY (user_id)
    REFERENCES auth_users (id) ON DELETE CASCADE,
  CONSTRAINT auth_sessions_workspace_fkey FOREIGN KEY (active_organization_id)
    REFERENCES workspaces (id) ON DELETE SET NULL
);
CREATE INDEX idx_auth_sessions_user ON auth_sessions (user_id);
CREATE INDEX idx_auth_sessions_workspace ON auth_sessions (active_organization_id);

CREATE TABLE auth_accounts (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  user_id text NOT NULL,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT auth_accounts_provider_key UNIQUE (provider_id, account_id),
  CONSTRAINT auth_accounts_user_fkey FOREIGN KEY (user_id)
    REFERENCES auth_users (id) ON DELETE CASCADE
);
CREATE INDEX idx_auth_accounts_user ON auth_accounts (user_id);

CREATE TABLE auth_verifications (
  id text PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_auth_verifications_identifier ON auth_verifications (identifier);

CREATE TABLE auth_rate_limits (
  id text PRIMARY KEY,
  key text NOT NULL,
  count integer NOT NULL,
  last_request bigint NOT NULL,
  CONSTRAINT auth_rate_limits_key_key UNIQUE (key)
);

CREATE TABLE workspace_members (
  id text PRIMARY KEY,
  organization_id text NOT NULL,
  user_id text NOT NULL,
  role text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT workspace_members_person_key UNIQUE (organization_id, user_id),
  CONSTRAINT workspace_members_role_check CHECK (role IN ('owner', 'admin', 'editor', 'viewer')),
  CONSTRAINT workspace_members_workspace_fkey FOREIGN KEY (organization_id)
    REFERENCES workspaces (id) ON DELETE CASCADE,
  CONSTRAINT workspace_members_user_fkey FOREIGN KEY (user_id)
    REFERENCES auth_users (id) ON DELETE CASCADE
);
CREATE INDEX idx_workspace_members_user ON workspace_members (user_id, created_at);

CREATE TABLE workspace_invitations (
  id text PRIMARY KEY,
  organization_id text NOT NULL,
  email text NOT NULL,
  role text,
  status text NOT NULL DEFAULT 'pending',
  inviter_id text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT workspace_invitations_role_check
    CHECK (role IN ('owner', 'admin', 'editor', 'viewer')),
  CONSTRAINT workspace_invitations_status_check
    CHECK (status IN ('pending', 'accepted', 'rejected', 'canceled')),
  CONSTRAINT workspace_invitations_workspace_fkey FOREIGN KEY (organization_id)
    REFERENCES workspaces (id) ON DELETE CASCADE,
  CONSTRAINT workspace_invitations_inviter_fkey FOREIGN KEY (inviter_id)
    REFERENCES auth_users (id) ON DELETE CASCADE
);
CREATE INDEX idx_workspace_invitations_workspace ON workspace_invitations (organization_id);
CREATE INDEX idx_workspace_invitations_email ON workspace_invitations (email);
CREATE INDEX idx_workspace_invitations_inviter ON workspace_invitations (inviter_id);

CREATE TABLE api_keys (
  id text PRIMARY KEY,
  config_id text NOT NULL DEFAULT 'default',
  name text,
  start text,
  reference_id text NOT NULL,
  prefix text,
  key text NOT NULL,
  refill_interval bigint,
  refill_amount integer,
  last_refill_at timestamptz,
  enabled boolean DEFAULT true,
  rate_limit_enabled boolean DEFAULT true,
  rate_limit_time_window bigint,
  rate_limit_max integer,
  request_count integer DEFAULT 0,
  remaining integer,
  last_request timestamptz,
  expires_at timestamptz,
  permissions text,
  metadata text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT api_keys_key_key UNIQUE (key)
);
CREATE INDEX idx_api_keys_reference ON api_keys (reference_id);
CREATE INDEX idx_api_keys_config ON api_keys (config_id);

-- A key belongs to a person or to a workspace by the same column, so no foreign key can say so.
CREATE FUNCTION delete_api_keys_of_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM api_keys WHERE reference_id = OLD.id;
  RETURN OLD;
END;
$$;
CREATE TRIGGER delete_api_keys AFTER DELETE ON auth_users
  FOR EACH ROW EXECUTE FUNCTION delete_api_keys_of_owner();
CREATE TRIGGER delete_api_keys AFTER DELETE ON workspaces
  FOR EACH ROW EXECUTE FUNCTION delete_api_keys_of_owner();
