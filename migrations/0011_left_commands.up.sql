-- Commands that one replica leaves for the turn that another has at work on the session.

CREATE TABLE conversational_left_commands (
  session_id text NOT NULL,
  key text NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  command json NOT NULL,
  left_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT conversational_left_commands_pkey PRIMARY KEY (session_id, key),
  CONSTRAINT clc_session_fkey FOREIGN KEY (session_id)
    REFERENCES conversational_workflow_sessions (session_id) ON DELETE CASCADE
);
