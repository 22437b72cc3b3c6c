import type { JourneyState, StateId, Transition, TransitionId } from '../../journey/types.js';
import type { JourneyGraph } from '../../session/graph.js';

/** The ways out of a state, by what its end may be. */
export interface Outcomes {
  /** Gone whenever it has not failed. */
  readonly next: readonly Transition[];
  /** Null where it has no way to fail: then a failure is a question to the person. */
  readonly error: readonly Transition[] | null;
  /** By branch, those that lead nowhere too. */
  readonly branches: ReadonlyMap<string, readonly Transition[]>;
}

/** The ways out of a state; linear in them. */
export function outcomesOf(graph: JourneyGraph, state: JourneyState): Outcomes {
  const ways = graph.outgoing.get(state.id) ?? [];
  const branches = new Map<string, Transition[]>(branchIds(state).map((id) => [id, []]));
  for (const way of ways) {
    if (way.kind !== 'branch' || way.branchId === null) continue;
    const group = branches.get(way.branchId);
    if (group) group.push(way);
    else branches.set(way.branchId, [way]);
  }
  const error = ways.filter(({ kind }) => kind === 'error');
  const mayFail = error.length > 0 || ('hasErrorPath' in state && state.hasErrorPath);
  return {
    next: ways.filter(({ kind }) => kind === 'next'),
    error: mayFail ? error : null,
    branches,
  };
}

function branchIds(state: JourneyState): string[] {
  if (state.kind === 'fork') return state.branches.map(({ id }) => id);
  return state.kind === 'router' ? state.routes.map(({ id }) => id) : [];
}

/** True where never more than one state of a body is under way: it begins in one, and no end leads to two. */
export function isSequential(
  graph: JourneyGraph,
  body: readonly StateId[],
  first: readonly StateId[],
): boolean {
  return (
    new Set(first).size === 1 &&
    body.every((id) => {
      const state = graph.states.get(id);
      if (!state) return true;
      const { next, error, branches } = outcomesOf(graph, state);
      if (next.length > 1 || (error ?? []).length > 1) return false;
      return [...branches.values()].every((ways) => next.length + ways.length <= 1);
    })
  );
}

/** The ids of transitions, as parameters of a guard or an action. */
export function idsOf(ways: readonly Transition[]): TransitionId[] {
  return ways.map(({ id }) => id);
}
