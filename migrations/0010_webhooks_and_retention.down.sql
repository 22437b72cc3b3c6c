DROP FUNCTION refuse_session;
DROP INDEX idx_cws_ended;
ALTER TABLE conversational_workflow_sessions
  DROP COLUMN events_removed_at, DROP COLUMN turns_removed_at;
DROP TABLE webhook_deliveries;
DROP TABLE webhooks;
