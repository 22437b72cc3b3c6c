import type { IssueCode } from '../issue-catalogue.js';
import type { Journey, JourneyState, StateId, Transition } from '../journey/types.js';
import { graphOf, type JourneyGraph } from '../session/graph.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';

/** The states that one scope runs: the top of a workflow, or what stands in a loop or parallel. */
export interface Body {
  readonly key: string;
  /** The loop or parallel around it; null at the top of a workflow. */
  readonly container: StateId | null;
  /** In the order of the journey. */
  readonly states: readonly JourneyState[];
  /** Where it begins. */
  readonly entries: readonly StateId[];
  /** What a path leads to. */
  readonly reached: ReadonlySet<StateId>;
  /**
   * What is begun or skipped in every run of the body that goes on to its end, each after all that its
   * ways come from.
   */
  readonly decided: readonly StateId[];
}

/** A journey laid open to the checks. */
export interface JourneySurvey {
  readonly journey: Journey;
  readonly graph: JourneyGraph;
  /** The bodies that a run can come into, the journey's own first. */
  readonly bodies: readonly Body[];
  /** Ways that lead from a state to one of the same body, by where they come from. */
  readonly ways: ReadonlyMap<StateId, readonly Transition[]>;
  readonly dangling: readonly Transition[];
  readonly log: IssueLog;
}

/** Where a state stands: in a loop or parallel, at the top of a child, or at that of the journey. */
export function bodyKeyOf({ parent, child }: JourneyState): string {
  return parent ?? child ?? '';
}

/** True for states whose body stands in the same journey, under their id. */
export function isContainer({ kind }: JourneyState): boolean {
  return kind === 'loop' || kind === 'parallel';
}

/** True for a way between two states of one body. */
function isInside(way: Transition, from: JourneyState, to: JourneyState): boolean {
  return way.kind !== 'enter' && bodyKeyOf(from) === bodyKeyOf(to);
}

/** Lays a journey open, whatever is wrong with it. Linear in states and transitions. */
export function surveyJourney(journey: Journey, log: IssueLog): JourneySurvey {
  const graph = graphOf(journey);
  const ways = new Map<StateId, Transition[]>([...graph.states.keys()].map((id) => [id, []]));
  const dangling: Transition[] = [];
  for (const way of journey.transitions) {
    const from = graph.states.get(way.from);
    const to = graph.states.get(way.to);
    if (from && to && isInside(way, from, to)) ways.get(way.from)?.push(way);
    else if (!from || !to || !enters(way, from, to)) dangling.push(way);
  }
  const bodies = enteredBodies(graph, ways);
  return { journey, graph, bodies, ways, dangling, log };
}

function enters(way: Transition, from: JourneyState, to: JourneyState): boolean {
  return way.kind === 'enter' && isContainer(from) && bodyKeyOf(to) === from.id;
}

function enteredBodies(
  graph: JourneyGraph,
  ways: ReadonlyMap<StateId, readonly Transition[]>,
): Body[] {
  const inside = new Map<string, JourneyState[]>();
  for (const state of graph.states.values()) {
    const key = bodyKeyOf(state);
    const body = inside.get(key);
    if (body) body.push(state);
    else inside.set(key, [state]);
  }
  const bodies: Body[] = [];
  const keys = new Set<string>(['']);
  // What is added to a set while it is walked is walked too.
  for (const key of keys) {
    const body = surveyBody(key, inside.get(key) ?? [], graph, ways);
    bodies.push(body);
    for (const state of body.states) {
      if (!body.reached.has(state.id)) continue;
      if (isContainer(state)) keys.add(state.id);
      else if (state.kind === 'subjourney' && graph.children.has(state.calls ?? '')) {
        keys.add(state.calls ?? '');
      }
    }
  }
  return bodies;
}

function surveyBody(
  key: string,
  states: readonly JourneyState[],
  graph: JourneyGraph,
  ways: ReadonlyMap<StateId, readonly Transition[]>,
): Body {
  const container = graph.states.get(key as StateId);
  const around = container && isContainer(container) ? container.id : null;
  const entries = entriesOf(key, around, graph);
  const reached = new Set(entries);
  for (const id of reached) for (const { to } of ways.get(id) ?? []) reached.add(to);
  const decided = decide(entries, around, graph, ways);
  return { key, container: around, states, entries, reached, decided };
}

function entriesOf(key: string, container: StateId | null, graph: JourneyGraph): StateId[] {
  const isHere = (id: StateId) => {
    const state = graph.states.get(id);
    return state !== undefined && bodyKeyOf(state) === key;
  };
  if (container !== null) {
    return [...new Set((graph.enters.get(container) ?? []).map(({ to }) => to))].filter(isHere);
  }
  const { initial } = key === '' ? graph.journey : (graph.children.get(key) ?? { initial: null });
  return initial !== null && isHere(initial) ? [initial] : [];
}

/**
 * As a session goes: a state is begun or skipped once all its ways in are decided. The first state of a
 * workflow waits for none; those at the head of a loop's or parallel's body do.
 */
function decide(
  entries: readonly StateId[],
  container: StateId | null,
  graph: JourneyGraph,
  ways: ReadonlyMap<StateId, readonly Transition[]>,
): StateId[] {
  const open = new Map<StateId, number>();
  const decided: StateId[] = [];
  const here = new Set(entries);
  const close = (id: StateId) => {
    const left = (open.get(id) ?? graph.incoming.get(id)?.length ?? 0) - 1;
    open.set(id, left);
    if (left === 0) decided.push(id);
  };
  if (container !== null) {
    for (const { to } of graph.enters.get(container) ?? []) if (here.has(to)) close(to);
  } else {
    for (const id of entries) {
      open.set(id, 0);
      decided.push(id);
    }
  }
  // The list grows while it is walked.
  for (const id of decided) for (const { to } of ways.get(id) ?? []) close(to);
  return decided;
}

/** Reports a finding at a state, or at none; of a child workflow it says which. */
export function report(
  { graph, log }: JourneySurvey,
  code: IssueCode,
  state: JourneyState | null,
  message: () => string,
  hint?: string,
): void {
  const child = graph.children.get(state?.child ?? '');
  const placed = child ? () => `In ${quote(child.name)}: ${message()}` : message;
  log.report(code, {
    ...(state && { blockId: state.blockId }),
    message: placed,
    ...(hint !== undefined && { hint }),
  });
}

/** Names along a path that a message shows. */
const NAMED_ON_PATH = 6;

/**
 * A path in words: its blocks' names, those in the middle left out where it is long. What only asks for a
 * block's values goes by the name of that block, which comes next.
 */
export function pathText({ graph }: JourneySurvey, path: readonly StateId[]): string {
  const states = path.flatMap((id) => graph.states.get(id) ?? []);
  const named = states.filter(({ kind }, at) => kind !== 'inputs' || at === states.length - 1);
  const names = named.map(({ label }) => quote(label));
  if (names.length <= NAMED_ON_PATH) return names.join(' → ');
  return [...names.slice(0, NAMED_ON_PATH - 1), '…', ...names.slice(-1)].join(' → ');
}
