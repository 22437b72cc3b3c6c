import type { JsonValue } from '../json.js';
import type { StateId } from '../journey/types.js';
import { copy } from './copy.js';
import {
  assign,
  dropInside,
  hasActed,
  ROOT_SCOPE,
  scopeOf,
  scopesInside,
  setStatus,
} from './scopes.js';
import type { NodeState, Scope, SessionEvent, SessionState } from './types.js';

type BodyEvent = Extract<
  SessionEvent,
  { type: 'scope-opened' | 'scope-closed' | 'body-planned' | 'loop-continued' | 'node-prepared' }
>;

/** Applies what happens around bodies: loops, parallels, child workflows. */
export function applyBody(state: SessionState, event: BodyEvent): void {
  switch (event.type) {
    case 'scope-opened':
      open(state, copy(event.scope));
      return;
    case 'scope-closed':
      close(state, scopeOf(state, event.scopeId), event.order);
      return;
    case 'body-planned': {
      const node = setStatus(scopeOf(state, event.scopeId), event.stateId, 'running');
      node.progress = {
        redo: node.effectDone === true,
        items: event.items,
        total: event.total,
        opened: 0,
        closed: 0,
        goesOn: false,
        results: [],
        echoedBy: {},
      };
      return;
    }
    case 'loop-continued': {
      const { progress } = setStatus(scopeOf(state, event.scopeId), event.stateId, 'running');
      if (progress) progress.goesOn = true;
      return;
    }
    case 'node-prepared':
      Reflect.deleteProperty(state.runs, event.runId);
      return;
    default:
      event satisfies never;
  }
}

function open(state: SessionState, scope: Scope): void {
  if (scope.id !== ROOT_SCOPE) state.counter += 1;
  state.scopes[scope.id] = scope;
  if (!scope.parent) return;
  const node = setStatus(scopeOf(state, scope.parent.scopeId), scope.parent.stateId, 'running');
  node.inner = true;
  if (!node.progress) return;
  node.progress.opened += 1;
  node.progress.goesOn = false;
  node.progress.results.push([]);
}

/** What an iteration leaves: its results, its variables, and what its blocks put out last. */
function close(state: SessionState, scope: Scope, order: readonly StateId[]): void {
  const node = scope.parent && scopeOf(state, scope.parent.scopeId).nodes[scope.parent.stateId];
  if (node?.progress && scope.index !== undefined) {
    node.progress.closed += 1;
    node.progress.results[scope.index] = order.map((id) => scope.outputs[id] ?? null);
  }
  leave(state, scope);
  Reflect.deleteProperty(state.scopes, scope.id);
}

/** What stays of an iteration or branch, be it done or broken off: what its blocks put out, and did. */
function leave(state: SessionState, scope: Scope): void {
  if (!scope.parent || scope.index === undefined) return;
  const outside = scopeOf(state, scope.parent.scopeId);
  const node = outside.nodes[scope.parent.stateId];
  if (!node?.progress) return;
  echo(outside, node.progress, scope, scope.index);
  leaveMarks(state, scope, node);
}

function leaveMarks(state: SessionState, scope: Scope, node: NodeState): void {
  keepVariables(scope, node);
  // What was gone back past and then not come to again has acted all the same.
  const ids = Object.keys(scope.nodes) as StateId[];
  if (ids.some((id) => hasActed(state, scope, id))) node.effectDone = true;
}

/** What the states of a scope set, that its container keeps once the scope is gone. */
function keepVariables({ order, nodes }: Scope, container: NodeState): void {
  // What is still under way was set last; sorted, as the order of keys is not kept by a store.
  const open = Object.keys(nodes).filter((id) => nodes[id as StateId]?.status !== 'done');
  for (const id of [...order, ...(open.sort() as StateId[])]) {
    const { variables } = nodes[id] ?? {};
    if (!variables) continue;
    const kept: Record<string, JsonValue> = { ...container.variables };
    assign(kept, variables);
    container.variables = kept;
  }
}

/** Of branches that end in whatever order the last by number counts. */
function echo(
  outside: Scope,
  { echoedBy }: NonNullable<NodeState['progress']>,
  scope: Scope,
  index: number,
): void {
  const echoes = (outside.echoes ??= {});
  const left = [...Object.entries(scope.echoes ?? {}), ...Object.entries(scope.outputs)];
  for (const [id, output] of left as [StateId, JsonValue][]) {
    if ((echoedBy[id] ?? 0) > index) continue;
    echoedBy[id] = index;
    echoes[id] = output;
  }
}

/** Ends what runs inside a state that has ended itself; what it set, and that it acted, stays known. */
export function closeInner(state: SessionState, scope: Scope, stateId: StateId): void {
  const node = scope.nodes[stateId];
  if (node && hasActed(state, scope, stateId)) node.effectDone = true;
  const states = new Set([stateId]);
  // From the inside outwards: what an inner loop leaves to its iteration, that leaves to the outer one.
  for (const id of [...scopesInside(state, scope.id, states)].reverse()) {
    leave(state, scopeOf(state, id));
  }
  dropInside(state, scope.id, states);
}
