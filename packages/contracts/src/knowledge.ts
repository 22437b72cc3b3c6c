import * as z from 'zod';
import { documentId, knowledgeBaseId } from './ids.js';
import { shortText, timestamp } from './json.js';
import { page } from './page.js';

/** What the words of a base are reduced by, so that "refunds" finds "refund"; `simple` takes them as they are. */
export const KNOWLEDGE_LANGUAGES = [
  'simple',
  'danish',
  'dutch',
  'english',
  'finnish',
  'french',
  'german',
  'italian',
  'norwegian',
  'portuguese',
  'russian',
  'spanish',
  'swedish',
] as const;

const MAX_NAME = 200;
const MAX_DESCRIPTION = 2_000;
const MAX_TAGS = 50;
/** The characters of a document. */
const MAX_CONTENT = 500_000;
/** Every character of the content may be written as an escape of six bytes, or two of them. */
export const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;
const MAX_QUESTION = 4_000;
const MAX_RESULTS = 100;

const language = z.enum(KNOWLEDGE_LANGUAGES).meta({ description: 'The language of its documents' });
const sourceId = shortText(MAX_NAME).meta({
  description: 'The id that workflows from elsewhere name it by, so that they find it unchanged',
});

export const knowledgeBase = z
  .strictObject({
    id: knowledgeBaseId,
    name: z.string(),
    description: z.string().nullable(),
    language,
    sourceId: z.string().nullable(),
    documentCount: z.int().min(0),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'KnowledgeBase', description: 'A collection of documents that workflows search' });
export const knowledgeBaseList = z
  .strictObject({ items: z.array(knowledgeBase) })
  .meta({ id: 'KnowledgeBaseList' });

export const knowledgeParams = z.strictObject({ knowledgeBaseId });
export const documentParams = z.strictObject({ knowledgeBaseId, documentId });

export const createKnowledgeBody = z
  .strictObject({
    name: shortText(MAX_NAME),
    description: z.string().max(MAX_DESCRIPTION).nullable().default(null),
    language: language.default('english'),
    sourceId: sourceId.nullable().default(null),
  })
  .meta({ id: 'CreateKnowledgeBase', example: { name: 'Policies', language: 'english' } });

const tags = z
  .record(z.string().min(1).max(MAX_NAME), z.string().max(MAX_NAME))
  .refine((given) => Object.keys(given).length <= MAX_TAGS, {
    error: `Must have at most ${MAX_TAGS} tags`,
  })
  .meta({ description: 'Texts by name, which searches can ask for', example: { team: 'Sales' } });

export const knowledgeDocument = z
  .strictObject({
    id: documentId,
    name: z.string(),
    tags: z.record(z.string(), z.string()),
    chunkCount: z.int().min(0),
    size: z.int().min(0).meta({ description: 'Characters of all chunks' }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'KnowledgeDocument' });
export const knowledgeDocumentPage = page(knowledgeDocument).meta({ id: 'KnowledgeDocumentPage' });

export const knowledgeDocumentWithChunks = z
  .strictObject({
    ...knowledgeDocument.shape,
    chunks: z.array(
      z.strictObject({ chunkIndex: z.int().min(0), content: z.string(), enabled: z.boolean() }),
    ),
  })
  .meta({ id: 'KnowledgeDocumentWithChunks', description: 'A document with its first 500 chunks' });

export const createDocumentBody = z
  .strictObject({
    name: shortText(MAX_NAME),
    content: z
      .string()
      .max(MAX_CONTENT)
      .refine((text) => text.trim() !== '', { error: 'Must not be empty' })
      .meta({ description: 'Plain text; it is cut into chunks at its paragraphs' }),
    tags: tags.default({}),
  })
  .meta({
    id: 'CreateKnowledgeDocument',
    example: { name: 'Refund policy', content: 'Goods may be returned within 30 days.' },
  });

export const searchKnowledgeBody = z
  .strictObject({
    query: z
      .string()
      .max(MAX_QUESTION)
      .refine((text) => text.trim() !== '', { error: 'Must not be empty' })
      .meta({
        description: 'A question in plain language; "words together" and -without are read',
      }),
    topK: z.int().min(1).max(MAX_RESULTS).default(10),
    tags: tags.default({}).meta({ description: 'Only documents that have all of these tags' }),
  })
  .meta({ id: 'SearchKnowledge', example: { query: 'what is the refund policy?' } });

export const knowledgeResults = z
  .strictObject({
    results: z.array(
      z.strictObject({
        documentId,
        documentName: z.string(),
        content: z.string(),
        chunkIndex: z.int().min(0),
        similarity: z
          .number()
          .min(0)
          .max(1)
          .meta({ description: "Mostly the share of the question's words that the chunk has" }),
        metadata: z.record(z.string(), z.string()).meta({ description: 'Tags of the document' }),
      }),
    ),
    query: z.string(),
    totalResults: z.int().min(0),
  })
  .meta({ id: 'KnowledgeResults', description: 'The best first' });
