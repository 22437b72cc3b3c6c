DROP FUNCTION audit_entry_hash(audit_log);
DROP TABLE audit_log;
DROP FUNCTION link_audit_entry();
DROP FUNCTION keep_audit_entry();
DROP TABLE secrets;
