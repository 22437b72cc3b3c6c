-- Tools that workspaces configure for blocks without an executor of ours.

CREATE TABLE workspace_tools (
  id text PRIMARY KEY,
  workspace_id text NOT NULL,
  name text NOT NULL,
  block_type text NOT NULL,
  -- Null runs every operation of the type that no other tool names.
  operation text,
  side_effect text NOT NULL,
  idempotent boolean NOT NULL,
  -- How it is called. Secrets stand in it as {{NAME}} alone.
  adapter json NOT NULL,
  enabled boolean NOT NULL,
  created_by text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT workspace_tools_id_check CHECK (id LIKE 'tool\_%'),
  CONSTRAINT workspace_tools_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
  CONSTRAINT workspace_tools_block_type_check CHECK (char_length(block_type) BETWEEN 1 AND 128),
  CONSTRAINT workspace_tools_operation_check CHECK (char_length(operation) BETWEEN 1 AND 128),
  CONSTRAINT workspace_tools_side_effect_check CHECK (side_effect IN ('none', 'read', 'write')),
  CONSTRAINT workspace_tools_adapter_check
    CHECK (coalesce(adapter ->> 'kind', '') IN ('http', 'openapi', 'mcp')),
  CONSTRAINT workspace_tools_workspace_fkey FOREIGN KEY (workspace_id)
    REFERENCES workspaces (id) ON DELETE CASCADE,
  CONSTRAINT workspace_tools_author_fkey FOREIGN KEY (created_by)
    REFERENCES auth_users (id) ON DELETE SET NULL
);
-- An index of an expression, as PostgreSQL 14 takes two nulls for different; no operation is empty.
CREATE UNIQUE INDEX idx_workspace_tools_block
  ON workspace_tools (workspace_id, block_type, coalesce(operation, ''));
CREATE INDEX idx_workspace_tools_author ON workspace_tools (created_by);

-- Which tools a journey was mapped with; empty where none runs a block of it.
ALTER TABLE workflow_journey_mappings ADD COLUMN tools_hash text NOT NULL DEFAULT '';
