-- no-transaction
-- Indexes of the deployment guide, built while the tables are in use. The guide's predicates on
-- NOW() are left out of the last two: an index predicate may call only what never changes.
-- A build that was broken off leaves an invalid index of the name, so each is dropped first.

DROP INDEX CONCURRENTLY IF EXISTS idx_cws_active_sessions;
CREATE INDEX CONCURRENTLY idx_cws_active_sessions
  ON conversational_workflow_sessions (user_id, execution_status)
  WHERE execution_status IN ('running', 'paused', 'waiting-for-input');

DROP INDEX CONCURRENTLY IF EXISTS idx_ct_recent_conversations;
CREATE INDEX CONCURRENTLY idx_ct_recent_conversations
  ON conversation_turns (session_id, created_at DESC);

DROP INDEX CONCURRENTLY IF EXISTS idx_wee_performance_monitoring;
CREATE INDEX CONCURRENTLY idx_wee_performance_monitoring
  ON workflow_execution_events (created_at DESC, event_type, duration_ms);
