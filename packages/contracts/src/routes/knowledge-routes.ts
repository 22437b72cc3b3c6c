import * as k from '../knowledge.js';
import { pageQuery } from '../page.js';
import { defineRoutes, json } from './route.js';

const tag = 'knowledge';
const base = '/api/v1/knowledge';
const one = `${base}/:knowledgeBaseId` as const;
const documents = `${one}/documents` as const;
const document = `${documents}/:documentId` as const;

/** Knowledge bases of a workspace, which `knowledge` blocks search. */
export const KNOWLEDGE_ROUTES = defineRoutes('sim-app', {
  listKnowledgeBases: {
    method: 'get',
    path: base,
    tag,
    summary: 'Knowledge bases of the workspace',
    access: 'viewer',
    request: {},
    responses: { 200: json(k.knowledgeBaseList, 'The knowledge bases, by name') },
    problems: [],
  },
  createKnowledgeBase: {
    method: 'post',
    path: base,
    tag,
    summary: 'Make a knowledge base',
    access: 'editor',
    request: { body: { schema: k.createKnowledgeBody } },
    responses: { 201: json(k.knowledgeBase, 'The knowledge base', { Location: 'Its path' }) },
    problems: ['knowledge_base_exists', 'knowledge_limit'],
  },
  getKnowledgeBase: {
    method: 'get',
    path: one,
    tag,
    summary: 'A knowledge base',
    access: 'viewer',
    request: { params: k.knowledgeParams },
    responses: { 200: json(k.knowledgeBase, 'The knowledge base') },
    problems: ['knowledge_base_not_found'],
  },
  deleteKnowledgeBase: {
    method: 'delete',
    path: one,
    tag,
    summary: 'Delete a knowledge base with its documents',
    access: 'editor',
    request: { params: k.knowledgeParams },
    responses: { 204: { description: 'Deleted' } },
    problems: ['knowledge_base_not_found'],
  },
  listKnowledgeDocuments: {
    method: 'get',
    path: documents,
    tag,
    summary: 'Documents of a knowledge base',
    access: 'viewer',
    request: { params: k.knowledgeParams, query: pageQuery },
    responses: { 200: json(k.knowledgeDocumentPage, 'The documents, the latest first') },
    problems: ['knowledge_base_not_found'],
  },
  createKnowledgeDocument: {
    method: 'post',
    path: documents,
    tag,
    summary: 'Add a document to a knowledge base',
    description: 'Its text is cut into chunks, which are found from now on.',
    access: 'editor',
    request: {
      params: k.knowledgeParams,
      body: { schema: k.createDocumentBody, maxBytes: k.MAX_DOCUMENT_BYTES },
    },
    responses: { 201: json(k.knowledgeDocument, 'The document', { Location: 'Its path' }) },
    problems: ['knowledge_base_not_found', 'knowledge_limit'],
  },
  getKnowledgeDocument: {
    method: 'get',
    path: document,
    tag,
    summary: 'A document and its chunks',
    access: 'viewer',
    request: { params: k.documentParams },
    responses: { 200: json(k.knowledgeDocumentWithChunks, 'The document') },
    problems: ['knowledge_base_not_found', 'document_not_found'],
  },
  deleteKnowledgeDocument: {
    method: 'delete',
    path: document,
    tag,
    summary: 'Delete a document',
    access: 'editor',
    request: { params: k.documentParams },
    responses: { 204: { description: 'Deleted' } },
    problems: ['knowledge_base_not_found', 'document_not_found'],
  },
  searchKnowledge: {
    method: 'post',
    path: `${one}/search`,
    tag,
    summary: 'Ask a knowledge base a question',
    access: 'viewer',
    request: { params: k.knowledgeParams, body: { schema: k.searchKnowledgeBody } },
    responses: { 200: json(k.knowledgeResults, 'What it has about it, the best first') },
    problems: ['knowledge_base_not_found'],
  },
});
