import type { IssueCode } from '../issue-catalogue.js';
import type { Workflow } from '../workflow/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';

/**
 * Gives the blocks inside a container that is left out its reason, and reports the containers that take
 * part, once each.
 */
export function settleContainers(
  workflow: Workflow,
  leftOut: Map<string, IssueCode>,
  log: IssueLog,
): void {
  const outermost = outermostOf(workflow);
  const counts = new Map<string, number>();
  for (const { id } of workflow.blocks) {
    const outer = outermost.get(id);
    if (outer === undefined) continue;
    const reason = leftOut.get(outer);
    if (reason === undefined) counts.set(outer, (counts.get(outer) ?? 0) + 1);
    else if (leftOut.get(id) === 'container_not_run_yet') leftOut.set(id, reason);
  }
  for (const { id, name, type } of workflow.blocks) {
    const isContainer = type === 'loop' || type === 'parallel';
    if (!isContainer || leftOut.has(id)) continue;
    const count = counts.get(id) ?? 0;
    const message = () => `The blocks inside ${quote(name)}, ${count} in all, do not run yet.`;
    log.report('container_not_run_yet', { blockId: id, message });
  }
}

/** The outermost container of each block that stands in one; linear, each chain walked once. */
function outermostOf(workflow: Workflow): Map<string, string> {
  const parents = new Map(workflow.blocks.map(({ id, parentId }) => [id, parentId]));
  const outermost = new Map<string, string>();
  for (const { id, parentId } of workflow.blocks) {
    const chain = new Set<string>();
    let at = id;
    for (let up = parentId; up !== null && !chain.has(at); up = parents.get(at) ?? null) {
      chain.add(at);
      at = outermost.get(up) ?? up;
    }
    for (const member of chain) outermost.set(member, at);
  }
  return outermost;
}
