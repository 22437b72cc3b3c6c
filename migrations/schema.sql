-- The schema that the migrations make, as the catalogue tells it. Written by `npm run db:schema`;
-- a test compares it. To change the schema, add a migration.

CREATE TABLE api_keys (
  id text NOT NULL,
  config_id text DEFAULT 'default'::text NOT NULL,
  name text,
  start text,
  reference_id text NOT NULL,
  prefix text,
  key text NOT NULL,
  refill_interval bigint,
  refill_amount integer,
  last_refill_at timestamp with time zone,
  enabled boolean DEFAULT true,
  rate_limit_enabled boolean DEFAULT true,
  rate_limit_time_window bigint,
  rate_limit_max integer,
  request_count integer DEFAULT 0,
  remaining integer,
  last_request timestamp with time zone,
  expires_at timestamp with time zone,
  permissions text,
  metadata text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);

CREATE TABLE audit_log (
  chain text DEFAULT ''::text NOT NULL,
  sequence bigint DEFAULT 0 NOT NULL,
  workspace_id text,
  actor_type text NOT NULL,
  actor_id text,
  action text NOT NULL,
  target_type text,
  target_id text,
  details jsonb NOT NULL,
  request_id text,
  created_at timestamp with time zone NOT NULL,
  previous_hash text DEFAULT ''::text NOT NULL,
  hash text DEFAULT ''::text NOT NULL
);

CREATE TABLE auth_accounts (
  id text NOT NULL,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  user_id text NOT NULL,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  password text,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE auth_rate_limits (
  id text NOT NULL,
  key text NOT NULL,
  count integer NOT NULL,
  last_request bigint NOT NULL
);

CREATE TABLE auth_sessions (
  id text NOT NULL,
  token text NOT NULL,
  user_id text NOT NULL,
  active_organization_id text,
  ip_address text,
  user_agent text,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE auth_users (
  id text NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  email_verified boolean DEFAULT false NOT NULL,
  image text,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE auth_verifications (
  id text NOT NULL,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE conversation_turns (
  session_id text NOT NULL,
  turn_id text NOT NULL,
  "position" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  speaker text NOT NULL,
  content text NOT NULL,
  intent text,
  confidence double precision,
  entities json NOT NULL,
  workflow_action text,
  idempotency_key text,
  answer json,
  request_hash text,
  created_at timestamp with time zone NOT NULL
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
  started_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone
);

CREATE TABLE conversational_knowledge_bases (
  id text NOT NULL,
  workspace_id text NOT NULL,
  name text NOT NULL,
  description text,
  language text NOT NULL,
  source_id text,
  created_by text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);

CREATE TABLE conversational_knowledge_chunks (
  id text NOT NULL,
  document_id text NOT NULL,
  "position" integer NOT NULL,
  content text NOT NULL,
  enabled boolean NOT NULL,
  knowledge_base_id text NOT NULL,
  language text NOT NULL,
  title text NOT NULL,
  search tsvector GENERATED ALWAYS AS (knowledge_vector(knowledge_base_id, language, title, content)) STORED NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);

CREATE TABLE conversational_knowledge_documents (
  id text NOT NULL,
  knowledge_base_id text NOT NULL,
  workspace_id text NOT NULL,
  name text NOT NULL,
  tags jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);

CREATE TABLE conversational_left_commands (
  session_id text NOT NULL,
  key text NOT NULL,
  "position" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  command json NOT NULL,
  left_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE conversational_memories (
  workspace_id text NOT NULL,
  memory_id text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);

CREATE TABLE conversational_memory_messages (
  workspace_id text NOT NULL,
  memory_id text NOT NULL,
  entry_key text NOT NULL,
  part integer NOT NULL,
  "position" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  role text NOT NULL,
  content text NOT NULL,
  created_at timestamp with time zone NOT NULL
);

CREATE TABLE conversational_workflow_sessions (
  session_id text NOT NULL,
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
  version integer NOT NULL,
  lease_owner text,
  lease_expires_at timestamp with time zone,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  events_removed_at timestamp with time zone,
  turns_removed_at timestamp with time zone
) WITH (fillfactor=80);

CREATE TABLE schema_migrations (
  name text NOT NULL,
  checksum text NOT NULL,
  breaking boolean NOT NULL,
  applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE secrets (
  workspace_id text NOT NULL,
  name text NOT NULL,
  ciphertext bytea NOT NULL,
  nonce bytea NOT NULL,
  key_id text NOT NULL,
  updated_by text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);

CREATE TABLE webhook_deliveries (
  id text NOT NULL,
  webhook_id text NOT NULL,
  session_id text NOT NULL,
  event text NOT NULL,
  payload json NOT NULL,
  status text NOT NULL,
  attempts integer NOT NULL,
  response_status integer,
  error text,
  created_at timestamp with time zone NOT NULL,
  attempted_at timestamp with time zone
);

CREATE TABLE webhooks (
  id text NOT NULL,
  workspace_id text NOT NULL,
  workflow_id text,
  url text NOT NULL,
  events jsonb NOT NULL,
  enabled boolean NOT NULL,
  disabled_reason text,
  failures integer DEFAULT 0 NOT NULL,
  ciphertext bytea NOT NULL,
  nonce bytea NOT NULL,
  key_id text NOT NULL,
  created_by text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);

CREATE TABLE workflow_execution_events (
  session_id text NOT NULL,
  sequence integer NOT NULL,
  event_type text NOT NULL,
  node_id text,
  data json NOT NULL,
  duration_ms bigint,
  created_at timestamp with time zone NOT NULL
);

CREATE TABLE workflow_journey_mappings (
  workflow_id text NOT NULL,
  journey_id text NOT NULL,
  journey_version text NOT NULL,
  workflow_version integer NOT NULL,
  journey json NOT NULL,
  provenance json NOT NULL,
  issues json NOT NULL,
  mapper_version text NOT NULL,
  active boolean NOT NULL,
  mapped_at timestamp with time zone NOT NULL,
  tools_hash text DEFAULT ''::text NOT NULL
);

CREATE TABLE workflow_versions (
  workflow_id text NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  description text,
  content bytea NOT NULL,
  content_type text NOT NULL,
  sha256 text NOT NULL,
  document json,
  created_by text,
  created_at timestamp with time zone NOT NULL
);

CREATE TABLE workflows (
  id text NOT NULL,
  workspace_id text NOT NULL,
  name text NOT NULL,
  description text,
  current_version integer NOT NULL,
  created_by text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  source_id text
);

CREATE TABLE workspace_invitations (
  id text NOT NULL,
  organization_id text NOT NULL,
  email text NOT NULL,
  role text,
  status text DEFAULT 'pending'::text NOT NULL,
  inviter_id text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE workspace_members (
  id text NOT NULL,
  organization_id text NOT NULL,
  user_id text NOT NULL,
  role text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE workspace_tools (
  id text NOT NULL,
  workspace_id text NOT NULL,
  name text NOT NULL,
  block_type text NOT NULL,
  operation text,
  side_effect text NOT NULL,
  idempotent boolean NOT NULL,
  adapter json NOT NULL,
  enabled boolean NOT NULL,
  created_by text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL
);

CREATE TABLE workspaces (
  id text NOT NULL,
  name text NOT NULL,
  slug text NOT NULL,
  logo text,
  metadata text,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE api_keys ADD CONSTRAINT api_keys_key_key UNIQUE (key);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE audit_log ADD CONSTRAINT audit_log_action_check CHECK ((action ~ '^[a-z]+([.-][a-z]+)*$'::text));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_check CHECK ((actor_type = ANY (ARRAY['user'::text, 'api-key'::text, 'system'::text])));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_chain_check CHECK ((chain = COALESCE(workspace_id, 'system'::text)));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_pkey PRIMARY KEY (chain, sequence);
ALTER TABLE auth_accounts ADD CONSTRAINT auth_accounts_pkey PRIMARY KEY (id);
ALTER TABLE auth_accounts ADD CONSTRAINT auth_accounts_provider_key UNIQUE (provider_id, account_id);
ALTER TABLE auth_rate_limits ADD CONSTRAINT auth_rate_limits_key_key UNIQUE (key);
ALTER TABLE auth_rate_limits ADD CONSTRAINT auth_rate_limits_pkey PRIMARY KEY (id);
ALTER TABLE auth_sessions ADD CONSTRAINT auth_sessions_pkey PRIMARY KEY (id);
ALTER TABLE auth_sessions ADD CONSTRAINT auth_sessions_token_key UNIQUE (token);
ALTER TABLE auth_users ADD CONSTRAINT auth_users_email_key UNIQUE (email);
ALTER TABLE auth_users ADD CONSTRAINT auth_users_pkey PRIMARY KEY (id);
ALTER TABLE auth_verifications ADD CONSTRAINT auth_verifications_pkey PRIMARY KEY (id);
ALTER TABLE conversation_turns ADD CONSTRAINT conversation_turns_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision)));
ALTER TABLE conversation_turns ADD CONSTRAINT conversation_turns_pkey PRIMARY KEY (session_id, turn_id);
ALTER TABLE conversation_turns ADD CONSTRAINT conversation_turns_replay_check CHECK (((idempotency_key IS NULL) OR ((answer IS NOT NULL) AND (request_hash IS NOT NULL))));
ALTER TABLE conversation_turns ADD CONSTRAINT conversation_turns_speaker_check CHECK ((speaker = ANY (ARRAY['user'::text, 'agent'::text])));
ALTER TABLE conversational_block_runs ADD CONSTRAINT cbr_attempt_check CHECK ((attempt >= 1));
ALTER TABLE conversational_block_runs ADD CONSTRAINT cbr_error_check CHECK (((status = 'failed'::text) = (error IS NOT NULL)));
ALTER TABLE conversational_block_runs ADD CONSTRAINT cbr_finished_check CHECK (((status = 'started'::text) = (finished_at IS NULL)));
ALTER TABLE conversational_block_runs ADD CONSTRAINT cbr_status_check CHECK ((status = ANY (ARRAY['started'::text, 'succeeded'::text, 'failed'::text])));
ALTER TABLE conversational_block_runs ADD CONSTRAINT conversational_block_runs_pkey PRIMARY KEY (session_id, run_id);
ALTER TABLE conversational_knowledge_bases ADD CONSTRAINT ckb_id_check CHECK ((id ~~ 'kb\_%'::text));
ALTER TABLE conversational_knowledge_bases ADD CONSTRAINT ckb_language_check CHECK ((language = ANY (ARRAY['simple'::text, 'danish'::text, 'dutch'::text, 'english'::text, 'finnish'::text, 'french'::text, 'german'::text, 'italian'::text, 'norwegian'::text, 'portuguese'::text, 'russian'::text, 'spanish'::text, 'swedish'::text])));
ALTER TABLE conversational_knowledge_bases ADD CONSTRAINT ckb_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200)));
ALTER TABLE conversational_knowledge_bases ADD CONSTRAINT ckb_source_id_check CHECK (((char_length(source_id) >= 1) AND (char_length(source_id) <= 200)));
ALTER TABLE conversational_knowledge_bases ADD CONSTRAINT ckb_workspace_key UNIQUE (id, workspace_id);
ALTER TABLE conversational_knowledge_bases ADD CONSTRAINT conversational_knowledge_bases_pkey PRIMARY KEY (id);
ALTER TABLE conversational_knowledge_chunks ADD CONSTRAINT ckc_content_check CHECK (((char_length(content) >= 1) AND (char_length(content) <= 20000)));
ALTER TABLE conversational_knowledge_chunks ADD CONSTRAINT ckc_id_check CHECK ((id ~~ 'chk\_%'::text));
ALTER TABLE conversational_knowledge_chunks ADD CONSTRAINT ckc_position_check CHECK (("position" >= 0));
ALTER TABLE conversational_knowledge_chunks ADD CONSTRAINT conversational_knowledge_chunks_pkey PRIMARY KEY (id);
ALTER TABLE conversational_knowledge_documents ADD CONSTRAINT ckd_id_check CHECK ((id ~~ 'doc\_%'::text));
ALTER TABLE conversational_knowledge_documents ADD CONSTRAINT ckd_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200)));
ALTER TABLE conversational_knowledge_documents ADD CONSTRAINT ckd_tags_check CHECK ((jsonb_typeof(tags) = 'object'::text));
ALTER TABLE conversational_knowledge_documents ADD CONSTRAINT conversational_knowledge_documents_pkey PRIMARY KEY (id);
ALTER TABLE conversational_left_commands ADD CONSTRAINT conversational_left_commands_pkey PRIMARY KEY (session_id, key);
ALTER TABLE conversational_memories ADD CONSTRAINT conversational_memories_id_check CHECK (((char_length(memory_id) >= 1) AND (char_length(memory_id) <= 200)));
ALTER TABLE conversational_memories ADD CONSTRAINT conversational_memories_pkey PRIMARY KEY (workspace_id, memory_id);
ALTER TABLE conversational_memory_messages ADD CONSTRAINT cmm_content_check CHECK ((char_length(content) <= 100000));
ALTER TABLE conversational_memory_messages ADD CONSTRAINT cmm_role_check CHECK ((role = ANY (ARRAY['system'::text, 'user'::text, 'assistant'::text])));
ALTER TABLE conversational_memory_messages ADD CONSTRAINT conversational_memory_messages_pkey PRIMARY KEY (workspace_id, memory_id, entry_key, part);
ALTER TABLE conversational_workflow_sessions ADD CONSTRAINT conversational_workflow_sessions_pkey PRIMARY KEY (session_id);
ALTER TABLE conversational_workflow_sessions ADD CONSTRAINT cws_id_check CHECK ((session_id ~~ 'ses\_%'::text));
ALTER TABLE conversational_workflow_sessions ADD CONSTRAINT cws_lease_check CHECK (((lease_owner IS NULL) = (lease_expires_at IS NULL)));
ALTER TABLE conversational_workflow_sessions ADD CONSTRAINT cws_status_check CHECK ((execution_status = ANY (ARRAY['not-started'::text, 'running'::text, 'waiting-for-input'::text, 'paused'::text, 'completed'::text, 'failed'::text, 'cancelled'::text, 'expired'::text])));
ALTER TABLE conversational_workflow_sessions ADD CONSTRAINT cws_version_check CHECK ((version >= 0));
ALTER TABLE schema_migrations ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);
ALTER TABLE secrets ADD CONSTRAINT secrets_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 128)));
ALTER TABLE secrets ADD CONSTRAINT secrets_nonce_check CHECK ((octet_length(nonce) = 12));
ALTER TABLE secrets ADD CONSTRAINT secrets_pkey PRIMARY KEY (workspace_id, name);
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_attempts_check CHECK ((attempts >= 0));
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_id_check CHECK ((id ~~ 'msg\_%'::text));
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id);
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])));
ALTER TABLE webhooks ADD CONSTRAINT webhooks_events_check CHECK (((jsonb_typeof(events) = 'array'::text) AND (events <> '[]'::jsonb)));
ALTER TABLE webhooks ADD CONSTRAINT webhooks_failures_check CHECK ((failures >= 0));
ALTER TABLE webhooks ADD CONSTRAINT webhooks_id_check CHECK ((id ~~ 'whk\_%'::text));
ALTER TABLE webhooks ADD CONSTRAINT webhooks_nonce_check CHECK ((octet_length(nonce) = 12));
ALTER TABLE webhooks ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);
ALTER TABLE webhooks ADD CONSTRAINT webhooks_reason_check CHECK ((disabled_reason = ANY (ARRAY['failing'::text, 'gone'::text])));
ALTER TABLE webhooks ADD CONSTRAINT webhooks_url_check CHECK (((char_length(url) >= 1) AND (char_length(url) <= 2000)));
ALTER TABLE workflow_execution_events ADD CONSTRAINT workflow_execution_events_duration_check CHECK ((duration_ms >= 0));
ALTER TABLE workflow_execution_events ADD CONSTRAINT workflow_execution_events_pkey PRIMARY KEY (session_id, sequence);
ALTER TABLE workflow_execution_events ADD CONSTRAINT workflow_execution_events_sequence_check CHECK ((sequence >= 0));
ALTER TABLE workflow_execution_events ADD CONSTRAINT workflow_execution_events_type_check CHECK ((event_type ~ '^[a-z]+(-[a-z]+)*$'::text));
ALTER TABLE workflow_journey_mappings ADD CONSTRAINT workflow_journey_mappings_id_check CHECK ((journey_id ~~ 'jrn\_%'::text));
ALTER TABLE workflow_journey_mappings ADD CONSTRAINT workflow_journey_mappings_pkey PRIMARY KEY (workflow_id, journey_id, journey_version);
ALTER TABLE workflow_versions ADD CONSTRAINT workflow_versions_document_check CHECK (((content_type = 'application/json'::text) OR (document IS NOT NULL)));
ALTER TABLE workflow_versions ADD CONSTRAINT workflow_versions_pkey PRIMARY KEY (workflow_id, version);
ALTER TABLE workflow_versions ADD CONSTRAINT workflow_versions_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE workflow_versions ADD CONSTRAINT workflow_versions_version_check CHECK ((version >= 1));
ALTER TABLE workflows ADD CONSTRAINT workflows_id_check CHECK ((id ~~ 'wf\_%'::text));
ALTER TABLE workflows ADD CONSTRAINT workflows_pkey PRIMARY KEY (id);
ALTER TABLE workflows ADD CONSTRAINT workflows_source_check CHECK ((source_id <> ''::text));
ALTER TABLE workflows ADD CONSTRAINT workflows_version_check CHECK ((current_version >= 1));
ALTER TABLE workflows ADD CONSTRAINT workflows_workspace_key UNIQUE (id, workspace_id);
ALTER TABLE workspace_invitations ADD CONSTRAINT workspace_invitations_pkey PRIMARY KEY (id);
ALTER TABLE workspace_invitations ADD CONSTRAINT workspace_invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'editor'::text, 'viewer'::text])));
ALTER TABLE workspace_invitations ADD CONSTRAINT workspace_invitations_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'accepted'::text, 'rejected'::text, 'canceled'::text])));
ALTER TABLE workspace_members ADD CONSTRAINT workspace_members_person_key UNIQUE (organization_id, user_id);
ALTER TABLE workspace_members ADD CONSTRAINT workspace_members_pkey PRIMARY KEY (id);
ALTER TABLE workspace_members ADD CONSTRAINT workspace_members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'editor'::text, 'viewer'::text])));
ALTER TABLE workspace_tools ADD CONSTRAINT workspace_tools_adapter_check CHECK ((COALESCE((adapter ->> 'kind'::text), ''::text) = ANY (ARRAY['http'::text, 'openapi'::text, 'mcp'::text])));
ALTER TABLE workspace_tools ADD CONSTRAINT workspace_tools_block_type_check CHECK (((char_length(block_type) >= 1) AND (char_length(block_type) <= 128)));
ALTER TABLE workspace_tools ADD CONSTRAINT workspace_tools_id_check CHECK ((id ~~ 'tool\_%'::text));
ALTER TABLE workspace_tools ADD CONSTRAINT workspace_tools_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200)));
ALTER TABLE workspace_tools ADD CONSTRAINT workspace_tools_operation_check CHECK (((char_length(operation) >= 1) AND (char_length(operation) <= 128)));
ALTER TABLE workspace_tools ADD CONSTRAINT workspace_tools_pkey PRIMARY KEY (id);
ALTER TABLE workspace_tools ADD CONSTRAINT workspace_tools_side_effect_check CHECK ((side_effect = ANY (ARRAY['none'::text, 'read'::text, 'write'::text])));
ALTER TABLE workspaces ADD CONSTRAINT workspaces_name_check CHECK ((name <> ''::text));
ALTER TABLE workspaces ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);
ALTER TABLE workspaces ADD CONSTRAINT workspaces_slug_key UNIQUE (slug);
ALTER TABLE audit_log ADD CONSTRAINT audit_log_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;
ALTER TABLE auth_accounts ADD CONSTRAINT auth_accounts_user_fkey FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE CASCADE;
ALTER TABLE auth_sessions ADD CONSTRAINT auth_sessions_user_fkey FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE CASCADE;
ALTER TABLE auth_sessions ADD CONSTRAINT auth_sessions_workspace_fkey FOREIGN KEY (active_organization_id) REFERENCES workspaces(id) ON DELETE SET NULL;
ALTER TABLE conversation_turns ADD CONSTRAINT conversation_turns_session_fkey FOREIGN KEY (session_id) REFERENCES conversational_workflow_sessions(session_id) ON DELETE CASCADE;
ALTER TABLE conversational_block_runs ADD CONSTRAINT cbr_session_fkey FOREIGN KEY (session_id) REFERENCES conversational_workflow_sessions(session_id) ON DELETE CASCADE;
ALTER TABLE conversational_knowledge_bases ADD CONSTRAINT ckb_author_fkey FOREIGN KEY (created_by) REFERENCES auth_users(id) ON DELETE SET NULL;
ALTER TABLE conversational_knowledge_bases ADD CONSTRAINT ckb_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;
ALTER TABLE conversational_knowledge_chunks ADD CONSTRAINT ckc_document_fkey FOREIGN KEY (document_id) REFERENCES conversational_knowledge_documents(id) ON DELETE CASCADE;
ALTER TABLE conversational_knowledge_documents ADD CONSTRAINT ckd_base_fkey FOREIGN KEY (knowledge_base_id, workspace_id) REFERENCES conversational_knowledge_bases(id, workspace_id) ON DELETE CASCADE;
ALTER TABLE conversational_left_commands ADD CONSTRAINT clc_session_fkey FOREIGN KEY (session_id) REFERENCES conversational_workflow_sessions(session_id) ON DELETE CASCADE;
ALTER TABLE conversational_memories ADD CONSTRAINT conversational_memories_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;
ALTER TABLE conversational_memory_messages ADD CONSTRAINT cmm_memory_fkey FOREIGN KEY (workspace_id, memory_id) REFERENCES conversational_memories(workspace_id, memory_id) ON DELETE CASCADE;
ALTER TABLE conversational_workflow_sessions ADD CONSTRAINT cws_journey_fkey FOREIGN KEY (workflow_id, journey_id, journey_version) REFERENCES workflow_journey_mappings(workflow_id, journey_id, journey_version);
ALTER TABLE conversational_workflow_sessions ADD CONSTRAINT cws_user_fkey FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE CASCADE;
ALTER TABLE conversational_workflow_sessions ADD CONSTRAINT cws_workflow_fkey FOREIGN KEY (workflow_id, workspace_id) REFERENCES workflows(id, workspace_id) ON DELETE CASCADE;
ALTER TABLE conversational_workflow_sessions ADD CONSTRAINT cws_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;
ALTER TABLE secrets ADD CONSTRAINT secrets_author_fkey FOREIGN KEY (updated_by) REFERENCES auth_users(id) ON DELETE SET NULL;
ALTER TABLE secrets ADD CONSTRAINT secrets_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_session_fkey FOREIGN KEY (session_id) REFERENCES conversational_workflow_sessions(session_id) ON DELETE CASCADE;
ALTER TABLE webhooks ADD CONSTRAINT webhooks_author_fkey FOREIGN KEY (created_by) REFERENCES auth_users(id) ON DELETE SET NULL;
ALTER TABLE webhooks ADD CONSTRAINT webhooks_workflow_fkey FOREIGN KEY (workflow_id, workspace_id) REFERENCES workflows(id, workspace_id) ON DELETE CASCADE;
ALTER TABLE webhooks ADD CONSTRAINT webhooks_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;
ALTER TABLE workflow_execution_events ADD CONSTRAINT workflow_execution_events_session_fkey FOREIGN KEY (session_id) REFERENCES conversational_workflow_sessions(session_id) ON DELETE CASCADE;
ALTER TABLE workflow_journey_mappings ADD CONSTRAINT workflow_journey_mappings_version_fkey FOREIGN KEY (workflow_id, workflow_version) REFERENCES workflow_versions(workflow_id, version) ON DELETE CASCADE;
ALTER TABLE workflow_versions ADD CONSTRAINT workflow_versions_author_fkey FOREIGN KEY (created_by) REFERENCES auth_users(id) ON DELETE SET NULL;
ALTER TABLE workflow_versions ADD CONSTRAINT workflow_versions_workflow_fkey FOREIGN KEY (workflow_id) REFERENCES workflows(id) ON DELETE CASCADE;
ALTER TABLE workflows ADD CONSTRAINT workflows_author_fkey FOREIGN KEY (created_by) REFERENCES auth_users(id) ON DELETE SET NULL;
ALTER TABLE workflows ADD CONSTRAINT workflows_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;
ALTER TABLE workspace_invitations ADD CONSTRAINT workspace_invitations_inviter_fkey FOREIGN KEY (inviter_id) REFERENCES auth_users(id) ON DELETE CASCADE;
ALTER TABLE workspace_invitations ADD CONSTRAINT workspace_invitations_workspace_fkey FOREIGN KEY (organization_id) REFERENCES workspaces(id) ON DELETE CASCADE;
ALTER TABLE workspace_members ADD CONSTRAINT workspace_members_user_fkey FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE CASCADE;
ALTER TABLE workspace_members ADD CONSTRAINT workspace_members_workspace_fkey FOREIGN KEY (organization_id) REFERENCES workspaces(id) ON DELETE CASCADE;
ALTER TABLE workspace_tools ADD CONSTRAINT workspace_tools_author_fkey FOREIGN KEY (created_by) REFERENCES auth_users(id) ON DELETE SET NULL;
ALTER TABLE workspace_tools ADD CONSTRAINT workspace_tools_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id) ON DELETE CASCADE;

CREATE INDEX idx_api_keys_config ON public.api_keys USING btree (config_id);
CREATE INDEX idx_api_keys_reference ON public.api_keys USING btree (reference_id);
CREATE INDEX idx_audit_log_workspace ON public.audit_log USING btree (workspace_id);
CREATE INDEX idx_auth_accounts_user ON public.auth_accounts USING btree (user_id);
CREATE INDEX idx_auth_sessions_user ON public.auth_sessions USING btree (user_id);
CREATE INDEX idx_auth_sessions_workspace ON public.auth_sessions USING btree (active_organization_id);
CREATE INDEX idx_auth_verifications_identifier ON public.auth_verifications USING btree (identifier);
CREATE INDEX idx_ct_age ON public.conversation_turns USING brin (created_at);
CREATE UNIQUE INDEX idx_ct_idempotency ON public.conversation_turns USING btree (session_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX idx_ct_recent_conversations ON public.conversation_turns USING btree (session_id, created_at DESC);
CREATE INDEX idx_cbr_unfinished ON public.conversational_block_runs USING btree (started_at) WHERE (status = 'started'::text);
CREATE INDEX idx_ckb_author ON public.conversational_knowledge_bases USING btree (created_by);
CREATE UNIQUE INDEX idx_ckb_name ON public.conversational_knowledge_bases USING btree (workspace_id, lower(name));
CREATE UNIQUE INDEX idx_ckb_source ON public.conversational_knowledge_bases USING btree (workspace_id, source_id);
CREATE UNIQUE INDEX idx_ckc_position ON public.conversational_knowledge_chunks USING btree (document_id, "position");
CREATE INDEX idx_ckc_search ON public.conversational_knowledge_chunks USING gin (search);
CREATE INDEX idx_ckd_base_created ON public.conversational_knowledge_documents USING btree (knowledge_base_id, created_at DESC, id DESC);
CREATE INDEX idx_cm_recent ON public.conversational_memories USING btree (workspace_id, updated_at DESC);
CREATE INDEX idx_cmm_order ON public.conversational_memory_messages USING btree (workspace_id, memory_id, "position" DESC);
CREATE INDEX idx_cws_active_sessions ON public.conversational_workflow_sessions USING btree (user_id, execution_status) WHERE (execution_status = ANY (ARRAY['running'::text, 'paused'::text, 'waiting-for-input'::text]));
CREATE INDEX idx_cws_ended ON public.conversational_workflow_sessions USING btree (updated_at) WHERE (execution_status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text, 'expired'::text]));
CREATE INDEX idx_cws_expiry ON public.conversational_workflow_sessions USING btree (expires_at) WHERE (execution_status = ANY (ARRAY['not-started'::text, 'running'::text, 'waiting-for-input'::text, 'paused'::text]));
CREATE INDEX idx_cws_journey ON public.conversational_workflow_sessions USING btree (workflow_id, journey_id, journey_version);
CREATE INDEX idx_cws_leases ON public.conversational_workflow_sessions USING btree (lease_expires_at) WHERE (lease_owner IS NOT NULL);
CREATE INDEX idx_cws_user_created ON public.conversational_workflow_sessions USING btree (user_id, created_at DESC, session_id DESC);
CREATE INDEX idx_cws_workspace_created ON public.conversational_workflow_sessions USING btree (workspace_id, created_at DESC, session_id DESC);
CREATE INDEX idx_secrets_author ON public.secrets USING btree (updated_by);
CREATE INDEX idx_secrets_key ON public.secrets USING btree (key_id);
CREATE INDEX idx_webhook_deliveries_age ON public.webhook_deliveries USING brin (created_at);
CREATE INDEX idx_webhook_deliveries_session ON public.webhook_deliveries USING btree (session_id);
CREATE INDEX idx_webhook_deliveries_webhook ON public.webhook_deliveries USING btree (webhook_id, created_at DESC, id DESC);
CREATE INDEX idx_webhooks_author ON public.webhooks USING btree (created_by);
CREATE INDEX idx_webhooks_key ON public.webhooks USING btree (key_id);
CREATE INDEX idx_webhooks_workflow ON public.webhooks USING btree (workflow_id, workspace_id);
CREATE INDEX idx_webhooks_workspace ON public.webhooks USING btree (workspace_id);
CREATE INDEX idx_wee_performance_monitoring ON public.workflow_execution_events USING btree (created_at DESC, event_type, duration_ms);
CREATE INDEX idx_wjm_journey ON public.workflow_journey_mappings USING btree (journey_id, journey_version);
CREATE UNIQUE INDEX idx_wjm_one_active ON public.workflow_journey_mappings USING btree (workflow_id) WHERE active;
CREATE INDEX idx_wjm_version ON public.workflow_journey_mappings USING btree (workflow_id, workflow_version);
CREATE INDEX idx_workflow_versions_author ON public.workflow_versions USING btree (created_by);
CREATE INDEX idx_workflows_author ON public.workflows USING btree (created_by);
CREATE INDEX idx_workflows_source ON public.workflows USING btree (workspace_id, source_id) WHERE (source_id IS NOT NULL);
CREATE INDEX idx_workflows_workspace_created ON public.workflows USING btree (workspace_id, created_at DESC, id DESC);
CREATE INDEX idx_workspace_invitations_email ON public.workspace_invitations USING btree (email);
CREATE INDEX idx_workspace_invitations_inviter ON public.workspace_invitations USING btree (inviter_id);
CREATE INDEX idx_workspace_invitations_workspace ON public.workspace_invitations USING btree (organization_id);
CREATE INDEX idx_workspace_members_user ON public.workspace_members USING btree (user_id, created_at);
CREATE INDEX idx_workspace_tools_author ON public.workspace_tools USING btree (created_by);
CREATE UNIQUE INDEX idx_workspace_tools_block ON public.workspace_tools USING btree (workspace_id, block_type, COALESCE(operation, ''::text));

CREATE OR REPLACE FUNCTION public.audit_entry_hash(entry audit_log)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  SELECT encode(sha256(convert_to(jsonb_build_array(
    entry.previous_hash, entry.chain, entry.sequence, entry.actor_type, entry.actor_id,
    entry.action, entry.target_type, entry.target_id, entry.details, entry.request_id,
    to_char(entry.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
  )::text, 'UTF8')), 'hex')
$function$;

CREATE OR REPLACE FUNCTION public.delete_api_keys_of_owner()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  DELETE FROM api_keys WHERE reference_id = OLD.id;
  RETURN OLD;
END;
$function$;

CREATE OR REPLACE FUNCTION public.keep_audit_entry()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.workspace_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM workspaces WHERE id = OLD.workspace_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'restrict_violation';
END;
$function$;

CREATE OR REPLACE FUNCTION public.knowledge_vector(base text, language text, title text, content text)
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT array_to_tsvector(ARRAY[base])
    || setweight(to_tsvector(known.config, title), 'A') || to_tsvector(known.config, content)
  FROM (
    SELECT CASE language
      WHEN 'danish' THEN 'danish'::regconfig
      WHEN 'dutch' THEN 'dutch'::regconfig
      WHEN 'english' THEN 'english'::regconfig
      WHEN 'finnish' THEN 'finnish'::regconfig
      WHEN 'french' THEN 'french'::regconfig
      WHEN 'german' THEN 'german'::regconfig
      WHEN 'italian' THEN 'italian'::regconfig
      WHEN 'norwegian' THEN 'norwegian'::regconfig
      WHEN 'portuguese' THEN 'portuguese'::regconfig
      WHEN 'russian' THEN 'russian'::regconfig
      WHEN 'spanish' THEN 'spanish'::regconfig
      WHEN 'swedish' THEN 'swedish'::regconfig
      ELSE 'simple'::regconfig
    END AS config
  ) AS known
$function$;

CREATE OR REPLACE FUNCTION public.link_audit_entry()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'Rows of % do not change; add a new one instead.', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END;
$function$;

CREATE OR REPLACE FUNCTION public.refuse_session(opener text, in_all integer, per_user integer)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE TRIGGER keep_entries BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_entry();
CREATE TRIGGER keep_entry BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION keep_audit_entry();
CREATE TRIGGER link_entry BEFORE INSERT ON public.audit_log FOR EACH ROW EXECUTE FUNCTION link_audit_entry();
CREATE TRIGGER delete_api_keys AFTER DELETE ON public.auth_users FOR EACH ROW EXECUTE FUNCTION delete_api_keys_of_owner();
CREATE TRIGGER refuse_change BEFORE UPDATE OF workflow_id, journey_id, journey_version, journey, mapper_version ON public.workflow_journey_mappings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OF workflow_id, version, name, description, content, content_type, sha256, document, created_at ON public.workflow_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER delete_api_keys AFTER DELETE ON public.workspaces FOR EACH ROW EXECUTE FUNCTION delete_api_keys_of_owner();
