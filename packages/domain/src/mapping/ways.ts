import type { Branch, Transition } from '../journey/types.js';
import type { Block, Edge } from '../workflow/types.js';
import type { IssueCode } from '../issue-catalogue.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';
import { BranchFinder } from './branches.js';
import { isStart } from './starts.js';

/** A transition between blocks, before it is known whether it stays. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly kind: Transition['kind'];
  readonly branchId: string | null;
  readonly edgeIds: string[];
}

/** What the ways are read from. */
export interface WayContext {
  readonly byId: ReadonlyMap<string, Block>;
  readonly branches: ReadonlyMap<string, readonly Branch[]>;
  /** Blocks that take no part, each with its reason. */
  readonly leftOut: ReadonlyMap<string, IssueCode>;
  readonly log: IssueLog;
}

/** The ways that edges stand for, parallel edges merged; and the edges that stand for none. */
export function readWays(
  edges: readonly Edge[],
  context: WayContext,
): { ways: Way[]; leftOut: Map<string, IssueCode> } {
  const finders = new Map<string, BranchFinder>();
  for (const [id, branches] of context.branches) finders.set(id, new BranchFinder(branches));
  const merged = new Map<string, Way>();
  const leftOut = new Map<string, IssueCode>();
  for (const edge of edges) {
    const source = context.byId.get(edge.source);
    const target = context.byId.get(edge.target);
    if (!source || !target) continue;
    const reason = refuse(edge, source, target, context);
    const exit =
      reason === null ? exitOf(edge, source, target, finders.get(source.id), context) : null;
    if (exit === null) {
      leftOut.set(edge.id, reason ?? 'branch_unknown');
      continue;
    }
    const key = JSON.stringify([source.id, exit.kind, exit.branchId, target.id]);
    const way = merged.get(key);
    if (way) way.edgeIds.push(edge.id);
    else merged.set(key, { from: source.id, to: target.id, ...exit, edgeIds: [edge.id] });
  }
  return { ways: [...merged.values()], leftOut };
}

/** Why an edge cannot be gone; reported, but for edges of blocks that are left out themselves. */
function refuse(
  edge: Edge,
  source: Block,
  target: Block,
  { leftOut, log }: WayContext,
): IssueCode | null {
  const refused = (code: IssueCode, what: string): IssueCode => {
    const message = () => `The edge from ${quote(source.name)} to ${quote(target.name)} ${what}.`;
    log.report(code, { edgeId: edge.id, blockId: source.id, message });
    return code;
  };
  if (target.id === source.parentId) {
    return refused(
      'edge_back_to_container',
      'leads back out of the body; an iteration ends by itself',
    );
  }
  if (crosses(edge, source, target)) {
    return refused('edge_crosses_container', 'goes past the handles of a container');
  }
  const reason = leftOut.get(source.id) ?? leftOut.get(target.id);
  if (reason !== undefined) return reason;
  if (isStart(target)) return refused('edge_into_start', 'leads into a start');
  if (source.type === 'response') return refused('edge_after_response', 'follows a response');
  return null;
}

const INWARD = /^(?:loop|parallel)-start-source$/;

function crosses(edge: Edge, source: Block, target: Block): boolean {
  if (entersBody(source, target)) return edge.sourceHandle === 'error';
  return INWARD.test(edge.sourceHandle) || source.parentId !== target.parentId;
}

function entersBody(source: Block, target: Block): boolean {
  return target.parentId === source.id;
}

type Exit = Pick<Way, 'kind' | 'branchId'>;

const NEXT: Exit = { kind: 'next', branchId: null };

function exitOf(
  edge: Edge,
  source: Block,
  target: Block,
  finder: BranchFinder | undefined,
  { log }: WayContext,
): Exit | null {
  const handle = edge.sourceHandle;
  if (entersBody(source, target)) return { kind: 'enter', branchId: null };
  if (handle === 'error') return { kind: 'error', branchId: null };
  if (finder && handle.startsWith('condition-')) {
    const branchId = finder.find(handle);
    if (branchId !== null) return { kind: 'branch', branchId };
    const message = () => `${quote(source.name)} has no branch for ${quote(handle)}.`;
    log.report('branch_unknown', { edgeId: edge.id, blockId: source.id, message });
    return null;
  }
  if (source.type.startsWith('router')) {
    if (handle.startsWith('router-')) return { kind: 'branch', branchId: handle.slice(7) };
    // The older router picks one of its targets by their ids.
    if (source.type === 'router') return { kind: 'branch', branchId: target.id };
  }
  const isExit = /^(?:loop|parallel)-end-source$/.test(handle) && handle.startsWith(source.type);
  if (handle !== 'source' && !isExit) {
    const message = () => `${quote(source.name)} has no handle ${quote(handle)}.`;
    log.report('handle_unknown', { edgeId: edge.id, blockId: source.id, message });
  }
  return NEXT;
}
