import type { IssueCode } from '../issue-catalogue.js';
import type { Branch } from '../journey/types.js';
import type { Block, Workflow } from '../workflow/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';
import { readBranches } from './branches.js';
import { leaveOutInside } from './containers.js';
import { chooseStart, type StartRole } from './starts.js';

/** Which blocks take part, and where the journey begins. */
export interface Survey {
  readonly byId: ReadonlyMap<string, Block>;
  /** Blocks that take no part, each with its reason; the mapping adds those that it does not reach. */
  readonly leftOut: Map<string, IssueCode>;
  /** The start block; null where there is none. */
  readonly start: Block | null;
  /** Where it begins then: the blocks that nothing leads to. */
  readonly entries: readonly Block[];
  readonly branches: ReadonlyMap<string, readonly Branch[]>;
}

/** Sorts the blocks of a workflow into those that take part and those that do not. */
export function surveyBlocks(workflow: Workflow, role: StartRole, log: IssueLog): Survey {
  const byId = new Map(workflow.blocks.map((block) => [block.id, block]));
  const leftOut = new Map<string, IssueCode>();
  for (const block of workflow.blocks) {
    const reason = reasonOf(block);
    if (reason === null) continue;
    leftOut.set(block.id, reason);
    const message = () => `${quote(block.name)} is ${block.enabled ? 'a note' : 'disabled'}.`;
    log.report(reason, { blockId: block.id, message });
  }
  leaveOutInside(workflow, leftOut);
  const partaking = workflow.blocks.filter(({ id }) => !leftOut.has(id));
  const outside = partaking.filter(({ parentId }) => parentId === null);
  const { start, others } = chooseStart(outside, role, log);
  for (const { id } of others) leftOut.set(id, 'several_starts');
  return {
    byId,
    leftOut,
    start,
    entries: start ? [] : withoutWayIn(outside, workflow, byId),
    branches: branchesOf(partaking, workflow, log),
  };
}

function reasonOf(block: Block): IssueCode | null {
  if (block.type === 'note') return 'block_note';
  return block.enabled ? null : 'block_disabled';
}

/** An edge from a disabled block counts: its path is cut, not begun anew behind it. */
function withoutWayIn(
  partaking: readonly Block[],
  workflow: Workflow,
  byId: ReadonlyMap<string, Block>,
): Block[] {
  const entered = new Set<string>();
  for (const { source, target } of workflow.edges) {
    if (byId.get(source)?.parentId !== target) entered.add(target);
  }
  return partaking.filter(({ id }) => !entered.has(id));
}

function branchesOf(
  partaking: readonly Block[],
  workflow: Workflow,
  log: IssueLog,
): Map<string, readonly Branch[]> {
  const conditions = partaking.filter(({ type }) => type === 'condition');
  const handles = new Map<string, string[]>(conditions.map(({ id }) => [id, []]));
  for (const { source, sourceHandle } of workflow.edges) handles.get(source)?.push(sourceHandle);
  return new Map(
    conditions.map((block) => [block.id, readBranches(block, handles.get(block.id) ?? [], log)]),
  );
}
