import { chunksOf, tokensOf, type JsonObject } from '@sim/domain';
import type { KnowledgeDocument, NewDocument } from '@sim/engine';
import { failure, invalidParams } from '../failures.js';
import {
  documentIdOf,
  isFull,
  madeBy,
  needed,
  noDocument,
  oneBase,
  type Operation,
  type Site,
} from './operation.js';
import { readExcerpt, readTags, readWord } from './params.js';

const MAX_NAME = 200;
const MAX_CONTENT = 500_000;

const list: Operation = async (site, params) => {
  const base = await oneBase(site, params);
  const query = readExcerpt(site.context, params, 'search');
  // Documents are never hidden as a whole here, only their chunks.
  const none = readWord(params, 'enabledFilter') === 'disabled';
  const { items, total } = none ? { items: [], total: 0 } : await site.store.documents(base, query);
  return {
    knowledgeBaseId: base.id,
    documents: items.map(shown),
    totalDocuments: total,
    limit: query.limit,
    offset: query.offset,
  };
};

const get: Operation = async (site, params) => {
  const base = await oneBase(site, params);
  const id = documentIdOf(site, params);
  const document = await site.store.document(base, id);
  if (!document) throw noDocument(site, base, id);
  return { knowledgeBaseId: base.id, ...shown(document), tags: { ...document.tags } };
};

const create: Operation = async (site, params) => {
  const base = await oneBase(site, params);
  const document = await site.store.addDocument(base, readDocument(site, params));
  if (!document) throw isFull(site, `The knowledge base "${base.name}"`);
  return made(document, `"${document.name}" was added to "${base.name}".`);
};

/** By its id or, as nothing else tells which one is meant, by its name. */
const upsert: Operation = async (site, params) => {
  const base = await oneBase(site, params);
  const fresh = readDocument(site, params);
  const named = readWord(params, 'upsertDocumentId') ?? readWord(params, 'documentId');
  const { items } =
    named === null
      ? await site.store.documents(base, { search: fresh.name, limit: 100, offset: 0 })
      : { items: [] };
  const known = named ?? items.find(({ name }) => name === fresh.name)?.id ?? null;
  // A second attempt finds what the first has made.
  const document =
    known === null || known === fresh.id
      ? await site.store.addDocument(base, fresh)
      : await site.store.replaceDocument(base, known, fresh);
  if (document) {
    const what = known === null ? 'was added to' : 'was put in the place of the earlier one in';
    return made(document, `"${document.name}" ${what} "${base.name}".`);
  }
  if (known === null) throw isFull(site, `The knowledge base "${base.name}"`);
  throw noDocument(site, base, known);
};

const remove: Operation = async (site, params) => {
  const base = await oneBase(site, params);
  const id = documentIdOf(site, params);
  if (!(await site.store.deleteDocument(base, id))) throw noDocument(site, base, id);
  return { documentId: id, message: `The document was deleted from "${base.name}".` };
};

const listTags: Operation = async (site, params) => {
  const base = await oneBase(site, params);
  const names = await site.store.tagNames(base);
  return {
    knowledgeBaseId: base.id,
    tags: names.map((displayName) => ({ displayName, fieldType: 'text' })),
    totalTags: names.length,
  };
};

/** Operations on documents. */
export const documentOperations: readonly (readonly [string, Operation])[] = [
  ['list_documents', list],
  ['get_document', get],
  ['create_document', create],
  ['upsert_document', upsert],
  ['delete_document', remove],
  ['list_tags', listTags],
];

function readDocument(site: Site, params: JsonObject): NewDocument {
  const name = needed(site, params, 'name').slice(0, MAX_NAME);
  const content = needed(site, params, 'content');
  if (content.length > MAX_CONTENT) {
    const message = `The content has ${content.length} characters; a document has ${MAX_CONTENT} at most.`;
    throw failure(site.context, { code: 'input_too_large', message, retryable: false });
  }
  const texts = chunksOf(content);
  if (texts.length === 0) throw invalidParams(site.context, 'The document has no text.');
  const id = madeBy('doc', site, name, content);
  const chunks = texts.map((text, position) => ({
    id: madeBy('chk', site, id, String(position)),
    content: text,
  }));
  return { id, name, tags: readTags(site.context, params.documentTags), chunks, now: site.now };
}

function shown(document: KnowledgeDocument): JsonObject {
  return {
    id: document.id,
    filename: document.name,
    fileSize: document.size,
    mimeType: 'text/plain',
    enabled: true,
    processingStatus: 'completed',
    chunkCount: document.chunkCount,
    tokenCount: tokensOf(document.size),
    uploadedAt: document.createdAt.toISOString(),
    updatedAt: document.updatedAt.toISOString(),
  };
}

function made({ id, name, createdAt, updatedAt }: KnowledgeDocument, message: string): JsonObject {
  return {
    data: {
      documentId: id,
      documentName: name,
      type: 'document',
      enabled: true,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    },
    message,
    documentId: id,
    documentName: name,
  };
}
