import type { JourneyState, StateId, TransitionId } from '../journey/types.js';
import { bodyOf, type JourneyGraph } from '../session/graph.js';
import type { NodeState, Scope } from '../session/types.js';
import { isTaken } from '../session/ways.js';
import { refusal, type MoveRefusal, type Versions } from './refusals.js';

/** What is decided in a scope by the states that are done. */
export interface Position {
  readonly edges: Record<TransitionId, 'live' | 'dead'>;
  readonly skipped: StateId[];
}

/**
 * What the states that are done decide about the ways of the new version. A journey's states stand in an
 * order of dependency, so one walk finds what is skipped.
 */
export function positionOf({ from, to }: Versions, scope: Scope): Position {
  const edges: Position['edges'] = {};
  const skipped: StateId[] = [];
  if (scope.parent && scope.kind !== 'subjourney') {
    for (const way of to.enters.get(scope.parent.stateId) ?? []) edges[way.id] = 'live';
  }
  for (const id of bodyOf(to, scope)) {
    const node = scope.nodes[id];
    const ways = to.outgoing.get(id) ?? [];
    if (node?.status === 'done') {
      const failed = (from.outgoing.get(id) ?? []).some(
        (way) => way.kind === 'error' && scope.edges[way.id] === 'live',
      );
      for (const way of ways) {
        edges[way.id] = isTaken(way, failed, node.branchId ?? null) ? 'live' : 'dead';
      }
    } else if (!isBegun(node) && arrival(to, edges, id) === 'dead') {
      skipped.push(id);
      for (const way of ways) edges[way.id] = 'dead';
    }
  }
  return { edges, skipped };
}

/** Work on it has begun, or is done. */
export function isBegun(node: NodeState | undefined): boolean {
  return node !== undefined && node.status !== 'skipped' && node.status !== 'undone';
}

/** What the ways into a state say: still open, none taken, or taken; null where no way leads to it. */
function arrival(
  { incoming }: JourneyGraph,
  edges: Position['edges'],
  id: StateId,
): 'open' | 'dead' | 'live' | null {
  const ways = incoming.get(id) ?? [];
  if (ways.length === 0) return null;
  if (ways.some((way) => edges[way.id] === undefined)) return 'open';
  return ways.some((way) => edges[way.id] === 'live') ? 'live' : 'dead';
}

/**
 * What keeps a scope from standing where it stands: a state that would have run before it, or ways that no
 * longer lead there. Null where the new version, played from the start, could stand there too.
 */
export function misplaced(
  versions: Versions,
  scope: Scope,
  { edges }: Position,
): MoveRefusal | null {
  const { to } = versions;
  const initial = initialOf(to, scope);
  const stands = (id: StateId) => (id === initial ? 'live' : (arrival(to, edges, id) ?? 'dead'));
  const body = bodyOf(to, scope);
  const due = body.find(
    (id) => !isBegun(scope.nodes[id]) && stands(id) === 'live' && !wasDue(versions.from, scope, id),
  );
  if (due !== undefined) return added(versions, due);
  const cutOff = body.find((id) => isBegun(scope.nodes[id]) && stands(id) !== 'live');
  if (cutOff === undefined) return null;
  const state = to.states.get(cutOff) ?? null;
  return refusal('way_changed', state, (name) => `The ways lead to ${name} differently now.`);
}

function added({ from, to }: Versions, id: StateId): MoveRefusal {
  const state: JourneyState | null = to.states.get(id) ?? null;
  return from.states.has(id)
    ? refusal('way_changed', state, (name) => `${name} would come before where the session stands.`)
    : refusal('step_added', state, (name) => `${name} was added before where the session stands.`);
}

/** In a pause a state may be ready and not begun. */
function wasDue(from: JourneyGraph, scope: Scope, id: StateId): boolean {
  return id === initialOf(from, scope) || arrival(from, scope.edges, id) === 'live';
}

/** Where the workflow of a scope begins; null in the body of a loop or parallel. */
function initialOf({ journey, children }: JourneyGraph, scope: Scope): StateId | null {
  if (scope.kind === 'root') return journey.initial;
  return scope.kind === 'subjourney' ? (children.get(scope.child ?? '')?.initial ?? null) : null;
}
