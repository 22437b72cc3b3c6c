import type { Journey, JourneyState, StateId, Transition } from '@sim/domain';
import { isRecord, own, recordOf, type Json, type JsonRecord } from './json.js';
import { mappingOf, type Sabotage } from './journey-player.js';
import type { Case } from './reference-interpreter.js';

/** A deliberate fault, which the proof must notice. */
export interface Mutation {
  readonly name: string;
  /** What no longer holds with it. */
  readonly breaks: string;
  /** Where it would be: in the mapping, or in what runs a journey. */
  readonly of: 'mapper' | 'runner';
  /** The journey with the fault in it. */
  readonly journey?: (journey: Journey, given: Case) => Journey;
  readonly sabotage?: Sabotage;
}

const mapper = (
  name: string,
  breaks: string,
  journey: NonNullable<Mutation['journey']>,
): Mutation => ({ name, breaks, of: 'mapper', journey });

const runner = (name: string, breaks: string, sabotage: Sabotage): Mutation => ({
  name,
  breaks,
  of: 'runner',
  sabotage,
});

export const MUTATIONS: readonly Mutation[] = [
  mapper('dropped else', 'a condition none of whose branches is true takes its else', (journey) => {
    const elses = new Set(
      journey.states.flatMap((state) =>
        state.kind === 'fork'
          ? state.branches.filter(({ expression }) => expression === null).map(({ id }) => id)
          : [],
      ),
    );
    return ways(journey, (way) => (elses.has(way.branchId ?? '') ? [] : [way]));
  }),
  mapper('swapped branches', 'a branch leads where its edge leads', (journey) =>
    swapChoices(journey, 'fork'),
  ),
  mapper('branches tried backwards', 'the first branch that is true is taken', (journey) =>
    states(journey, (state) =>
      state.kind === 'fork' ? { ...state, branches: state.branches.toReversed() } : state,
    ),
  ),
  mapper('swapped routes', 'a route leads where its edge leads', (journey) =>
    swapChoices(journey, 'router'),
  ),
  mapper('a join that does not wait', 'a join waits for all its live ways', (journey) =>
    dropLast(journey, ({ to, kind }) => (kind === 'enter' ? null : to)),
  ),
  mapper('a lost way of a fan-out', 'every edge that leaves a block is gone', (journey) =>
    dropLast(journey, ({ from, kind }) => (kind === 'next' ? from : null)),
  ),
  mapper('an error edge as a plain one', 'an error edge is gone after errors alone', (journey) =>
    ways(journey, (way) => [way.kind === 'error' ? { ...way, kind: 'next' } : way]),
  ),
  mapper('a dropped error edge', 'a block with an error edge does not fail the run', (journey) =>
    ways(journey, (way) => (way.kind === 'error' ? [] : [way])),
  ),
  mapper(
    'a disabled block that runs',
    'a disabled block cuts its path',
    (_, given) => mappingOf({ ...given, document: allEnabled(given.document) }).journey,
  ),
  mapper('a body that ends early', 'an iteration runs its body to the end', (journey) => {
    const inside = new Set(journey.states.filter(({ parent }) => parent).map(({ id }) => id));
    return ways(journey, (way) => (way.kind === 'next' && inside.has(way.from) ? [] : [way]));
  }),
  mapper('a body entered once', 'a body begins at all the blocks that its edges name', (journey) =>
    dropLast(journey, ({ from, kind }) => (kind === 'enter' ? from : null)),
  ),
  mapper('one iteration too many', 'a counted loop runs as often as it says', (journey) =>
    states(journey, (state) =>
      state.kind === 'loop' && state.iterations !== null
        ? { ...state, iterations: state.iterations + 1 }
        : state,
    ),
  ),
  mapper('one branch too few', 'a counted parallel has as many branches as it says', (journey) =>
    states(journey, (state) =>
      state.kind === 'parallel' && state.count !== null
        ? { ...state, count: state.count - 1 }
        : state,
    ),
  ),
  mapper('while as do-while', 'the condition of a `while` is checked first', (journey) =>
    states(journey, (state) =>
      state.kind === 'loop' && state.loopType === 'while'
        ? { ...state, loopType: 'doWhile' }
        : state,
    ),
  ),
  mapper('results in reverse', 'results stand in the order of the blocks', (journey) => ({
    ...journey,
    states: journey.states.toReversed(),
  })),
  mapper('dropped retry', 'a block is tried as often as it says', (journey) =>
    states(journey, (state) => ('retry' in state ? { ...state, retry: null } : state)),
  ),
  mapper(
    'a child without its variables',
    'a called workflow has variables of its own',
    (journey) => ({
      ...journey,
      ...(journey.children && {
        children: journey.children.map((child) => ({ ...child, variables: [] })),
      }),
    }),
  ),
  mapper('names of two blocks swapped', 'a reference reads the block that it names', (journey) => {
    const tools = journey.states.filter(({ kind, child }) => kind === 'tool' && !child);
    const names = new Map(
      tools.map(({ id }, at) => [id, tools[(at + 1) % tools.length]?.refName ?? '']),
    );
    return states(journey, (state) => ({
      ...state,
      refName: names.get(state.id) ?? state.refName,
    }));
  }),
  mapper('forgotten names', 'a reference to a block that is left out is empty', (journey) => ({
    ...journey,
    absentNames: [],
  })),
  mapper(
    'forgotten fields',
    'a reference to a field that no block declares is an error',
    (journey) => states(journey, (state) => ({ ...state, outputFields: null })),
  ),
  mapper('a response that goes on', 'a response ends the run', (journey) =>
    states(journey, (state) =>
      state.kind === 'response'
        ? { ...state, kind: 'tool', sideEffect: 'none', retry: null, hasErrorPath: false }
        : state,
    ),
  ),
  mapper('a router that asks in any case', 'no match goes the error edge', (journey) =>
    states(journey, (state) =>
      state.kind === 'router' ? { ...state, hasErrorPath: false } : state,
    ),
  ),
  runner('every block reads from outside', 'a block in an iteration reads that iteration', {
    run: (run) => ({ ...run, scopeId: 'root' }),
  }),
  runner('attempts that are not counted', 'a further attempt is another', {
    run: (run) => ({ ...run, attempt: 1 }),
  }),
  runner('variables that are not set', 'a variable keeps what a block set', {
    outcome: (input) => (input.type === 'block-succeeded' ? { ...input, variables: null } : input),
  }),
  runner('a choice that is not told', 'a condition goes the branch that is true', {
    outcome: (input) => (input.type === 'block-succeeded' ? { ...input, branchId: null } : input),
  }),
  runner('failures that pass for temporary', 'only what may succeed is tried again', {
    outcome: (input) =>
      input.type === 'block-failed'
        ? { ...input, error: { ...input.error, retryable: true } }
        : input,
  }),
];

function states(journey: Journey, change: (state: JourneyState) => JourneyState): Journey {
  return { ...journey, states: journey.states.map(change) };
}

function ways(journey: Journey, change: (way: Transition) => readonly Transition[]): Journey {
  return { ...journey, transitions: journey.transitions.flatMap(change) };
}

/** Leaves out the last of the ways that have a key in common. */
function dropLast(journey: Journey, keyOf: (way: Transition) => StateId | null): Journey {
  const groups = new Map<StateId, Transition[]>();
  for (const way of journey.transitions) {
    const key = keyOf(way);
    if (key !== null) groups.set(key, [...(groups.get(key) ?? []), way]);
  }
  const dropped = new Set(
    [...groups.values()].flatMap((group) => (group.length > 1 ? group.slice(-1) : [])),
  );
  return ways(journey, (way) => (dropped.has(way) ? [] : [way]));
}

/** Exchanges where the first two choices of each state lead. */
function swapChoices(journey: Journey, kind: 'fork' | 'router'): Journey {
  const other = new Map<string, string>();
  for (const state of journey.states) {
    if (state.kind !== kind) continue;
    const [first, second] = state.kind === 'fork' ? state.branches : state.routes;
    if (!first || !second) continue;
    other.set(`${state.id} ${first.id}`, second.id);
    other.set(`${state.id} ${second.id}`, first.id);
  }
  return ways(journey, (way) => [
    { ...way, branchId: other.get(`${way.from} ${way.branchId ?? ''}`) ?? way.branchId },
  ]);
}

function allEnabled(document: JsonRecord): JsonRecord {
  const state = own(document, 'state');
  const blocks = own(state, 'blocks');
  if (!isRecord(state) || !isRecord(blocks)) return document;
  const enabled = Object.entries(blocks).map(([id, block]): [string, Json] => [
    id,
    isRecord(block) ? { ...block, enabled: true } : block,
  ]);
  return { ...document, state: { ...state, blocks: recordOf(enabled) } };
}
