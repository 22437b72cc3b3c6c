-- Workflows as they were imported, and the journeys they were mapped to.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of % do not change; add a new one instead.', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TABLE workflows (
  id text PRIMARY KEY,
  workspace_id text NOT NULL,
  name text NOT NULL,
  description text,
  current_version integer NOT NULL,
  created_by text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- What sessions refer to, so that none can point into another workspace.
  CONSTRAINT workflows_workspace_key UNIQUE (id, workspace_id),
  CONSTRAINT workflows_id_check CHECK (id LIKE 'wf\_%'),
  CONSTRAINT workflows_version_check CHECK (current_version >= 1),
  CONSTRAINT workflows_workspace_fkey FOREIGN KEY (workspace_id)
    REFERENCES workspaces (id) ON DELETE CASCADE,
  CONSTRAINT workflows_author_fkey FOREIGN KEY (created_by)
    REFERENCES auth_users (id) ON DELETE SET NULL
);
CREATE INDEX idx_workflows_workspace_created
  ON workflows (workspace_id, created_at DESC, id DESC);
CREATE INDEX idx_workflows_author ON workflows (created_by);

CREATE TABLE workflow_versions (
  workflow_id text NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  description text,
  -- The bytes that were imported: an export gives them back one for one.
  content bytea NOT NULL,
  content_type text NOT NULL,
  sha256 text NOT NULL,
  -- The JSON value that the content stands for, where the content is not JSON itself.
  document json,
  created_by text,
  created_at timestamptz NOT NULL,
  CONSTRAINT workflow_versions_pkey PRIMARY KEY (workflow_id, version),
  CONSTRAINT workflow_versions_version_check CHECK (version >= 1),
  CONSTRAINT workflow_versions_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  CONSTRAINT workflow_versions_document_check
    CHECK (content_type = 'application/json' OR document IS NOT NULL),
  CONSTRAINT workflow_versions_workflow_fkey FOREIGN KEY (workflow_id)
    REFERENCES workflows (id) ON DELETE CASCADE,
  CONSTRAINT workflow_versions_author_fkey FOREIGN KEY (created_by)
    REFERENCES auth_users (id) ON DELETE SET NULL
);
CREATE INDEX idx_workflow_versions_author ON workflow_versions (created_by);
-- The author is left out of the list: erasing a person's data empties that column.
CREATE TRIGGER refuse_change BEFORE UPDATE OF
    workflow_id, version, name, description, content, content_type, sha256, document, created_at
  ON workflow_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE workflow_journey_mappings (
  workflow_id text NOT NULL,
  journey_id text NOT NULL,
  journey_version text NOT NULL,
  -- The latest version of the workflow that maps to this journey.
  workflow_version integer NOT NULL,
  -- json, not jsonb: the order of keys and the text of numbers stay as they were mapped.
  journey json NOT NULL,
  provenance json NOT NULL,
  issues json NOT NULL,
  mapper_version text NOT NULL,
  active boolean NOT NULL,
  mapped_at timestamptz NOT NULL,
  CONSTRAINT workflow_journey_mappings_pkey
    PRIMARY KEY (workflow_id, journey_id, journey_version),
  CONSTRAINT workflow_journey_mappings_id_check CHECK (journey_id LIKE 'jrn\_%'),
  CONSTRAINT workflow_journey_mappings_version_fkey FOREIGN KEY (workflow_id, workflow_version)
    REFERENCES workflow_versions (workflow_id, version) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_wjm_one_active
  ON workflow_journey_mappings (workflow_id) WHERE active;
CREATE INDEX idx_wjm_journey ON workflow_journey_mappings (journey_id, journey_version);
CREATE INDEX idx_wjm_version ON workflow_journey_mappings (workflow_id, workflow_version);
CREATE TRIGGER refuse_change BEFORE UPDATE OF
    workflow_id, journey_id, journey_version, journey, mapper_version
  ON workflow_journey_mappings FOR EACH ROW EXECUTE FUNCTION refuse_change();
