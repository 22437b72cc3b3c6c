import { isJsonObject, own, type JsonValue } from '../json.js';
import { fail } from './failures.js';
import { stateOf } from './graph.js';
import { enterSoon } from './running.js';
import { scopeOf, scopesOutwards } from './scopes.js';
import { emit, nextId, placeOf, type Step } from './step.js';
import type { BlockError, BlockRun } from './types.js';

/** Child workflows call child workflows this deep, as in Sim. */
const MAX_CALL_DEPTH = 10;

/** Opens the scope of a child workflow with its input, `{input}`, and begins it. */
export function openChild(step: Step, block: BlockRun, output: JsonValue): void {
  const state = stateOf(step.graph, block.stateId);
  const key = state.kind === 'subjourney' ? state.calls : null;
  const child = key === null ? undefined : step.graph.children.get(key);
  const depth = scopesOutwards(step.state, block.scopeId).filter(
    ({ kind }) => kind === 'subjourney',
  ).length;
  if (!child?.initial || depth >= MAX_CALL_DEPTH) {
    fail(step, block, refusal(state.label, child?.name ?? null, depth), {
      runId: block.id,
      durationMs: 0,
    });
    return;
  }
  emit(step, { type: 'node-prepared', ...placeOf(block), runId: block.id });
  const input = isJsonObject(output) ? own(output, 'input') : undefined;
  const id = nextId(step, 'scp');
  emit(step, {
    type: 'scope-opened',
    scope: {
      id,
      kind: 'subjourney',
      parent: placeOf(block),
      child: child.key,
      input: isJsonObject(input) ? input : {},
      ...(mayRepeat(step, block) && { redo: true }),
      variables: Object.fromEntries(child.variables.map(({ name, value }) => [name, value])),
      nodes: {},
      edges: {},
      outputs: {},
      order: [],
    },
  });
  enterSoon(step, { scopeId: id, stateId: child.initial });
}

/** Where the call, or what is around it, may have acted outside before. */
function mayRepeat(step: Step, { scopeId, stateId }: BlockRun): boolean {
  const { redo, nodes } = scopeOf(step.state, scopeId);
  return redo === true || nodes[stateId]?.effectDone === true;
}

function refusal(label: string, name: string | null, depth: number): BlockError {
  if (name === null) {
    return {
      code: 'child_workflow_missing',
      message: `"${label}" calls a workflow that is not here. Import it into this workspace and convert this one again.`,
      retryable: false,
    };
  }
  return depth >= MAX_CALL_DEPTH
    ? {
        code: 'call_too_deep',
        message: `"${label}" would call "${name}" more than ${MAX_CALL_DEPTH} workflows deep.`,
        retryable: false,
      }
    : {
        code: 'child_workflow_empty',
        message: `"${name}", which "${label}" calls, has nothing to start with.`,
        retryable: false,
      };
}
