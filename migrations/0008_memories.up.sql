-- What agents and memory blocks remember from one run to the next.

CREATE TABLE conversational_memories (
  workspace_id text NOT NULL,
  memory_id text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT conversational_memories_pkey PRIMARY KEY (workspace_id, memory_id),
  CONSTRAINT conversational_memories_id_check CHECK (char_length(memory_id) BETWEEN 1 AND 200),
  CONSTRAINT conversational_memories_workspace_fkey FOREIGN KEY (workspace_id)
    REFERENCES workspaces (id) ON DELETE CASCADE
);
CREATE INDEX idx_cm_recent ON conversational_memories (workspace_id, updated_at DESC);

CREATE TABLE conversational_memory_messages (
  workspace_id text NOT NULL,
  memory_id text NOT NULL,
  -- The run that added it, and which of its messages it is: a run that is made again adds nothing twice.
  entry_key text NOT NULL,
  part integer NOT NULL,
  position bigint GENERATED ALWAYS AS IDENTITY,
  role text NOT NULL,
  content text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT conversational_memory_messages_pkey
    PRIMARY KEY (workspace_id, memory_id, entry_key, part),
  CONSTRAINT cmm_role_check CHECK (role IN ('system', 'user', 'assistant')),
  CONSTRAINT cmm_content_check CHECK (char_length(content) <= 100000),
  CONSTRAINT cmm_memory_fkey FOREIGN KEY (workspace_id, memory_id)
    REFERENCES conversational_memories (workspace_id, memory_id) ON DELETE CASCADE
);
CREATE INDEX idx_cmm_order
  ON conversational_memory_messages (workspace_id, memory_id, position DESC);
