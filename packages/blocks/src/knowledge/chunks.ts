import { tokensOf, type JsonObject } from '@sim/domain';
import type { KnowledgeBase, KnowledgeChunk } from '@sim/engine';
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
import { readExcerpt, readWord } from './params.js';

/** Of one chunk that a block writes itself, in characters. */
const MAX_CONTENT = 20_000;

const list: Operation = async (site, params) => {
  const { base, document } = await place(site, params);
  const query = readExcerpt(site.context, params, 'chunkSearch');
  const { items, total } = await site.store.chunks(base, document.id, query);
  return {
    knowledgeBaseId: base.id,
    documentId: document.id,
    chunks: items.map(shown),
    totalChunks: total,
    limit: query.limit,
    offset: query.offset,
  };
};

const upload: Operation = async (site, params) => {
  const { base, document } = await place(site, params);
  const content = contentOf(site, needed(site, params, 'content'));
  const id = madeBy('chk', site, document.id, content);
  const chunk = await site.store.addChunk(base, document.id, { id, content, now: site.now });
  if (!chunk) throw isFull(site, `The document "${document.name}"`);
  const { id: chunkId, ...data } = shown(chunk);
  return {
    data: { chunkId: chunkId ?? id, ...data },
    message: `A chunk was added to "${document.name}".`,
    documentId: document.id,
    documentName: document.name,
  };
};

const update: Operation = async (site, params) => {
  const { base, document } = await place(site, params);
  const id = needed(site, params, 'chunkId');
  const content = readWord(params, 'content');
  const enabled = readFlag(site, params);
  if (content === null && enabled === null) {
    throw invalidParams(site.context, 'The block changes neither content nor enabled.');
  }
  const chunk = await site.store.changeChunk(base, document.id, id, {
    ...(content !== null && { content: contentOf(site, content) }),
    ...(enabled !== null && { enabled }),
    now: site.now,
  });
  if (!chunk) throw noChunk(site, document.name, id);
  return { documentId: document.id, ...shown(chunk) };
};

const remove: Operation = async (site, params) => {
  const { base, document } = await place(site, params);
  const id = needed(site, params, 'chunkId');
  const isGone = await site.store.deleteChunk(base, document.id, id);
  if (!isGone) throw noChunk(site, document.name, id);
  const message = `The chunk was deleted from "${document.name}".`;
  return { chunkId: id, documentId: document.id, message };
};

/** Operations on the chunks of a document. */
export const chunkOperations: readonly (readonly [string, Operation])[] = [
  ['list_chunks', list],
  ['upload_chunk', upload],
  ['update_chunk', update],
  ['delete_chunk', remove],
];

async function place(site: Site, params: JsonObject) {
  const base: KnowledgeBase = await oneBase(site, params);
  const id = documentIdOf(site, params);
  const document = await site.store.document(base, id);
  if (!document) throw noDocument(site, base, id);
  return { base, document };
}

function contentOf({ context }: Site, content: string): string {
  if (content.length <= MAX_CONTENT) return content;
  const message = `The content has ${content.length} characters; a chunk has ${MAX_CONTENT} at most.`;
  throw failure(context, { code: 'input_too_large', message, retryable: false });
}

function readFlag({ context }: Site, params: JsonObject): boolean | null {
  const text = readWord(params, 'enabled')?.toLowerCase() ?? null;
  if (text === null) return null;
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalidParams(context, 'The block’s enabled must be true or false.');
}

function noChunk({ context }: Site, document: string, id: string) {
  const message = `The document "${document}" has no chunk ${id.slice(0, 100)}.`;
  return failure(context, { code: 'chunk_not_found', message, retryable: false });
}

function shown(chunk: KnowledgeChunk): JsonObject {
  return {
    id: chunk.id,
    chunkIndex: chunk.position,
    content: chunk.content,
    contentLength: chunk.content.length,
    tokenCount: tokensOf(chunk.content.length),
    enabled: chunk.enabled,
    createdAt: chunk.createdAt.toISOString(),
    updatedAt: chunk.updatedAt.toISOString(),
  };
}
