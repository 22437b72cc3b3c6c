import type { JourneyState, StateId, Transition } from '../journey/types.js';
import type { JourneySurvey } from './survey.js';

/**
 * All decided states of a journey, each body's in an order in which a state comes after all that its ways
 * come from. States are numbers, their places in the order; lists lie one after the other in flat arrays,
 * as hundreds of passes go over them.
 */
export interface Flow {
  readonly order: readonly StateId[];
  readonly index: ReadonlyMap<StateId, number>;
  /** -1 for what is begun whenever its body is, else 0. */
  readonly entries: Int32Array;
  /** The ways in from the same body: where they come from. */
  readonly sources: Lists;
  /** For each of these ways -1 if it is taken after a failure, else 0. */
  readonly errors: Int32Array;
  /** The ways that a state can end: each a list of {@link targets}. */
  readonly outcomes: Lists;
  /** For each outcome the states that are begun then. */
  readonly targets: Lists;
}

/** Lists of numbers: list n is `items` from `from[n]` up to `from[n + 1]`. */
export interface Lists {
  readonly from: Int32Array;
  readonly items: Int32Array;
}

/** One of the lists. */
export function listAt({ from, items }: Lists, index: number): Int32Array {
  return items.subarray(from[index], from[index + 1]);
}

/** The flow of the states that can be decided. Linear. */
export function flowOf({ bodies, graph, ways }: JourneySurvey): Flow {
  const order = bodies.flatMap(({ decided }) => decided);
  const index = new Map(order.map((id, at) => [id, at]));
  const place = (id: StateId) => index.get(id) ?? -1;
  const entries = new Int32Array(order.length);
  const incoming: Transition[][] = [];
  const outcomes: number[][] = [];
  const targets: number[][] = [];
  for (const { container, entries: first, decided } of bodies) {
    for (const id of first) if (index.has(id)) entries[place(id)] = -1;
    for (const id of decided) {
      // The first state of a workflow is begun whatever leads back to it.
      const waits = container !== null || entries[place(id)] === 0;
      const into = waits ? (graph.incoming.get(id) ?? []) : [];
      incoming.push(into.filter(({ kind }) => kind !== 'enter'));
      const state = graph.states.get(id);
      const ends = state ? outcomesOf(state, ways.get(id) ?? [], place) : [];
      outcomes.push(ends.map((_, at) => targets.length + at));
      for (const end of ends) targets.push(end);
    }
  }
  return {
    order,
    index,
    entries,
    sources: flat(incoming.map((list) => list.map(({ from }) => place(from)))),
    errors: Int32Array.from(incoming.flat(), ({ kind }) => (kind === 'error' ? -1 : 0)),
    outcomes: flat(outcomes),
    targets: flat(targets),
  };
}

function flat(lists: readonly (readonly number[])[]): Lists {
  const from = new Int32Array(lists.length + 1);
  for (const [at, list] of lists.entries()) from[at + 1] = (from[at] ?? 0) + list.length;
  return { from, items: Int32Array.from(lists.flat()) };
}

/** By what a session takes: an error way after a failure, else plain ways and those of the branch chosen. */
function outcomesOf(
  state: JourneyState,
  ways: readonly Transition[],
  place: (id: StateId) => number,
): number[][] {
  // After a response nothing is begun any more.
  if (state.kind === 'response') return [[]];
  const failed: number[] = [];
  const always: number[] = [];
  const byBranch = new Map<string | null, number[]>();
  for (const { kind, to, branchId } of ways) {
    const at = place(to);
    if (at < 0) continue;
    if (kind === 'error') failed.push(at);
    else if (kind === 'next') always.push(at);
    else if (byBranch.has(branchId)) byBranch.get(branchId)?.push(at);
    else byBranch.set(branchId, [at]);
  }
  const outcomes = branchesOf(state).map((id) => [...always, ...(byBranch.get(id) ?? [])]);
  return ways.some(({ kind }) => kind === 'error') ? [...outcomes, failed] : outcomes;
}

/** The branches that a state may leave by; null stands for none. */
function branchesOf(state: JourneyState): (string | null)[] {
  if (state.kind === 'fork') {
    const ids = state.branches.map(({ id }) => id);
    return state.branches.some(({ expression }) => expression === null) ? ids : [...ids, null];
  }
  if (state.kind !== 'router' || state.routes.length === 0) return [null];
  return state.routes.map(({ id }) => id);
}
