import type { Draft, DraftBlock } from './draft.js';

/** What stands before what in a draft, over enabled blocks. */
export class DraftOrder {
  readonly #after = new Map<DraftBlock, ReadonlySet<DraftBlock>>();
  readonly #next = new Map<DraftBlock, DraftBlock[]>();

  constructor(draft: Draft) {
    for (const { from, to } of draft.edges) {
      if (!from.enabled || !to.enabled || from.parent !== to.parent) continue;
      const known = this.#next.get(from);
      if (known) known.push(to);
      else this.#next.set(from, [to]);
    }
    for (const block of draft.blocks) this.#after.set(block, this.#descendants(block));
  }

  #descendants(block: DraftBlock): ReadonlySet<DraftBlock> {
    const seen = new Set<DraftBlock>([block]);
    // What is added to a set while it is walked is walked too.
    for (const at of seen) for (const to of this.#next.get(at) ?? []) seen.add(to);
    seen.delete(block);
    return seen;
  }

  /** Whether one block is always done before the other begins, within an iteration of what both stand in. */
  isBefore(a: DraftBlock, b: DraftBlock): boolean {
    for (const x of outwards(a)) {
      for (const y of outwards(b)) {
        if (x.parent === y.parent) return x !== y && this.#after.get(x)?.has(y) === true;
      }
    }
    return false;
  }

  /** Whether two blocks never run at once: one before the other, or one in iterations of one loop. */
  isOrdered(a: DraftBlock, b: DraftBlock): boolean {
    return a === b || this.isBefore(a, b) || this.isBefore(b, a);
  }
}

/** A block and the containers around it, inwards first. */
export function outwards(block: DraftBlock): DraftBlock[] {
  const chain = [block];
  for (let at = block.parent; at; at = at.parent) chain.push(at);
  return chain;
}
