-- Knowledge bases: documents in chunks that full-text search finds.

-- The base's id stands in the vector beside the words, so that one index finds the words of one base:
-- the words alone would bring the chunks of every workspace. Names of documents weigh more than words of
-- their text. A configuration by name is not immutable, so every language stands here as a constant.
CREATE FUNCTION knowledge_vector(base text, language text, title text, content text)
  RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(ARRAY[base])
    || setweight(to_tsvector(known.config, title), 'A') || to_tsvector(known.config, content)
  FROM (
    SELECT CASE language
      WHEN 'danish' THEN 'danish'::regconfig
      WHEN 'dutch' THEN 'dutch'::regconfig
      WHEN 'english' THEN 'english'::regconfig
      WHEN 'finnish' THEN 'finnish'::regconfig
      WHEN 'french' THEN 'french'::regconfig
      WHEN 'german' THEN 'german'::regconfig
      WHEN 'italian' THEN 'italian'::regconfig
      WHEN 'norwegian' THEN 'norwegian'::regconfig
      WHEN 'portuguese' THEN 'portuguese'::regconfig
      WHEN 'russian' THEN 'russian'::regconfig
      WHEN 'spanish' THEN 'spanish'::regconfig
      WHEN 'swedish' THEN 'swedish'::regconfig
      ELSE 'simple'::regconfig
    END AS config
  ) AS known
$$;

CREATE TABLE conversational_knowledge_bases (
  id text PRIMARY KEY,
  workspace_id text NOT NULL,
  name text NOT NULL,
  description text,
  language text NOT NULL,
  -- The id that workflows name it by which were exported elsewhere.
  source_id text,
  created_by text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT ckb_workspace_key UNIQUE (id, workspace_id),
  CONSTRAINT ckb_id_check CHECK (id LIKE 'kb\_%'),
  CONSTRAINT ckb_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
  CONSTRAINT ckb_source_id_check CHECK (char_length(source_id) BETWEEN 1 AND 200),
  CONSTRAINT ckb_language_check CHECK (language IN (
    'simple', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'italian', 'norwegian',
    'portuguese', 'russian', 'spanish', 'swedish'
  )),
  CONSTRAINT ckb_workspace_fkey FOREIGN KEY (workspace_id)
    REFERENCES workspaces (id) ON DELETE CASCADE,
  CONSTRAINT ckb_author_fkey FOREIGN KEY (created_by) REFERENCES auth_users (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX idx_ckb_name ON conversational_knowledge_bases (workspace_id, lower(name));
CREATE UNIQUE INDEX idx_ckb_source ON conversational_knowledge_bases (workspace_id, source_id);
CREATE INDEX idx_ckb_author ON conversational_knowledge_bases (created_by);

CREATE TABLE conversational_knowledge_documents (
  id text PRIMARY KEY,
  knowledge_base_id text NOT NULL,
  -- Of the base: no document can be moved to another workspace's.
  workspace_id text NOT NULL,
  name text NOT NULL,
  -- Texts by the name of the tag.
  tags jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT ckd_id_check CHECK (id LIKE 'doc\_%'),
  CONSTRAINT ckd_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
  CONSTRAINT ckd_tags_check CHECK (jsonb_typeof(tags) = 'object'),
  CONSTRAINT ckd_base_fkey FOREIGN KEY (knowledge_base_id, workspace_id)
    REFERENCES conversational_knowledge_bases (id, workspace_id) ON DELETE CASCADE
);
CREATE INDEX idx_ckd_base_created
  ON conversational_knowledge_documents (knowledge_base_id, created_at DESC, id DESC);

CREATE TABLE conversational_knowledge_chunks (
  id text PRIMARY KEY,
  document_id text NOT NULL,
  -- From 0 in each document; what is deleted leaves a gap.
  position integer NOT NULL,
  content text NOT NULL,
  enabled boolean NOT NULL,
  -- Copies, of which the vector is made.
  knowledge_base_id text NOT NULL,
  language text NOT NULL,
  title text NOT NULL,
  search tsvector NOT NULL GENERATED ALWAYS AS
    (knowledge_vector(knowledge_base_id, language, title, content)) STORED,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT ckc_id_check CHECK (id LIKE 'chk\_%'),
  CONSTRAINT ckc_position_check CHECK (position >= 0),
  CONSTRAINT ckc_content_check CHECK (char_length(content) BETWEEN 1 AND 20000),
  CONSTRAINT ckc_document_fkey FOREIGN KEY (document_id)
    REFERENCES conversational_knowledge_documents (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_ckc_position ON conversational_knowledge_chunks (document_id, position);
CREATE INDEX idx_ckc_search ON conversational_knowledge_chunks USING gin (search);
