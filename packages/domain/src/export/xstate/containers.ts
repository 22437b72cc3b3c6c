import type { JourneyState, LoopState, ParallelState } from '../../journey/types.js';
import type { JourneyGraph } from '../../session/graph.js';
import { branchMachine, childMachine, stateKey } from './names.js';
import type { XStateNode, XStateReference } from './types.js';

/** What goes on inside a loop, a parallel or a call. */
export interface Inside {
  readonly node: XStateNode;
  /** It counts, so that its machine needs a memory. */
  readonly remembers: boolean;
}

/**
 * The inside of a state that others run inside of; null for any other, and where there is nothing inside.
 *
 * @param body draws the states of its body
 */
export function insideOf(
  graph: JourneyGraph,
  state: JourneyState,
  body: () => XStateNode,
): Inside | null {
  switch (state.kind) {
    case 'loop':
      if (!graph.bodies.has(state.id)) return null;
      return isConditional(state)
        ? { node: conditional(state, body()), remembers: false }
        : { node: counted(state, body()), remembers: true };
    case 'parallel':
      if (!graph.bodies.has(state.id)) return null;
      return { node: branches(state), remembers: true };
    case 'subjourney': {
      const child = state.calls === null ? undefined : graph.children.get(state.calls);
      if (!child || child.initial === null) return null;
      return { node: call(stateKey(state.id), childMachine(child.key)), remembers: false };
    }
    default:
      return null;
  }
}

/** A condition decides before each iteration; of a `doWhile` before each but the first. */
function isConditional({ loopType, condition }: LoopState): boolean {
  return loopType === 'while' || (loopType === 'doWhile' && condition !== null);
}

function conditional({ id, loopType }: LoopState, body: XStateNode): XStateNode {
  const key = stateKey(id);
  const goesOn = { [`continue.${key}`]: 'iteration' };
  return {
    initial: 'planning',
    on: { [`failed.${key}`]: '.planning' },
    states: {
      // After a failure of the condition itself only that is tried again, hence `continue` here too.
      planning: {
        on: { [`plan.${key}`]: loopType === 'while' ? 'checking' : 'iteration', ...goesOn },
      },
      checking: { on: goesOn },
      iteration: { ...body, onDone: 'checking' },
    },
  };
}

function counted(state: LoopState, body: XStateNode): XStateNode {
  const key = stateKey(state.id);
  const total = state.loopType === 'forEach' ? null : (state.iterations ?? 0);
  const count: XStateReference = { type: 'countIteration', params: { body: key } };
  return {
    initial: 'planning',
    on: { [`failed.${key}`]: '.planning' },
    states: {
      planning: planning(key, total, 'next'),
      next: {
        always: [
          { target: 'iteration', guard: { type: 'hasMore', params: { body: key } } },
          { target: 'exhausted' },
        ],
      },
      iteration: { ...body, entry: [count, ...(body.entry ?? [])], onDone: 'next' },
      exhausted: {},
    },
  };
}

function branches(state: ParallelState): XStateNode {
  const key = stateKey(state.id);
  const total = state.parallelType === 'count' ? (state.count ?? 0) : null;
  const { batchSize } = state;
  const params = { body: key, machine: branchMachine(state.id), batchSize };
  const isOver = { type: 'isOver', params: { body: key } };
  return {
    initial: 'planning',
    on: { [`failed.${key}`]: '.planning' },
    states: {
      planning: planning(key, total, 'running'),
      running: {
        entry: [{ type: 'openBranches', params }],
        exit: [{ type: 'stopBranches', params: { body: key } }],
        on: { [`xstate.done.actor.${key}.*`]: { actions: [{ type: 'closeBranch', params }] } },
        always: [{ target: 'exhausted', guard: isOver }],
      },
      exhausted: {},
    },
  };
}

/** @param total how often; null where only the event that plans it knows */
function planning(key: string, total: number | null, target: string): XStateNode {
  const actions: XStateReference[] = [{ type: 'plan', params: { body: key, total } }];
  return { on: { [`plan.${key}`]: { target, actions } } };
}

function call(key: string, machine: string): XStateNode {
  return {
    initial: 'preparing',
    on: { [`failed.${key}`]: '.preparing' },
    states: {
      preparing: { on: { [`call.${key}`]: 'called' } },
      called: { invoke: { src: machine, id: key, onDone: 'returned' } },
      returned: {},
    },
  };
}
