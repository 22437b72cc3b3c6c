import type { Journey, JourneyState, StateId, TransitionId } from '../../journey/types.js';
import { graphOf, type JourneyGraph } from '../../session/graph.js';
import { insideOf } from './containers.js';
import { branchEvent, branchMachine, childMachine, stateKey } from './names.js';
import { idsOf, isSequential, outcomesOf, type Outcomes } from './outcomes.js';
import type { XStateExport, XStateNode, XStateReference, XStateTransition } from './types.js';

/**
 * A journey as machines of XState v5. A body in which one state at a time is under way becomes a plain
 * machine; one with side-by-side ways a parallel state with a region for each of its states, which
 * waits until its ways in are decided. Linear in states and transitions, whatever the journey holds.
 */
export function toXState(journey: Journey): XStateExport {
  const graph = graphOf(journey);
  const ends = {
    responds: journey.states.some(({ kind }) => kind === 'response'),
    branches: journey.states.some(({ kind }) => kind === 'parallel'),
  };
  const machines: Record<string, XStateNode> = {};
  for (const { key, name, initial } of journey.children ?? []) {
    if (initial === null) continue;
    const id = childMachine(key);
    machines[id] = new MachineSketch(graph, ends).draw({ id, name, body: key, first: [initial] });
  }
  for (const { id: of, kind, label } of journey.states) {
    if (kind !== 'parallel' || !graph.bodies.has(of)) continue;
    const first = (graph.enters.get(of) ?? []).map(({ to }) => to);
    const outline = { id: branchMachine(of), name: `A branch of ${label}`, body: of, first };
    machines[outline.id] = new MachineSketch(graph, ends).draw(outline, TELLS_PARENT);
  }
  const first = journey.initial === null ? [] : [journey.initial];
  const outline = { id: 'journey', name: journey.name, body: '', first };
  const config = new MachineSketch(graph, ends).draw(outline);
  const states = { ...config.states, cancelled: { type: 'final' as const } };
  return { config: { ...config, on: { ...config.on, cancel: '.cancelled' }, states }, machines };
}

/** A branch does not end by a response: what is around it does, and stops it. */
const TELLS_PARENT: XStateNode = { entry: [{ type: 'tellParent' }] };

/** Which ends a machine of a journey may come to. */
interface Ends {
  readonly responds: boolean;
  readonly branches: boolean;
}

interface Outline {
  readonly id: string;
  readonly name: string;
  readonly body: string;
  readonly first: readonly StateId[];
}

/** One machine. Loops nest 10 deep at the most, so that one inside another is bounded. */
class MachineSketch {
  readonly #graph: JourneyGraph;
  readonly #ends: Ends;
  /** It has guards and actions, which go by what it remembers. */
  #remembers = false;

  constructor(graph: JourneyGraph, ends: Ends) {
    this.#graph = graph;
    this.#ends = ends;
  }

  /** The machine around its body. */
  draw({ id, name, body, first }: Outline, responded: XStateNode = { type: 'final' }): XStateNode {
    const { responds, branches } = this.#ends;
    const running = this.#body(body, first);
    return {
      id,
      description: name,
      ...(this.#remembers && { context: { ways: {}, bodies: {} } }),
      initial: 'running',
      ...(responds && branches && { on: { responded: '.responded' } }),
      states: {
        running: { ...running, onDone: 'completed' },
        completed: { type: 'final' },
        ...(responds && { responded: { id: 'responded', ...responded } }),
      },
    };
  }

  /** The states of a body; it is done when nothing in it goes on. */
  #body(key: string, first: readonly StateId[]): XStateNode {
    const { bodies, states } = this.#graph;
    const ids = bodies.get(key) ?? [];
    const inside = ids.flatMap((id) => states.get(id) ?? []);
    const [only] = first;
    if (only !== undefined && isSequential(this.#graph, ids, first)) {
      const drawn = inside.map((state) => [stateKey(state.id), this.#step(state)] as const);
      return {
        initial: stateKey(only),
        states: { ...Object.fromEntries(drawn), ended: { type: 'final' } },
      };
    }
    if (inside.length === 0) return { initial: 'ended', states: { ended: { type: 'final' } } };
    this.#remembers = true;
    const begins = new Set(first.filter((id) => (this.#graph.incoming.get(id) ?? []).length === 0));
    const drawn = inside.map(
      (state) => [stateKey(state.id), this.#region(state, begins.has(state.id))] as const,
    );
    const isContainer = this.#graph.enters.has(key as StateId);
    return {
      ...(isContainer && { entry: [this.#enter(key, ids)] }),
      type: 'parallel',
      states: Object.fromEntries(drawn),
    };
  }

  /** Forgets what an earlier iteration decided, and takes the ways into a body. */
  #enter(key: string, ids: readonly StateId[]): XStateReference {
    const { enters, outgoing } = this.#graph;
    const live: TransitionId[] = idsOf(enters.get(key as StateId) ?? []);
    const open = ids.flatMap((id) => idsOf(outgoing.get(id) ?? []));
    return { type: 'enter', params: { live, open } };
  }

  /** A state of a plain machine: each of its ends leads to one state. */
  #step(state: JourneyState): XStateNode {
    const outcomes = outcomesOf(this.#graph, state);
    const to = (ways: Outcomes['next']) => {
      const way = ways[0] ?? outcomes.next[0];
      return way ? stateKey(way.to) : 'ended';
    };
    const failed = outcomes.error?.[0];
    const on = endsOf(state, outcomes, to, failed ? stateKey(failed.to) : 'ended');
    return this.#stateNode(state, on);
  }

  /** A state of a body in which several go on at once. */
  #region(state: JourneyState, begins: boolean): XStateNode {
    const outcomes = outcomesOf(this.#graph, state);
    const on = endsOf(state, outcomes, () => 'done', 'failed');
    for (const [branchId, taken] of outcomes.branches) {
      if (taken.length === 0) continue;
      const params = { ways: idsOf(taken) };
      on[branchEvent(state.id, branchId)] = { target: 'done', actions: [{ type: 'take', params }] };
    }
    const out = idsOf(this.#graph.outgoing.get(state.id) ?? []);
    const ways = idsOf(this.#graph.incoming.get(state.id) ?? []);
    const rest: XStateReference[] =
      out.length > 0 ? [{ type: 'close', params: { ways: out } }] : [];
    const over = (taken: Outcomes['next']): XStateNode => ({
      type: 'final',
      entry: [
        ...(taken.length > 0 ? [{ type: 'take', params: { ways: idsOf(taken) } }] : []),
        ...rest,
      ],
    });
    const { description, meta, ...active } = this.#stateNode(state, on);
    return {
      ...(description !== undefined && { description }),
      ...(meta && { meta }),
      initial: begins ? 'active' : 'waiting',
      states: {
        waiting: {
          always: [
            { target: 'active', guard: { type: 'isReached', params: { ways } } },
            { target: 'skipped', guard: { type: 'isPassedBy', params: { ways } } },
          ],
        },
        active,
        done: over(outcomes.next),
        ...(outcomes.error && { failed: over(outcomes.error) }),
        skipped: over([]),
      },
    };
  }

  #stateNode(state: JourneyState, ends: XStateNode['on']): XStateNode {
    const inside = this.#inside(state);
    return {
      description: `${state.label} · ${state.kind}`,
      meta: {
        kind: state.kind,
        blockId: state.blockId,
        blockType: state.blockType,
        ...(state.kind === 'timer' && { delayMs: state.delayMs }),
      },
      ...inside,
      on: { ...inside?.on, ...ends },
    };
  }

  #inside(state: JourneyState): XStateNode | null {
    const first = (this.#graph.enters.get(state.id) ?? []).map(({ to }) => to);
    const inside = insideOf(this.#graph, state, () => this.#body(state.id, first));
    if (inside?.remembers) this.#remembers = true;
    return inside && inside.node;
  }
}

/** By event, where each end of a state leads; a branch that leads nowhere is an end like any other. */
function endsOf(
  state: JourneyState,
  { next, error, branches }: Outcomes,
  to: (ways: Outcomes['next']) => string,
  failed: string,
): Record<string, string | XStateTransition> {
  const key = stateKey(state.id);
  const done = state.kind === 'response' ? '#responded' : to(next);
  return Object.fromEntries([
    ...[...branches].map(([id, ways]) => [branchEvent(state.id, id), to(ways)] as const),
    [`done.${key}`, done] as const,
    ...(error ? [[`error.${key}`, failed] as const] : []),
  ]);
}
