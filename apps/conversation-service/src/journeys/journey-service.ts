import { mapWorkflow, parseWorkflow, type Issue, type JsonValue, type Workflow } from '@sim/domain';
import { EngineError, type Clock, type JourneyMapping, type JourneyStore } from '@sim/engine';
import { unprocessable, type ProblemError } from '@sim/service-kit';
import { readCalled } from './called-workflows.js';

/** Maps workflows to journeys, and keeps what it mapped. */
export interface JourneyService {
  /** Maps the current version anew. */
  convert(workflowId: string, workspaceId: string): Promise<JourneyMapping>;
  /** The mapping of the current version, made now where there is none. */
  current(workflowId: string, workspaceId: string): Promise<JourneyMapping>;
  /** The latest mappings in force of a workspace. */
  latest(workspaceId: string, limit: number): Promise<readonly JourneyMapping[]>;
  /** Maps without storing. */
  preview(content: JsonValue): Mapped;
}

/** What mapping a document gives. */
export type Mapped = Pick<JourneyMapping, 'journey' | 'provenance' | 'issues'>;

/**
 * A service over a store.
 * @param knownTypes block types that can be run here; others become an issue
 */
export function createJourneyService(
  store: JourneyStore,
  knownTypes: ReadonlySet<string>,
  clock: Clock,
): JourneyService {
  const convert = async (workflowId: string, workspaceId: string) => {
    const stored = await store.currentWorkflow(workflowId, workspaceId);
    if (!stored) throw unknownWorkflow(workflowId);
    const { workflow, issues } = read(stored.content, stored.name);
    const children = await readCalled(store, workspaceId, workflow);
    const mapped = mapWorkflow(workflow, { knownTypes, children });
    const mapping = {
      workflowId,
      workflowVersion: stored.version,
      ...mapped,
      issues: [...issues, ...mapped.issues],
    };
    await store.saveMapping(mapping, clock());
    return mapping;
  };
  return {
    preview: (content) => {
      const { workflow, issues } = read(content);
      const mapped = mapWorkflow(workflow, { knownTypes });
      return { ...mapped, issues: [...issues, ...mapped.issues] };
    },
    convert,
    latest: (workspaceId, limit) => store.activeMappings(workspaceId, limit),
    current: async (workflowId, workspaceId) =>
      (await store.activeMapping(workflowId, workspaceId)) ?? convert(workflowId, workspaceId),
  };
}

/** @param name what the workflow is called where its document does not say, as files of archives do */
function read(
  content: JsonValue,
  name?: string,
): { readonly workflow: Workflow; readonly issues: readonly Issue[] } {
  const { workflow, issues } = parseWorkflow(content, { ...(name !== undefined && { name }) });
  if (!workflow) throw notAWorkflow(issues);
  return { workflow, issues };
}

function notAWorkflow(issues: readonly Issue[]): ProblemError {
  const { message = 'The document is no workflow.', hint = '' } = issues[0] ?? {};
  return unprocessable('not_a_workflow', `${message} ${hint}`.trim(), { members: { issues } });
}

function unknownWorkflow(workflowId: string): EngineError {
  return new EngineError(
    'workflow_not_found',
    `There is no workflow ${workflowId} in this workspace. List the workflows to see which there are.`,
  );
}
