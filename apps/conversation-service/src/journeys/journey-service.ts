import { createHash } from 'node:crypto';
import {
  mapWorkflow,
  parseWorkflow,
  takesTools,
  toolsUsed,
  type Issue,
  type Journey,
  type JsonValue,
  type SideEffect,
  type ToolOffer,
  type Workflow,
} from '@sim/domain';
import {
  EngineError,
  type Clock,
  type JourneyMapping,
  type JourneyStore,
  type ToolStore,
} from '@sim/engine';
import { unprocessable, type ProblemError } from '@sim/service-kit';
import { readCalled } from './called-workflows.js';

/** Maps workflows to journeys, and keeps what it mapped. */
export interface JourneyService {
  /** Maps the current version anew. */
  convert(workflowId: string, workspaceId: string): Promise<JourneyMapping>;
  /**
   * The mapping of the current version with the tools that are configured now; made anew where there is
   * none, or the tools that run its blocks have changed.
   */
  current(workflowId: string, workspaceId: string): Promise<JourneyMapping>;
  /** The latest mappings in force of a workspace. */
  latest(workspaceId: string, limit: number): Promise<readonly JourneyMapping[]>;
  /** Maps without storing. */
  preview(content: JsonValue, workspaceId: string): Promise<Mapped>;
}

/** What mapping a document gives. */
export type Mapped = Pick<JourneyMapping, 'journey' | 'provenance' | 'issues' | 'toolsHash'>;

/** What the service works with. */
export interface JourneyServicePorts {
  readonly journeys: JourneyStore;
  readonly tools: ToolStore;
  /** Block types that can be run here without a configured tool; others become an issue. */
  readonly knownTypes: ReadonlySet<string>;
  /** Of block types that do more outside than is usual, as functions do that may fetch. */
  readonly sideEffects?: Readonly<Record<string, SideEffect>>;
  readonly clock: Clock;
}

/** A service over stores. */
export function createJourneyService(ports: JourneyServicePorts): JourneyService {
  const { journeys, clock } = ports;
  const convert = async (workflowId: string, workspaceId: string) => {
    const stored = await journeys.currentWorkflow(workflowId, workspaceId);
    if (!stored) throw unknownWorkflow(workflowId);
    const read = readDocument(stored.content, stored.name);
    const children = await readCalled(journeys, workspaceId, read.workflow);
    const mapping = {
      workflowId,
      workflowVersion: stored.version,
      ...(await mapRead(read, ports, workspaceId, children)),
    };
    await journeys.saveMapping(mapping, clock());
    return mapping;
  };
  return {
    preview: async (content, workspaceId) => mapRead(readDocument(content), ports, workspaceId),
    convert,
    latest: (workspaceId, limit) => journeys.activeMappings(workspaceId, limit),
    async current(workflowId, workspaceId) {
      const mapping = await journeys.activeMapping(workflowId, workspaceId);
      const isStale = !mapping || (await hasOtherTools(mapping, ports.tools, workspaceId));
      return isStale ? convert(workflowId, workspaceId) : mapping;
    },
  };
}

/** A document that is a workflow. */
interface ReadDocument {
  readonly workflow: Workflow;
  readonly issues: readonly Issue[];
}

/** @param name what the workflow is called where its document does not say, as files of archives do */
function readDocument(content: JsonValue, name?: string): ReadDocument {
  const { workflow, issues } = parseWorkflow(content, { ...(name !== undefined && { name }) });
  if (!workflow) throw notAWorkflow(issues);
  return { workflow, issues };
}

/** @param children the workflows that it calls; where it is not known which there are, none is missing */
async function mapRead(
  { workflow, issues }: ReadDocument,
  { tools: store, knownTypes, sideEffects = {} }: JourneyServicePorts,
  workspaceId: string,
  children?: ReadonlyMap<string, Workflow>,
): Promise<Mapped> {
  const all = [workflow, ...(children?.values() ?? [])];
  // Most workflows have no block that a tool may run, and ask for none.
  const mayUse = all.some(({ blocks }) => blocks.some(({ type }) => takesTools(type)));
  const tools = mayUse ? await store.enabled(workspaceId) : [];
  const options = { knownTypes, sideEffects, tools, ...(children && { children }) };
  const mapped = mapWorkflow(workflow, options);
  const toolsHash = hashOf(mapped.journey, tools);
  return { ...mapped, issues: [...issues, ...mapped.issues], toolsHash };
}

async function hasOtherTools(
  { journey, toolsHash = '' }: JourneyMapping,
  store: ToolStore,
  workspaceId: string,
): Promise<boolean> {
  if (!blocksOf(journey).some(({ type }) => takesTools(type))) return toolsHash !== '';
  return hashOf(journey, await store.enabled(workspaceId)) !== toolsHash;
}

/** Tells the tools that run blocks of a journey, and what they do outside; empty where there are none. */
function hashOf(journey: Journey, tools: readonly ToolOffer[]): string {
  const used = toolsUsed(blocksOf(journey), tools);
  if (used.length === 0) return '';
  return createHash('sha256').update(JSON.stringify(used)).digest('hex');
}

function blocksOf({ states }: Journey) {
  return states.flatMap((state) =>
    state.kind === 'tool' ? [{ type: state.blockType, params: state.params }] : [],
  );
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
