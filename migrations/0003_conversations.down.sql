DROP TABLE conversational_block_runs;
DROP TABLE workflow_execution_events;
DROP TABLE conversation_turns;
DROP TABLE conversational_workflow_sessions;
