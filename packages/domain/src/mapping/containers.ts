import type { IssueCode } from '../issue-catalogue.js';
import type { Block, Workflow } from '../workflow/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';
import { MAX_NESTING } from '../workflow/parents.js';
import type { Way } from './ways.js';

/**
 * Leaves out what stands in a container that is left out, for the same reason, and what stands too deep.
 * Linear: each chain of parents is walked once.
 */
export function leaveOutInside(workflow: Workflow, leftOut: Map<string, IssueCode>): void {
  const byId = new Map(workflow.blocks.map((block) => [block.id, block]));
  const depths = new Map<string, number>();
  for (const block of workflow.blocks) {
    const chain: Block[] = [];
    let at: Block | undefined = block;
    while (at && !depths.has(at.id) && chain.length <= workflow.blocks.length) {
      chain.push(at);
      at = at.parentId === null ? undefined : byId.get(at.parentId);
    }
    for (const { id, parentId } of chain.reverse()) {
      const depth = parentId === null ? 0 : (depths.get(parentId) ?? 0) + 1;
      depths.set(id, depth);
      const reason = parentId === null ? undefined : leftOut.get(parentId);
      if (reason !== undefined) leftOut.set(id, reason);
      else if (depth > MAX_NESTING) leftOut.set(id, 'container_too_deep');
    }
  }
}

/** True for blocks that have a body of other blocks. */
export function isContainer({ type }: Block): boolean {
  return type === 'loop' || type === 'parallel';
}

/**
 * Ways into the bodies that no edge leads into: their blocks that nothing leads to come first then.
 * Containers with nothing in them are reported.
 */
export function missingEntries(
  blocks: readonly Block[],
  ways: readonly Way[],
  log: IssueLog,
): Way[] {
  const entered = new Set<string>();
  const reached = new Set<string>();
  for (const { kind, from, to } of ways) {
    if (kind === 'enter') entered.add(from);
    reached.add(to);
  }
  const bodies = new Map<string, Block[]>(blocks.filter(isContainer).map(({ id }) => [id, []]));
  for (const block of blocks) if (block.parentId) bodies.get(block.parentId)?.push(block);
  return blocks.filter(isContainer).flatMap((container): Way[] => {
    const body = bodies.get(container.id) ?? [];
    if (entered.has(container.id)) return [];
    const first = body.filter(({ id }) => !reached.has(id));
    reportEntry(container, first, log);
    return first.map(({ id }) => ({
      from: container.id,
      to: id,
      kind: 'enter',
      branchId: null,
      edgeIds: [],
    }));
  });
}

function reportEntry({ id, name }: Block, first: readonly Block[], log: IssueLog): void {
  const [block] = first;
  if (!block) {
    log.report('container_empty', {
      blockId: id,
      message: () => `${quote(name)} has no blocks inside that can run.`,
    });
    return;
  }
  log.report('container_start_missing', {
    blockId: id,
    message: () => `No edge leads into ${quote(name)}; it begins at ${quote(block.name)}.`,
  });
}
