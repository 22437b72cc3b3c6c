import type { JsonObject } from '@sim/domain';
import type { BlockExecutor, KnowledgeStore } from '@sim/engine';
import { invalidParams } from '../failures.js';
import { chunkOperations } from './chunks.js';
import { documentOperations } from './documents.js';
import type { Operation, Site } from './operation.js';
import { readWord } from './params.js';
import { search } from './search.js';

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['search', search],
  ...documentOperations,
  ...chunkOperations,
]);

/**
 * `knowledge`: searches the knowledge bases of the workspace, and keeps their documents and chunks. A base is
 * named by its id, by the id that it had where the workflow was exported, or by its name. What is made has an
 * id by the run's idempotency key, so that a second attempt makes nothing more. Fails with `invalid_params`,
 * `knowledge_base_not_found`, `document_not_found`, `chunk_not_found` or `knowledge_limit`.
 */
export function knowledgeBlock(
  store: KnowledgeStore,
  clock: () => Date = () => new Date(),
): BlockExecutor {
  return {
    type: 'knowledge',
    sideEffect: 'write',
    idempotent: true,
    async run(params, context) {
      const { session } = context;
      if (!session) throw invalidParams(context, 'Knowledge is kept for sessions of a workspace.');
      const name = readWord(params, 'operation') ?? 'search';
      const operation = OPERATIONS.get(name);
      if (!operation) {
        const known = [...OPERATIONS.keys()].join(', ');
        const message = `Knowledge blocks here do not know "${name.slice(0, 60)}"; they know ${known}.`;
        throw invalidParams(context, message);
      }
      const site: Site = { store, context, workspaceId: session.workspaceId, now: clock() };
      const output: JsonObject = await operation(site, params);
      context.signal.throwIfAborted();
      return { output };
    },
  };
}
