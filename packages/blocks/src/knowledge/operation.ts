import { createHash } from 'node:crypto';
import type { JsonObject } from '@sim/domain';
import type { BlockContext, BlockFailure, KnowledgeBase, KnowledgeStore } from '@sim/engine';
import { failure, invalidParams } from '../failures.js';
import { readWord, readWords } from './params.js';

/** Where an operation is done. */
export interface Site {
  readonly store: KnowledgeStore;
  readonly context: BlockContext;
  readonly workspaceId: string;
  readonly now: Date;
}

/** One operation of `knowledge` blocks. */
export type Operation = (site: Site, params: JsonObject) => Promise<JsonObject>;

/** How the editor and its earlier versions name the parameter. */
const BASE_PARAMS = [
  'knowledgeBaseId',
  'knowledgeBaseSelector',
  'manualKnowledgeBaseId',
  'knowledgeBaseIds',
] as const;
const DOCUMENT_PARAMS = ['documentId', 'documentSelector'] as const;
/** Searched at once. */
const MAX_BASES = 20;

/** The bases that the block names, one at least. @throws BlockFailure */
export async function basesOf(site: Site, params: JsonObject): Promise<readonly KnowledgeBase[]> {
  const references = [...new Set(readWords(params, BASE_PARAMS))];
  if (references.length === 0) {
    throw invalidParams(site.context, 'The block names no knowledge base.');
  }
  if (references.length > MAX_BASES) {
    throw invalidParams(site.context, `The block names more than ${MAX_BASES} knowledge bases.`);
  }
  const bases: KnowledgeBase[] = [];
  for (const reference of references) bases.push(await baseOf(site, reference));
  return bases;
}

/** The one base that the block names. @throws BlockFailure */
export async function oneBase(site: Site, params: JsonObject): Promise<KnowledgeBase> {
  const [base, ...others] = await basesOf(site, params);
  if (base && others.length === 0) return base;
  throw invalidParams(site.context, 'This operation is done in one knowledge base at a time.');
}

async function baseOf({ store, context, workspaceId }: Site, reference: string) {
  const base = await store.find(workspaceId, reference);
  if (base) return base;
  throw failure(context, {
    code: 'knowledge_base_not_found',
    message:
      `The workspace has no knowledge base with the id, sourceId or name "${reference.slice(0, 100)}". ` +
      'Make one with POST /api/v1/knowledge.',
    retryable: true,
  });
}

/** The id of the document that the block names. @throws BlockFailure */
export function documentIdOf({ context }: Site, params: JsonObject): string {
  const [id] = readWords(params, DOCUMENT_PARAMS);
  if (id === undefined) throw invalidParams(context, 'The block names no document.');
  return id;
}

/** There is no such document in the base. */
export function noDocument({ context }: Site, base: KnowledgeBase, id: string): BlockFailure {
  const message = `The knowledge base "${base.name}" has no document ${id.slice(0, 100)}.`;
  return failure(context, { code: 'document_not_found', message, retryable: false });
}

/** The base, or one of its documents, is full. */
export function isFull({ context }: Site, what: string): BlockFailure {
  const message = `${what} is full, or was deleted meanwhile. Delete what is not needed any more.`;
  return failure(context, { code: 'knowledge_limit', message, retryable: false });
}

/** The id of what a run makes: the same over its attempts, another for other content. */
export function madeBy<const P extends string>(
  prefix: P,
  { context, workspaceId }: Site,
  ...content: readonly string[]
): `${P}_${string}` {
  const made = JSON.stringify([workspaceId, context.idempotencyKey, ...content]);
  return `${prefix}_${createHash('sha256').update(made).digest('hex').slice(0, 32)}`;
}

/** A text that the operation cannot do without. @throws BlockFailure */
export function needed({ context }: Site, params: JsonObject, key: string): string {
  const value = readWord(params, key);
  if (value === null) throw invalidParams(context, `The block has no ${key}.`);
  return value;
}
