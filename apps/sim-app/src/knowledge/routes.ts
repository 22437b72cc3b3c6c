import { ROUTES } from '@sim/contracts';
import { chunksOf } from '@sim/domain';
import type { KnowledgeChunk, KnowledgeDocument, KnowledgeHit } from '@sim/engine';
import type { ManagedKnowledgeStore, StoredKnowledgeBase } from '@sim/postgres';
import { conflict, newId, notFound } from '@sim/service-kit';
import type { Audit } from '../audit/audit.js';
import { endpoint, type EndpointHost } from '../http/endpoint.js';

/** What the endpoints of knowledge bases need. */
export interface KnowledgePorts {
  readonly knowledge: ManagedKnowledgeStore;
  readonly audit: Audit;
  readonly clock: () => Date;
}

/** Of one workspace. */
const MAX_BASES = 100;
/** Of a document that is shown. */
const MAX_CHUNKS = 500;
const PATH = '/api/v1/knowledge';

/** Knowledge bases of a workspace: made, filled, searched and deleted. */
export function knowledgeRoutes(host: EndpointHost, ports: KnowledgePorts): void {
  const { knowledge, audit, clock } = ports;
  documentRoutes(host, ports);

  endpoint(host, ROUTES.listKnowledgeBases, async ({ principal }) => {
    const bases = await knowledge.list(principal.workspaceId);
    return { status: 200, body: { items: bases.map(shown) } };
  });

  endpoint(host, ROUTES.createKnowledgeBase, async ({ principal, body, req }) => {
    const { workspaceId, userId: createdBy } = principal;
    const fresh = { ...body, id: newId('kb'), workspaceId, createdBy, now: clock() };
    const base = await knowledge.create(fresh, MAX_BASES);
    if (base === null) throw full(`A workspace has at most ${MAX_BASES} knowledge bases`);
    const target = { type: 'knowledge-base', id: base.id } as const;
    await audit.record(req, 'knowledge-base.created', target, { name: base.name });
    return { status: 201, headers: { Location: `${PATH}/${base.id}` }, body: shown(base) };
  });

  endpoint(host, ROUTES.getKnowledgeBase, async ({ principal, params }) => {
    return { status: 200, body: shown(await baseOf(knowledge, principal, params)) };
  });

  endpoint(host, ROUTES.deleteKnowledgeBase, async ({ principal, params, req }) => {
    const { knowledgeBaseId: id } = params;
    if (!(await knowledge.delete(principal.workspaceId, id))) throw noSuchBase();
    await audit.record(req, 'knowledge-base.deleted', { type: 'knowledge-base', id });
    return { status: 204 };
  });

  endpoint(host, ROUTES.searchKnowledge, async ({ principal, params, body }) => {
    const base = await baseOf(knowledge, principal, params);
    const { query, topK: limit } = body;
    const tags = Object.entries(body.tags).map(([name, value]) => ({ name, value, equal: true }));
    const hits = await knowledge.search({ bases: [base], text: query, tags, limit });
    const results = hits.map(shownHit);
    return { status: 200, body: { results, query, totalResults: results.length } };
  });
}

function documentRoutes(host: EndpointHost, { knowledge, audit, clock }: KnowledgePorts): void {
  endpoint(host, ROUTES.listKnowledgeDocuments, async ({ principal, params, query }) => {
    const base = await baseOf(knowledge, principal, params);
    const page = await knowledge.documentPage(base, query.limit, query.cursor);
    return { status: 200, body: { ...page, items: page.items.map(shownDocument) } };
  });

  endpoint(host, ROUTES.createKnowledgeDocument, async ({ principal, params, body, req }) => {
    const base = await baseOf(knowledge, principal, params);
    const { name, tags } = body;
    const chunks = chunksOf(body.content).map((content) => ({ id: newId('chk'), content }));
    const fresh = { id: newId('doc'), name, tags, chunks, now: clock() };
    const document = await knowledge.addDocument(base, fresh);
    if (document === null) throw full(`"${base.name}" has as many documents as a base may have`);
    const target = { type: 'knowledge-document', id: document.id } as const;
    await audit.record(req, 'knowledge-document.created', target, { base: base.id, name });
    const headers = { Location: `${PATH}/${base.id}/documents/${document.id}` };
    return { status: 201, headers, body: shownDocument(document) };
  });

  endpoint(host, ROUTES.getKnowledgeDocument, async ({ principal, params }) => {
    const base = await baseOf(knowledge, principal, params);
    const document = await knowledge.document(base, params.documentId);
    if (document === null) throw noSuchDocument();
    const all = { search: '', limit: MAX_CHUNKS, offset: 0 };
    const { items } = await knowledge.chunks(base, document.id, all);
    return { status: 200, body: { ...shownDocument(document), chunks: items.map(shownChunk) } };
  });

  endpoint(host, ROUTES.deleteKnowledgeDocument, async ({ principal, params, req }) => {
    const base = await baseOf(knowledge, principal, params);
    const { documentId: id } = params;
    if (!(await knowledge.deleteDocument(base, id))) throw noSuchDocument();
    const target = { type: 'knowledge-document', id } as const;
    await audit.record(req, 'knowledge-document.deleted', target, { base: base.id });
    return { status: 204 };
  });
}

const noSuchBase = () =>
  notFound('knowledge_base_not_found', 'There is no such knowledge base in this workspace.');
const noSuchDocument = () =>
  notFound('document_not_found', 'There is no such document in this knowledge base.');
const full = (what: string) => conflict('knowledge_limit', `${what}; delete some first.`);

async function baseOf(
  knowledge: ManagedKnowledgeStore,
  { workspaceId }: { readonly workspaceId: string },
  { knowledgeBaseId }: { readonly knowledgeBaseId: string },
): Promise<StoredKnowledgeBase> {
  const base = await knowledge.get(workspaceId, knowledgeBaseId);
  if (base === null) throw noSuchBase();
  return base;
}

function shown(base: StoredKnowledgeBase) {
  const { id, name, description, language, sourceId, documentCount } = base;
  return { id, name, description, language, sourceId, documentCount, ...times(base) };
}

function shownDocument(document: KnowledgeDocument) {
  return { ...document, ...times(document) };
}

function times({ createdAt, updatedAt }: Pick<KnowledgeDocument, 'createdAt' | 'updatedAt'>) {
  return { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

function shownChunk({ position, content, enabled }: KnowledgeChunk) {
  return { chunkIndex: position, content, enabled };
}

function shownHit(hit: KnowledgeHit) {
  const { documentId, documentName, content, position, similarity, tags } = hit;
  return { documentId, documentName, content, chunkIndex: position, similarity, metadata: tags };
}
