import type { Block } from './types.js';
import { quote, type IssueLog } from './issue-log.js';

/** Containers may stand this deep inside one another. */
export const MAX_NESTING = 10;

/** Keeps the parents that are containers and lead outwards; linear, whatever the parents say. */
export function settleParents(blocks: readonly Block[], log: IssueLog): Block[] {
  const byId = new Map(blocks.map((block) => [block.id, block]));
  const parents = new Map<string, string | null>();
  for (const block of blocks) parents.set(block.id, checkedParent(block, byId, log));
  measure(blocks, parents, byId, log);
  return blocks.map((block) => ({ ...block, parentId: parents.get(block.id) ?? null }));
}

function checkedParent(
  block: Block,
  byId: ReadonlyMap<string, Block>,
  log: IssueLog,
): string | null {
  if (block.parentId === null) return null;
  const parent = byId.get(block.parentId);
  if (parent?.type === 'loop' || parent?.type === 'parallel') return parent.id;
  const given = block.parentId;
  if (parent) {
    const message = () =>
      `${quote(block.name)} stands in ${quote(parent.name)}, not a loop or parallel.`;
    log.report('parent_not_container', { blockId: block.id, message });
  } else {
    const message = () => `${quote(block.name)} stands in ${quote(given)}, which is no block.`;
    log.report('parent_unknown', { blockId: block.id, message });
  }
  return null;
}

/** Finds each block's depth, walking outwards once per block; breaks cycles on the way. */
function measure(
  blocks: readonly Block[],
  parents: Map<string, string | null>,
  byId: ReadonlyMap<string, Block>,
  log: IssueLog,
): void {
  const depths = new Map<string, number>();
  for (const { id } of blocks) {
    const chain: string[] = [];
    const onChain = new Set<string>();
    let at: string | null = id;
    while (at !== null && !depths.has(at)) {
      chain.push(at);
      onChain.add(at);
      const parent: string | null = parents.get(at) ?? null;
      if (parent !== null && onChain.has(parent)) {
        breakCycle(at, parent, parents, byId, log);
        break;
      }
      at = parent;
    }
    for (const member of chain.reverse()) {
      const parent = parents.get(member) ?? null;
      const depth = parent === null ? 0 : (depths.get(parent) ?? 0) + 1;
      depths.set(member, depth);
      if (depth === MAX_NESTING + 1) reportDepth(member, byId, log);
    }
  }
}

function breakCycle(
  inner: string,
  outer: string,
  parents: Map<string, string | null>,
  byId: ReadonlyMap<string, Block>,
  log: IssueLog,
): void {
  parents.set(inner, null);
  const names = [inner, outer].map((id) => quote(byId.get(id)?.name ?? id));
  const message = () =>
    `${names[0]} stands in ${names[1]}, which stands in ${names[0]}; ${names[0]} is taken as outside.`;
  log.report('parent_cycle', { blockId: inner, message });
}

function reportDepth(id: string, byId: ReadonlyMap<string, Block>, log: IssueLog): void {
  const message = () =>
    `${quote(byId.get(id)?.name ?? id)} stands inside more than ${MAX_NESTING} containers.`;
  log.report('container_too_deep', { blockId: id, message });
}
