-- no-transaction

DROP INDEX CONCURRENTLY IF EXISTS idx_wee_performance_monitoring;
DROP INDEX CONCURRENTLY IF EXISTS idx_ct_recent_conversations;
DROP INDEX CONCURRENTLY IF EXISTS idx_cws_active_sessions;
