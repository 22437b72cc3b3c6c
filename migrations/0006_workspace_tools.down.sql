ALTER TABLE workflow_journey_mappings DROP COLUMN tools_hash;
DROP TABLE workspace_tools;
