import type { StateId, Transition } from '../journey/types.js';

/** Asks whether a path leads from `target` to `reader`. */
export interface PathQuestion {
  readonly reader: StateId;
  readonly target: StateId;
}

/** Targets that one pass over the graph answers for: the bits of a small integer. */
const PER_PASS = 31;

/**
 * The questions whose answer is no. Each pass over the graph, in topological order, carries a bit for
 * each of 31 targets, so that 10,000 blocks that all read one another take some hundred passes and no
 * table of all pairs is ever kept.
 */
export function withoutPath<Q extends PathQuestion>(
  order: readonly StateId[],
  transitions: readonly Transition[],
  questions: readonly Q[],
): Q[] {
  const position = new Map(order.map((id, index) => [id, index]));
  const at = (id: StateId) => position.get(id) ?? 0;
  const arcs = flatArcs(transitions, at);
  const targets = [...new Set(questions.map(({ target }) => at(target)))].sort((a, b) => a - b);
  const rank = new Map(targets.map((target, index) => [target, index]));
  const passes: Q[][] = [];
  for (const question of questions) {
    const pass = Math.floor((rank.get(at(question.target)) ?? 0) / PER_PASS);
    (passes[pass] ??= []).push(question);
  }
  const unanswered = new Set<Q>();
  const own = new Int32Array(order.length);
  const upstream = new Int32Array(order.length);
  for (const asked of passes) {
    own.fill(0);
    for (const { target } of asked) own[at(target)] = 1 << ((rank.get(at(target)) ?? 0) % PER_PASS);
    carry(arcs, own, upstream.fill(0));
    for (const question of asked) {
      const bit = own[at(question.target)] ?? 0;
      if (((upstream[at(question.reader)] ?? 0) & bit) === 0) unanswered.add(question);
    }
  }
  return questions.filter((question) => unanswered.has(question));
}

/** From and to, from and to …, in the order of what they leave. */
function flatArcs(transitions: readonly Transition[], at: (id: StateId) => number): Int32Array {
  const pairs = transitions.map(({ from, to }): [number, number] => [at(from), at(to)]);
  return Int32Array.from(pairs.sort(([a], [b]) => a - b).flat());
}

/** Carries the bits of each state, and of what is upstream of it, over every arc. */
function carry(arcs: Int32Array, own: Int32Array, upstream: Int32Array): void {
  for (let index = 0; index < arcs.length; index += 2) {
    const from = arcs[index] ?? 0;
    const to = arcs[index + 1] ?? 0;
    upstream[to] = (upstream[to] ?? 0) | (upstream[from] ?? 0) | (own[from] ?? 0);
  }
}
