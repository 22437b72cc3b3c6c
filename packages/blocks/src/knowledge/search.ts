import type { JsonObject } from '@sim/domain';
import type { KnowledgeHit } from '@sim/engine';
import { invalidParams } from '../failures.js';
import { readNumberParam } from '../model/model-params.js';
import { basesOf, type Operation } from './operation.js';
import { readTagFilters, readWord } from './params.js';

const DEFAULT_RESULTS = 10;
const MAX_RESULTS = 100;
/** What a question has beyond that is not looked for. */
const MAX_QUESTION = 4_000;

/** `search`: `{results, query, totalResults}`, the best result first. */
export const search: Operation = async (site, params) => {
  const { store, context } = site;
  const query = readWord(params, 'query') ?? '';
  const tags = readTagFilters(context, params.tagFilters);
  if (query === '' && tags.length === 0) {
    throw invalidParams(context, 'The block has neither a query nor tagFilters to search by.');
  }
  const bounds = { min: 1, max: MAX_RESULTS };
  const limit = readNumberParam(context, 'topK', params.topK, bounds) ?? DEFAULT_RESULTS;
  const bases = await basesOf(site, params);
  const text = query.slice(0, MAX_QUESTION);
  const hits = await store.search({ bases, text, tags, limit: Math.floor(limit) });
  return { results: hits.map(shown), query, totalResults: hits.length };
};

function shown(hit: KnowledgeHit): JsonObject {
  return {
    documentId: hit.documentId,
    documentName: hit.documentName,
    content: hit.content,
    chunkIndex: hit.position,
    similarity: hit.similarity,
    metadata: { ...hit.tags },
  };
}
