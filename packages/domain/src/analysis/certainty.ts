import type { StateId } from '../journey/types.js';
import { listAt, type Flow } from './flow.js';

/** Asks whether one of some states has surely run when another is begun; all of one body. */
export interface Question {
  readonly reader: StateId;
  /** Where the target's body begins, if the reader comes once that is done, as a loop's condition does. */
  readonly afterBody?: readonly StateId[];
  readonly target: Target;
}

/** States of which one must have run. The object is the target's identity. */
export interface Target {
  readonly states: readonly StateId[];
  /** A path leads from each of several to the reader, so that none is still to come then. */
  readonly areBefore?: boolean;
}

export type Answer =
  /** It runs before, whenever the reader is begun. */
  | 'surely'
  /** As `surely`, but it may have ended in an error. */
  | 'surely-or-failed'
  /** A path leads from it to the reader, and there is a run without it. */
  | 'maybe'
  /** No path leads from it to the reader. */
  | 'not-before';

/** Targets that one pass answers for: the bits of a small integer. */
const PER_PASS = 31;

/**
 * Answers questions. Each pass over the flow carries a bit for each of 31 targets, so that 10,000 states
 * that all read one another take some hundred passes, and no table of all pairs is ever kept.
 */
export function answers<Q extends Question>(
  flow: Flow,
  questions: readonly Q[],
): ReadonlyMap<Q, Answer> {
  const targets = [...new Set(questions.map(({ target }) => target))];
  const rank = new Map(targets.map((target, index) => [target, index]));
  const passes: Q[][] = [];
  for (const question of questions) {
    const pass = Math.floor((rank.get(question.target) ?? 0) / PER_PASS);
    (passes[pass] ??= []).push(question);
  }
  const found = new Map<Q, Answer>();
  const sweep = sweepOf(flow);
  for (const [pass, asked] of passes.entries()) {
    sweep.run(targets.slice(pass * PER_PASS, (pass + 1) * PER_PASS));
    for (const question of asked) {
      const bit = 1 << ((rank.get(question.target) ?? 0) % PER_PASS);
      found.set(question, sweep.answer(question, bit));
    }
  }
  return found;
}

/**
 * A path of states within the reader's body, from where it begins, on which a target does not run before
 * the reader. Linear; to be asked only where the answer is not `surely`.
 */
export function pathWithout(flow: Flow, { reader, target }: Question): StateId[] {
  const sweep = sweepOf(flow);
  sweep.run([target]);
  const aside = sweep.aside();
  const isFree = (from: number) => sweep.isFree(from);
  return sweep.pathTo(reader, [(from) => isFree(from) && aside[from] === 1, isFree]);
}

/** A path through a body, from one of its beginnings to an end, that passes a target by. */
export function pathPast(flow: Flow, entry: StateId, target: Target): StateId[] {
  const sweep = sweepOf(flow);
  sweep.run([target]);
  return sweep.pathPast(entry);
}

/** A path from where the reader's body begins, by an error way out of the target if there is one. */
export function pathAfterError(flow: Flow, { reader, target }: Question): StateId[] {
  const sweep = sweepOf(flow);
  sweep.run([target]);
  return sweep.pathTo(reader, [(from, isError) => sweep.isAfterError(from, isError)]);
}

/** Any path from where the body of a state begins to it. */
export function pathTo(flow: Flow, state: StateId): StateId[] {
  return sweepOf(flow).pathTo(state, []);
}

const sweeps = new WeakMap<Flow, Sweep>();

/** One of a flow, used by one question after another: its arrays are as long as the journey. */
function sweepOf(flow: Flow): Sweep {
  const known = sweeps.get(flow);
  if (known) return known;
  const sweep = new Sweep(flow);
  sweeps.set(flow, sweep);
  return sweep;
}

/**
 * What holds at each state, a bit for each target. Of several states in a target one may run too late for
 * the reader: unless it is known that none does, only those count that the path passes.
 */
class Sweep {
  readonly #flow: Flow;
  /** States of the target. */
  readonly #own: Int32Array;
  /** If the state is begun, the target runs, be it before or after. */
  readonly #leads: Int32Array;
  /** As {@link #leads}, told from what comes before the state. */
  readonly #must: Int32Array;
  /** A path leads from the target to the state. */
  readonly #upstream: Int32Array;
  /** A path leads from an error way of the target to the state. */
  readonly #failed: Int32Array;

  constructor(flow: Flow) {
    this.#flow = flow;
    const size = flow.order.length;
    this.#own = new Int32Array(size);
    this.#leads = new Int32Array(size);
    this.#must = new Int32Array(size);
    this.#upstream = new Int32Array(size);
    this.#failed = new Int32Array(size);
  }

  run(targets: readonly Target[]): void {
    this.#own.fill(0);
    let ahead = 0;
    for (const [rank, { states, areBefore }] of targets.entries()) {
      if (areBefore === true || states.length === 1) ahead |= 1 << rank;
      for (const id of states) {
        const at = this.#flow.index.get(id);
        if (at !== undefined) this.#own[at] = (this.#own[at] ?? 0) | (1 << rank);
      }
    }
    this.#lookAhead(ahead);
    this.#lookBack();
  }

  /** However a state ends, one of the states that are begun then leads to the target. */
  #lookAhead(ahead: number): void {
    const { outcomes, targets } = this.#flow;
    const [own, leads] = [this.#own, this.#leads.fill(0)];
    for (let at = leads.length - 1; at >= 0; at -= 1) {
      let all = ahead;
      const end = outcomes.from[at + 1] ?? 0;
      for (let outcome = outcomes.from[at] ?? 0; outcome < end; outcome += 1) {
        let some = 0;
        const last = targets.from[outcome + 1] ?? 0;
        for (let to = targets.from[outcome] ?? 0; to < last; to += 1) {
          some |= leads[targets.items[to] ?? 0] ?? 0;
        }
        all &= some;
      }
      leads[at] = all | (own[at] ?? 0);
    }
  }

  #lookBack(): void {
    const { sources, errors, entries } = this.#flow;
    const [own, leads, must] = [this.#own, this.#leads, this.#must];
    const [upstream, failed] = [this.#upstream, this.#failed];
    for (let at = 0; at < must.length; at += 1) {
      let all = ~(entries[at] ?? 0);
      let some = 0;
      let after = 0;
      const end = sources.from[at + 1] ?? 0;
      for (let way = sources.from[at] ?? 0; way < end; way += 1) {
        const from = sources.items[way] ?? 0;
        const here = own[from] ?? 0;
        all &= (must[from] ?? 0) | (leads[from] ?? 0);
        some |= (upstream[from] ?? 0) | here;
        after |= (failed[from] ?? 0) | (here & (errors[way] ?? 0));
      }
      must[at] = all;
      upstream[at] = some;
      failed[at] = after;
    }
  }

  answer({ reader, afterBody }: Question, bit: number): Answer {
    if (afterBody)
      return afterBody.some((id) => this.#has(this.#leads, id, bit)) ? 'surely' : 'maybe';
    const at = this.#flow.index.get(reader);
    if (at === undefined || ((this.#upstream[at] ?? 0) & bit) === 0) return 'not-before';
    if (((this.#must[at] ?? 0) & bit) === 0) return 'maybe';
    return ((this.#failed[at] ?? 0) & bit) === 0 ? 'surely' : 'surely-or-failed';
  }

  #has(bits: Int32Array, id: StateId, bit: number): boolean {
    return ((bits[this.#flow.index.get(id) ?? -1] ?? 0) & bit) !== 0;
  }

  /** The target of a pass for one need not have run where a state is begun, nor runs after it. */
  isFree(from: number): boolean {
    return (((this.#must[from] ?? 0) | (this.#leads[from] ?? 0)) & 1) === 0;
  }

  isAfterError(from: number, isError: boolean): boolean {
    return (((this.#failed[from] ?? 0) | (isError ? (this.#own[from] ?? 0) : 0)) & 1) === 1;
  }

  /**
   * Marks where it is settled that the target is passed by, and what comes after: of paths without the
   * target those tell the most that lead through such a choice, not beside it.
   */
  aside(): Uint8Array {
    const { outcomes, targets } = this.#flow;
    const own = this.#own;
    const reaches = new Uint8Array(own.length);
    const aside = new Uint8Array(own.length);
    const isReached = (outcome: number) => {
      const end = targets.from[outcome + 1] ?? 0;
      let some = 0;
      for (let to = targets.from[outcome] ?? 0; to < end; to += 1) {
        some |= reaches[targets.items[to] ?? 0] ?? 0;
      }
      return some === 1;
    };
    for (let at = own.length - 1; at >= 0; at -= 1) {
      const end = outcomes.from[at + 1] ?? 0;
      let some = own[at] === 1;
      for (let outcome = outcomes.from[at] ?? 0; outcome < end && !some; outcome += 1) {
        some = isReached(outcome);
      }
      reaches[at] = some ? 1 : 0;
    }
    for (let at = 0; at < own.length; at += 1) {
      const end = outcomes.from[at + 1] ?? 0;
      const mayPass = own[at] !== 1 && reaches[at] === 1;
      for (let outcome = outcomes.from[at] ?? 0; outcome < end; outcome += 1) {
        if (aside[at] !== 1 && (!mayPass || isReached(outcome))) continue;
        aside[at] = 1;
        for (const to of listAt(targets, outcome)) aside[to] = 1;
      }
    }
    return aside;
  }

  /**
   * Goes back from a state, by the first way in that an earlier test likes best; every way in leads to a
   * beginning at last.
   */
  pathTo(
    state: StateId,
    tests: readonly ((from: number, isError: boolean) => boolean)[],
  ): StateId[] {
    const { order, index, entries, sources, errors } = this.#flow;
    const path: StateId[] = [];
    for (let at = index.get(state); at !== undefined;) {
      path.push(...order.slice(at, at + 1));
      const first = sources.from[at] ?? 0;
      const incoming = listAt(sources, at);
      let way = -1;
      for (const test of tests) {
        way = incoming.findIndex((from, n) => test(from, errors[first + n] === -1));
        if (way >= 0) break;
      }
      if (way >= 0) at = incoming[way];
      else at = entries[at] === -1 ? undefined : incoming[0];
    }
    return path.reverse();
  }

  /** From a state that does not lead to the target on to an end, by states that do not either. */
  pathPast(entry: StateId): StateId[] {
    const { order, index, outcomes, targets } = this.#flow;
    const path: StateId[] = [];
    for (let at = index.get(entry); at !== undefined && path.length < order.length;) {
      path.push(...order.slice(at, at + 1));
      const begun = [...listAt(outcomes, at)].map((outcome) => listAt(targets, outcome));
      at = begun.find((states) => states.every((to) => this.#leads[to] === 0))?.[0];
    }
    return path;
  }
}
