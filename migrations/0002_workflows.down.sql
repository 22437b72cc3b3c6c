DROP TABLE workflow_journey_mappings;
DROP TABLE workflow_versions;
DROP TABLE workflows;
DROP FUNCTION refuse_change();
