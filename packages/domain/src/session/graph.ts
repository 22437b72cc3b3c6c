import type {
  ChildJourney,
  FormState,
  InputsState,
  Journey,
  JourneyState,
  StartState,
  StateId,
  Transition,
} from '../journey/types.js';
import type { Scope } from './types.js';

/** A journey with its look-ups, made once per journey object. */
export interface JourneyGraph {
  readonly journey: Journey;
  readonly states: ReadonlyMap<StateId, JourneyState>;
  /** The states of each body: of a loop or parallel by its id, of a child by its key, else under ''. */
  readonly bodies: ReadonlyMap<string, readonly StateId[]>;
  /** The ways into the bodies, by container. */
  readonly enters: ReadonlyMap<StateId, readonly Transition[]>;
  /** Ways within a body. */
  readonly outgoing: ReadonlyMap<StateId, readonly Transition[]>;
  /** Ways from within the same body, and from the container where it begins. */
  readonly incoming: ReadonlyMap<StateId, readonly Transition[]>;
  readonly children: ReadonlyMap<string, ChildJourney>;
  readonly position: ReadonlyMap<StateId, number>;
}

const graphs = new WeakMap<Journey, JourneyGraph>();

/** The look-ups of a journey; linear in states and transitions the first time, then free. */
export function graphOf(journey: Journey): JourneyGraph {
  const known = graphs.get(journey);
  if (known) return known;
  const graph = build(journey);
  graphs.set(journey, graph);
  return graph;
}

function build(journey: Journey): JourneyGraph {
  const outgoing = new Map<StateId, Transition[]>();
  const incoming = new Map<StateId, Transition[]>();
  const enters = new Map<StateId, Transition[]>();
  const bodies = new Map<string, StateId[]>();
  for (const state of journey.states) {
    outgoing.set(state.id, []);
    incoming.set(state.id, []);
    if (state.kind === 'loop' || state.kind === 'parallel') enters.set(state.id, []);
    const key = state.parent ?? state.child ?? '';
    const body = bodies.get(key);
    if (body) body.push(state.id);
    else bodies.set(key, [state.id]);
  }
  for (const transition of journey.transitions) {
    const from = transition.kind === 'enter' ? enters : outgoing;
    from.get(transition.from)?.push(transition);
    incoming.get(transition.to)?.push(transition);
  }
  return {
    journey,
    states: new Map(journey.states.map((state) => [state.id, state])),
    bodies,
    enters,
    outgoing,
    incoming,
    children: new Map(journey.children?.map((child) => [child.key, child])),
    position: new Map(journey.states.map((state, index) => [state.id, index])),
  };
}

/** The state of that id. A journey has no dangling ends, so an absent one is a fault of the caller. */
export function stateOf(graph: JourneyGraph, id: StateId): JourneyState {
  const state = graph.states.get(id);
  if (!state) throw new UnknownStateError(id, graph.journey.id);
  return state;
}

/** An event or a question names a state that this journey does not have. */
export class UnknownStateError extends Error {
  readonly stateId: string;
  readonly journeyId: string;
  constructor(stateId: string, journeyId: string) {
    super(`Journey ${journeyId} has no state ${stateId}; the session belongs to another version.`);
    this.name = 'UnknownStateError';
    this.stateId = stateId;
    this.journeyId = journeyId;
  }
}

/** Every state of the same body that can be reached from one, itself included. */
export function descendants(graph: JourneyGraph, from: StateId): ReadonlySet<StateId> {
  return spread(from, (id) => (graph.outgoing.get(id) ?? []).map(({ to }) => to));
}

/** Every state from which one can be reached, itself and the containers around it included. */
export function ancestors(graph: JourneyGraph, of: StateId): ReadonlySet<StateId> {
  return spread(of, (id) => (graph.incoming.get(id) ?? []).map(({ from }) => from));
}

/** The states that a scope runs. */
export function bodyOf(graph: JourneyGraph, scope: Scope): readonly StateId[] {
  const key =
    scope.kind === 'root' ? '' : scope.kind === 'subjourney' ? scope.child : scope.parent?.stateId;
  return graph.bodies.get(key ?? '') ?? [];
}

function spread(from: StateId, next: (id: StateId) => readonly StateId[]): ReadonlySet<StateId> {
  const seen = new Set<StateId>([from]);
  // What is added to a set while it is walked is walked too.
  for (const id of seen) for (const other of next(id)) seen.add(other);
  return seen;
}

/** True for states that ask the person for values. */
export function asks(state: JourneyState): state is StartState | FormState | InputsState {
  const { kind } = state;
  return (kind === 'start' || kind === 'form' || kind === 'inputs') && state.slots.length > 0;
}

/** True for states that other states run inside of. */
export function hasBody(state: JourneyState): boolean {
  return state.kind === 'loop' || state.kind === 'parallel' || state.kind === 'subjourney';
}

/** True for blocks that change something outside. */
export function writes(state: JourneyState): boolean {
  return state.kind === 'tool' && state.sideEffect === 'write';
}
