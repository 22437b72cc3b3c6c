import type { Way } from './ways.js';

/** A way that leads back to where its path comes from. */
export interface Closing {
  readonly way: Way;
  /** Blocks along the cycle, the first few of {@link length}. */
  readonly cycle: readonly string[];
  readonly length: number;
}

/** What can be reached, without cycles. */
export interface Reached {
  readonly blocks: ReadonlySet<string>;
  readonly ways: readonly Way[];
  readonly closing: readonly Closing[];
}

const NAMED_IN_CYCLE = 6;

/** Depth first from a block, each way once, without recursion; ways that close a cycle are taken out. */
export function reachFrom(initial: string, ways: readonly Way[]): Reached {
  const outgoing = groupBySource(ways);
  const seen = new Set<string>([initial]);
  const depths = new Map<string, number>([[initial, 0]]);
  const path = [initial];
  const positions = [0];
  const closing = new Map<Way, Closing>();
  while (path.length > 0) {
    const depth = path.length - 1;
    const block = path[depth] ?? initial;
    const position = positions[depth] ?? 0;
    const way = outgoing.get(block)?.[position];
    positions[depth] = position + 1;
    if (!way) {
      path.pop();
      positions.pop();
      depths.delete(block);
      continue;
    }
    const back = depths.get(way.to);
    if (back !== undefined) {
      const cycle = path.slice(back, back + NAMED_IN_CYCLE);
      closing.set(way, { way, cycle, length: path.length - back });
    } else if (!seen.has(way.to)) {
      seen.add(way.to);
      depths.set(way.to, path.length);
      path.push(way.to);
      positions.push(0);
    }
  }
  const kept = ways.filter((way) => seen.has(way.from) && !closing.has(way));
  return { blocks: seen, ways: kept, closing: [...closing.values()] };
}

/** How many ways the longest path to each block has; every way leads to a greater level. */
export function levelsOf(initial: string, ways: readonly Way[]): Map<string, number> {
  const outgoing = groupBySource(ways);
  const open = new Map<string, number>();
  for (const { to } of ways) open.set(to, (open.get(to) ?? 0) + 1);
  const levels = new Map<string, number>([[initial, 0]]);
  const ready = [initial];
  for (let block = ready.pop(); block !== undefined; block = ready.pop()) {
    const next = (levels.get(block) ?? 0) + 1;
    for (const { to } of outgoing.get(block) ?? []) {
      levels.set(to, Math.max(levels.get(to) ?? 0, next));
      const left = (open.get(to) ?? 1) - 1;
      open.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return levels;
}

/** The ways that leave each block. */
export function groupBySource(ways: readonly Way[]): Map<string, Way[]> {
  const outgoing = new Map<string, Way[]>();
  for (const way of ways) {
    const known = outgoing.get(way.from);
    if (known) known.push(way);
    else outgoing.set(way.from, [way]);
  }
  return outgoing;
}
