import type { StateId } from '../journey/types.js';

/** The state that a block becomes. */
export function stateIdOf(blockId: string): StateId {
  return `st_${blockId}`;
}
