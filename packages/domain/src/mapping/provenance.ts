import { setOwn } from '../json.js';
import type { IssueCode } from '../issue-catalogue.js';
import type {
  JourneyState,
  LeftOut,
  Provenance,
  StateId,
  Transition,
  TransitionId,
} from '../journey/types.js';
import type { Workflow } from '../workflow/types.js';

/** Tells what became of every block and edge of a workflow. */
export function traceOrigins(
  workflow: Workflow,
  states: readonly JourneyState[],
  transitions: readonly Transition[],
  reasons: {
    readonly blocks: ReadonlyMap<string, IssueCode>;
    readonly edges: ReadonlyMap<string, IssueCode>;
  },
): Provenance {
  const statesOf = new Map<string, StateId[]>();
  for (const { blockId, id } of states) {
    const known = statesOf.get(blockId);
    if (known) known.push(id);
    else statesOf.set(blockId, [id]);
  }
  const transitionsOf = new Map<string, TransitionId[]>();
  for (const { id, edgeIds } of transitions) {
    for (const edgeId of edgeIds) transitionsOf.set(edgeId, [id]);
  }
  const nodeStateMappings: Record<string, readonly StateId[]> = {};
  const edgeTransitionMappings: Record<string, readonly TransitionId[]> = {};
  const leftOut: LeftOut[] = [];
  let accounted = 0;
  for (const { id } of workflow.blocks) {
    const mapped = statesOf.get(id);
    const reason = reasons.blocks.get(id);
    if (mapped) setOwn(nodeStateMappings, id, mapped);
    else if (reason) leftOut.push({ kind: 'block', id, reason });
    if (mapped ?? reason) accounted += 1;
  }
  for (const { id } of workflow.edges) {
    const mapped = transitionsOf.get(id);
    const reason = reasons.edges.get(id);
    if (mapped) setOwn(edgeTransitionMappings, id, mapped);
    else if (reason) leftOut.push({ kind: 'edge', id, reason });
    if (mapped ?? reason) accounted += 1;
  }
  const total = workflow.blocks.length + workflow.edges.length;
  return {
    nodeStateMappings,
    edgeTransitionMappings,
    contextVariableMappings: contextVariables(workflow, states),
    leftOut,
    coverage: total === 0 ? 1 : accounted / total,
  };
}

/** `variable.<name>` and `<start>.<field>`, as references spell them, → where the journey keeps them. */
function contextVariables(
  workflow: Workflow,
  states: readonly JourneyState[],
): Record<string, string> {
  const mappings: Record<string, string> = {};
  for (const { name } of workflow.variables)
    setOwn(mappings, `variable.${name}`, `variables.${name}`);
  for (const state of states) {
    if (state.kind !== 'start') continue;
    for (const { name } of state.slots) {
      setOwn(mappings, `${state.refName}.${name}`, `outputs.${state.id}.${name}`);
    }
  }
  return mappings;
}
