import { createHash } from 'node:crypto';
import type { Issue } from '@sim/domain';
import type { ToolStore } from '@sim/engine';
import type { NewWorkflow, StoredWorkflow, WorkflowStore } from '@sim/postgres';
import { newId, ProblemError } from '@sim/service-kit';
import { readUploads, type Upload } from './read-upload.js';

/** A workflow as it is stored now, and what is wrong with it. */
export interface ImportedWorkflow {
  readonly workflow: StoredWorkflow;
  readonly issues: readonly Issue[];
}

/** What an import needs to know. */
export interface ImportRequest extends Omit<Upload, 'tools'> {
  readonly workspaceId: string;
  readonly userId: string;
  readonly idempotencyKey: string | undefined;
  readonly now: Date;
}

/**
 * Imports a document as a new workflow, an archive as one workflow for each of its files: all or none.
 * With an idempotency key, the ids are made of the key: the same import sent again finds its workflows
 * by them, on any replica, and gets the same answer.
 */
export async function importWorkflows(
  store: WorkflowStore,
  toolStore: ToolStore,
  request: ImportRequest,
): Promise<[ImportedWorkflow, ...ImportedWorkflow[]]> {
  const { workspaceId, userId, now, idempotencyKey } = request;
  const read = readUploads({ ...request, tools: await toolStore.enabled(workspaceId) });
  const fresh = read.map(({ name, description, content }, index): NewWorkflow => ({
    id: idempotencyKey === undefined ? newId('wf') : idOf(request, index),
    workspaceId,
    name,
    description,
    content,
    createdBy: userId,
    now,
  }));
  const stored =
    idempotencyKey === undefined
      ? await store.createAll(fresh)
      : ((await replay(store, fresh)) ?? (await createOnce(store, fresh)));
  const [first, ...others] = read.flatMap(({ issues }, index) => {
    const workflow = stored[index];
    return workflow ? [{ workflow, issues }] : [];
  });
  if (!first) throw new TypeError('An import stored nothing.');
  return [first, ...others];
}

const ID_LENGTH = 20;
const BASE = 36;

/** As an id of ours looks, but always the same for the same person, workspace, key and place. */
function idOf(
  { workspaceId, userId, idempotencyKey }: ImportRequest,
  index: number,
): StoredWorkflow['id'] {
  const place = index === 0 ? [] : [index];
  const parts = JSON.stringify([workspaceId, userId, idempotencyKey, ...place]);
  const digest = createHash('sha256').update(parts).digest('hex');
  return `wf_${BigInt(`0x${digest}`).toString(BASE).padStart(ID_LENGTH, '0').slice(-ID_LENGTH)}`;
}

/** Two requests with one key at once: the second finds what the first has made. */
async function createOnce(
  store: WorkflowStore,
  fresh: readonly NewWorkflow[],
): Promise<readonly StoredWorkflow[]> {
  try {
    return await store.createAll(fresh);
  } catch (error) {
    const made = await replay(store, fresh);
    if (made !== null) return made;
    throw error;
  }
}

/** The workflows as the first request with this key made them; null where there was none. */
async function replay(
  store: WorkflowStore,
  fresh: readonly NewWorkflow[],
): Promise<readonly StoredWorkflow[] | null> {
  const made: StoredWorkflow[] = [];
  for (const workflow of fresh) {
    const earlier = await replayOne(store, workflow);
    if (earlier) made.push(earlier);
    // The first is there, so that the key was used for an import of fewer.
    else if (made.length > 0) throw keyReused();
    else return null;
  }
  return made;
}

async function replayOne(store: WorkflowStore, fresh: NewWorkflow): Promise<StoredWorkflow | null> {
  const first = await store.content(fresh.workspaceId, fresh.id, 1);
  if (first === null) return null;
  const hash = createHash('sha256').update(fresh.content.bytes).digest('hex');
  if (first.sha256 !== hash || first.name !== fresh.name) throw keyReused();
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

const keyReused = () =>
  new ProblemError(
    422,
    'idempotency_key_reused',
    'Another document was imported with this Idempotency-Key. Use a new key for a new import.',
  );
