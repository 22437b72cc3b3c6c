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
  const arcs = transitions.map(({ from, to }) => [at(from), at(to)] as const);
  arcs.sort(([a], [b]) => a - b);
  const targets = [...new Set(questions.map(({ target }) => at(target)))].sort((a, b) => a - b);
  const pass = new Map(targets.map((target, index) => [target, Math.floor(index / PER_PASS)]));
  const byPass: Q[][] = [];
  for (const question of questions)
    (byPass[pass.get(at(question.target)) ?? 0] ??= []).push(question);
  const unanswered = new Set<Q>();
  for (const [index, asked] of byPass.entries()) {
    const bits = new Map<number, number>();
    const masks = new Int32Array(order.length);
    for (const target of targets.slice(index * PER_PASS, (index + 1) * PER_PASS)) {
      bits.set(target, 1 << bits.size);
    }
    const own = new Int32Array(order.length);
    for (const [target, bit] of bits) own[target] = bit;
    for (const [from, to] of arcs)
      masks[to] = (masks[to] ?? 0) | (masks[from] ?? 0) | (own[from] ?? 0);
    for (const question of asked) {
      const bit = bits.get(at(question.target)) ?? 0;
      if (((masks[at(question.reader)] ?? 0) & bit) === 0) unanswered.add(question);
    }
  }
  return questions.filter((question) => unanswered.has(question));
}
