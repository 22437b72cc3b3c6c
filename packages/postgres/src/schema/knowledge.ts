import { boolean, customType, integer, pgTable } from 'drizzle-orm/pg-core';
import { jsonBinary, moment, plainText } from './columns.js';

const base = () => plainText('knowledge_base_id').notNull();
const written = () => ({
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
});

/** Knowledge bases of workspaces. */
export const knowledgeBases = pgTable('conversational_knowledge_bases', {
  id: plainText('id').primaryKey(),
  workspaceId: plainText('workspace_id').notNull(),
  name: plainText('name').notNull(),
  description: plainText('description'),
  language: plainText('language').notNull(),
  sourceId: plainText('source_id'),
  createdBy: plainText('created_by'),
  ...written(),
});

/** Documents of knowledge bases. */
export const knowledgeDocuments = pgTable('conversational_knowledge_documents', {
  id: plainText('id').primaryKey(),
  knowledgeBaseId: base(),
  workspaceId: plainText('workspace_id').notNull(),
  name: plainText('name').notNull(),
  tags: jsonBinary('tags').$type<Readonly<Record<string, string>>>().notNull(),
  ...written(),
});

/** Chunks of documents; `search` is made by the database. */
export const knowledgeChunks = pgTable('conversational_knowledge_chunks', {
  id: plainText('id').primaryKey(),
  documentId: plainText('document_id').notNull(),
  position: integer('position').notNull(),
  content: plainText('content').notNull(),
  enabled: boolean('enabled').notNull(),
  knowledgeBaseId: base(),
  language: plainText('language').notNull(),
  title: plainText('title').notNull(),
  search: customType<{ data: string }>({ dataType: () => 'tsvector' })('search')
    .generatedAlwaysAs('')
    .notNull(),
  ...written(),
});
