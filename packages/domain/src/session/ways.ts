import type { StateId, Transition, TransitionId } from '../journey/types.js';
import { arrive, type Step } from './step.js';
import type { ScopeId } from './types.js';

/** True for the ways that a state which is done goes on by. */
export function isTaken(way: Transition, failed: boolean, branchId: string | null): boolean {
  if (way.kind === 'error') return failed;
  if (failed) return false;
  return way.kind === 'next' || way.branchId === branchId;
}

/** What the end of one state decides. */
export interface Spread {
  readonly dead: TransitionId[];
  readonly skipped: StateId[];
  readonly ready: StateId[];
}

/**
 * Spreads what is decided: a state is ready when all its ways in are decided and one is taken; it is
 * skipped when none is, and then its own ways out are dead too.
 */
export function decideWays(
  step: Step,
  scopeId: ScopeId,
  ways: readonly Transition[],
  taken: ReadonlySet<TransitionId>,
): Spread {
  const spread: Spread = { dead: [], skipped: [], ready: [] };
  const open = [...ways];
  for (let way = open.pop(); way !== undefined; way = open.pop()) {
    const live = taken.has(way.id);
    if (!live) spread.dead.push(way.id);
    const arrivals = arrive(step, scopeId, way.to, live);
    if (arrivals.undecided > 0) continue;
    if (arrivals.live) {
      spread.ready.push(way.to);
    } else {
      spread.skipped.push(way.to);
      for (const on of step.graph.outgoing.get(way.to) ?? []) open.push(on);
    }
  }
  const { position } = step.graph;
  spread.ready.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  return spread;
}
