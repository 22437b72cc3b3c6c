import { createHash } from 'node:crypto';
import { mapWorkflow, parseWorkflow, takesTools, type Issue, type JsonValue } from '@sim/domain';
import type { ToolStore } from '@sim/engine';
import type { NewWorkflow, StoredWorkflow, WorkflowStore } from '@sim/postgres';
import { newId, ProblemError } from '@sim/service-kit';
import { BUILT_IN_TYPES } from '../tools/built-in.js';
import { readDocument } from './read-document.js';
import { notAWorkflow } from './not-a-workflow.js';

/** A document that was uploaded. */
export interface Upload {
  readonly bytes: Uint8Array;
  /** The workflow's name instead of the document's own. */
  readonly name: string | undefined;
}

/** What was read out of a document. */
export interface ReadWorkflow {
  readonly name: string;
  readonly description: string | null;
  /** Of the document and of its mapping. */
  readonly issues: readonly Issue[];
}

/** A workflow as it is stored now, and what is wrong with it. */
export interface ImportedWorkflow {
  readonly workflow: StoredWorkflow;
  readonly issues: readonly Issue[];
}

/** Every document is kept as JSON, byte for byte. */
const CONTENT_TYPE = 'application/json';

/** The content of an upload as the store takes it. */
export const contentOf = (bytes: Uint8Array) => ({
  bytes,
  contentType: CONTENT_TYPE,
  document: null as JsonValue,
});

/**
 * Reads a workflow and maps it once, so that its author learns of everything at the import.
 * @throws {ProblemError} 400 for what is no JSON, 422 for JSON that is no workflow.
 */
export async function readUpload(
  { bytes, name }: Upload,
  toolStore: ToolStore,
  workspaceId: string,
): Promise<ReadWorkflow> {
  const { workflow, issues } = parseWorkflow(readDocument(bytes));
  if (workflow === null) throw notAWorkflow(issues);
  const mayUse = workflow.blocks.some(({ type }) => takesTools(type));
  const tools = mayUse ? await toolStore.enabled(workspaceId) : [];
  const mapped = mapWorkflow(workflow, { knownTypes: BUILT_IN_TYPES, tools });
  return {
    name: name ?? workflow.name,
    description: workflow.description,
    issues: [...issues, ...mapped.issues],
  };
}

/** What an import needs to know. */
export interface ImportRequest extends Upload {
  readonly workspaceId: string;
  readonly userId: string;
  readonly idempotencyKey: string | undefined;
  readonly now: Date;
}

/**
 * Imports a document as a new workflow. With an idempotency key, the id is made of the key: the same
 * import sent again finds its workflow by that id, on any replica, and gets the same answer.
 */
export async function importWorkflow(
  store: WorkflowStore,
  toolStore: ToolStore,
  request: ImportRequest,
): Promise<ImportedWorkflow> {
  const read = await readUpload(request, toolStore, request.workspaceId);
  const id = request.idempotencyKey === undefined ? newId('wf') : idOf(request);
  const fresh: NewWorkflow = {
    id,
    workspaceId: request.workspaceId,
    name: read.name,
    description: read.description,
    content: contentOf(request.bytes),
    createdBy: request.userId,
    now: request.now,
  };
  if (request.idempotencyKey === undefined) {
    return { workflow: await store.create(fresh), issues: read.issues };
  }
  const workflow = (await replay(store, fresh)) ?? (await createOnce(store, fresh));
  return { workflow, issues: read.issues };
}

const ID_LENGTH = 20;
const BASE = 36;

/** As an id of ours looks, but always the same for the same person, workspace and key. */
function idOf({ workspaceId, userId, idempotencyKey }: ImportRequest): StoredWorkflow['id'] {
  const parts = JSON.stringify([workspaceId, userId, idempotencyKey]);
  const digest = createHash('sha256').update(parts).digest('hex');
  return `wf_${BigInt(`0x${digest}`).toString(BASE).padStart(ID_LENGTH, '0').slice(-ID_LENGTH)}`;
}

/** Two requests with one key at once: the second finds what the first has made. */
async function createOnce(store: WorkflowStore, fresh: NewWorkflow): Promise<StoredWorkflow> {
  try {
    return await store.create(fresh);
  } catch (error) {
    const made = await replay(store, fresh);
    if (made !== null) return made;
    throw error;
  }
}

/** The workflow as the first request with this key made it; null where there was none. */
async function replay(store: WorkflowStore, fresh: NewWorkflow): Promise<StoredWorkflow | null> {
  const first = await store.content(fresh.workspaceId, fresh.id, 1);
  if (first === null) return null;
  const hash = createHash('sha256').update(fresh.content.bytes).digest('hex');
  if (first.sha256 !== hash || first.name !== fresh.name) {
    throw new ProblemError(
      422,
      'idempotency_key_reused',
      'Another document was imported with this Idempotency-Key. Use a new key for a new import.',
    );
  }
  const { name, description, createdBy, createdAt, version } = first;
  const { id, workspaceId } = fresh;
  return {
    id,
    workspaceId,
    name,
    description,
    version,
    createdBy,
    createdAt,
    updatedAt: createdAt,
  };
}
