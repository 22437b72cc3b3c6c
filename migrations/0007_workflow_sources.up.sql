-- The id that a workflow had where it was exported: other workflows call it by that.

ALTER TABLE workflows ADD COLUMN source_id text;
ALTER TABLE workflows ADD CONSTRAINT workflows_source_check CHECK (source_id <> '');
CREATE INDEX idx_workflows_source ON workflows (workspace_id, source_id) WHERE source_id IS NOT NULL;
