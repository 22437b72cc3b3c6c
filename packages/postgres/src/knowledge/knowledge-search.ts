import type { KnowledgeBase, KnowledgeHit, KnowledgeQuery, TagFilter } from '@sim/engine';
import type { Database, Statement } from '../connection/database.js';
import { storableJson, storableText } from '../encoding/storable.js';

/** Of these many by PostgreSQL's rank, those are chosen that have most of the question's words. */
const CANDIDATES = 200;

/*
 * Plain language is mostly words that the answer does not have ("how long do I have to …"), so any of its
 * words is enough to be found, and what has all of them comes first. Who writes -word means it: then what
 * websearch_to_tsquery reads alone counts.
 *
 * The rank of ts_rank_cd alone was tried: long chunks that repeat one word of five came before short ones
 * that have all five. The share of words that are there tells them apart, and is a number that people and
 * conditions of workflows can go by; the rank decides among equals.
 */
const BY_WORDS = `
WITH found AS (
  SELECT c.id, c.position, c.content, c.knowledge_base_id, c.document_id, c.search,
    d.name AS document_name, d.tags,
    c.search @@ websearch_to_tsquery($1::regconfig, $2) AS exact,
    ts_rank_cd(c.search, asked.loose, 32) AS rank, asked.words
  FROM conversational_knowledge_chunks c
  JOIN conversational_knowledge_documents d ON d.id = c.document_id
  CROSS JOIN (
    SELECT replace(plainto_tsquery($1::regconfig, $2)::text, ' & ', ' | ')::tsquery AS loose,
      tsvector_to_array(to_tsvector($1::regconfig, $2)) AS words
  ) AS asked
  WHERE c.search @@ ($3::tsquery && (CASE WHEN $4 THEN websearch_to_tsquery($1::regconfig, $2) ELSE
      replace(plainto_tsquery($1::regconfig, $2)::text, ' & ', ' | ')::tsquery END))
    AND numnode(plainto_tsquery($1::regconfig, $2)) > 0
    AND c.enabled AND d.workspace_id = $5 AND d.tags @> $6::jsonb
    AND NOT EXISTS (
      SELECT FROM jsonb_array_elements($7::jsonb) AS other WHERE d.tags @> other
    )
  ORDER BY exact DESC, rank DESC, c.id
  LIMIT ${CANDIDATES}
)
SELECT id, position, content, knowledge_base_id, document_id, document_name, tags,
  round((0.9 * share + 0.1 * rank)::numeric, 4)::float8 AS similarity
FROM (
  SELECT found.*, (
      SELECT count(*) FROM unnest(words) AS word WHERE word = ANY (tsvector_to_array(search))
    )::float8 / cardinality(words) AS share
  FROM found
) AS scored
ORDER BY exact DESC, similarity DESC, document_id, position
LIMIT $8`;

/** Without words there is nothing to rank by: the newest documents first, each in reading order. */
const BY_TAGS = `
SELECT c.id, c.position, c.content, c.knowledge_base_id, c.document_id, d.name AS document_name,
  d.tags, 1::float8 AS similarity
FROM conversational_knowledge_documents d
JOIN conversational_knowledge_chunks c ON c.document_id = d.id
WHERE d.knowledge_base_id = ANY ($1::text[]) AND d.workspace_id = $2 AND c.enabled
  AND d.tags @> $3::jsonb
  AND NOT EXISTS (SELECT FROM jsonb_array_elements($4::jsonb) AS other WHERE d.tags @> other)
ORDER BY d.created_at DESC, d.id, c.position
LIMIT $5`;

interface FoundRow {
  readonly id: string;
  readonly position: number;
  readonly content: string;
  readonly knowledge_base_id: string;
  readonly document_id: string;
  readonly document_name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly similarity: number;
}

/** What a base is asked: one statement for each language among the bases. */
export function searchStatements({ bases, text, tags, limit }: KnowledgeQuery): Statement[] {
  const filters = [equalTags(tags), otherTags(tags)];
  const asked = storableText(text).trim();
  const workspaceId = bases[0]?.workspaceId ?? '';
  const own = bases.filter((base) => base.workspaceId === workspaceId);
  if (asked === '') {
    const ids = own.map(({ id }) => id);
    return [{ text: BY_TAGS, values: [ids, workspaceId, ...filters, limit] }];
  }
  const excludes = /(?:^|\s)-["\p{L}\p{N}]/u.test(asked);
  return [...new Set(own.map(({ language }) => language))].map((language) => {
    const among = own.filter((base) => base.language === language);
    return {
      text: BY_WORDS,
      values: [language, asked, anyOf(among), excludes, workspaceId, ...filters, limit],
    };
  });
}

/** Chunks that answer a question, the best first. */
export async function searchKnowledge(
  database: Database,
  query: KnowledgeQuery,
): Promise<readonly KnowledgeHit[]> {
  const hits: KnowledgeHit[] = [];
  for (const statement of searchStatements(query)) {
    const { rows } = await database.query<FoundRow>(statement);
    hits.push(...rows.map(toHit));
  }
  // Sorting is stable: within a language the database's order stays.
  return hits.sort((a, b) => b.similarity - a.similarity).slice(0, query.limit);
}

/** The marks of the bases in the vectors. Ids are letters, digits and underscores: there is no quote in them. */
function anyOf(bases: readonly KnowledgeBase[]): string {
  return bases.map(({ id }) => `'${id.replace(/\W/g, '')}'`).join(' | ');
}

function equalTags(tags: readonly TagFilter[]): string {
  return storableJson(Object.fromEntries(tags.filter(({ equal }) => equal).map(pair)));
}

function otherTags(tags: readonly TagFilter[]): string {
  return storableJson(
    tags.filter(({ equal }) => !equal).map((tag) => Object.fromEntries([pair(tag)])),
  );
}

const pair = ({ name, value }: TagFilter) => [name, value] as const;

function toHit(row: FoundRow): KnowledgeHit {
  return {
    knowledgeBaseId: row.knowledge_base_id,
    documentId: row.document_id,
    documentName: row.document_name,
    tags: row.tags,
    chunkId: row.id,
    position: row.position,
    content: row.content,
    similarity: row.similarity,
  };
}
