import type { StateId } from '../../journey/types.js';
import { plainId } from '../plain-id.js';

/** Names in the machines: no dots, which XState reads as a path, and no `*`. Distinct for distinct ids. */

/** The key of a state, by which its events are called too. */
export function stateKey(id: StateId): string {
  return `st_${plainId(id.slice(3), '-')}`;
}

/** The machine of a child workflow. */
export function childMachine(key: string): string {
  return `child_${plainId(key, '-')}`;
}

/** The machine of each branch of a parallel. */
export function branchMachine(id: StateId): string {
  return `branch_${stateKey(id)}`;
}

/** The event by which a fork or router takes a branch. */
export function branchEvent(id: StateId, branchId: string): string {
  return `branch.${stateKey(id)}.${plainId(branchId, '-')}`;
}
