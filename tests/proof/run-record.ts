import type { Failure } from './fake-blocks.js';
import type { Json } from './json.js';
import type { Body, RawBlock, RawWorkflow } from './raw-workflow.js';

/** One run of a workflow: the caller's, or one that a block called. */
export interface Frame {
  readonly workflow: RawWorkflow;
  readonly variables: Map<string, Json>;
}

/** One run of a body: of the root, an iteration or a branch. */
export interface Scope {
  readonly frame: Frame;
  /** Null for the root of a frame. */
  readonly parent: Scope | null;
  readonly body: Body;
  /** Path of the scope, '' for the run itself. */
  readonly path: string;
  readonly locals: {
    readonly kind: 'loop' | 'parallel';
    readonly index: number;
    readonly item?: Json;
    readonly items?: Json;
  } | null;
  /** By block id, in the order in which they ran. */
  readonly outputs: Map<string, Json>;
  readonly states: Map<string, 'done' | 'failed' | 'skipped' | 'stuck'>;
  /** By block id: the iterations, branches or the called workflow. */
  readonly inner: Map<string, Scope[]>;
}

/** A block that ran, in its scopes from the root inwards. */
export interface Instance {
  readonly path: string;
  readonly block: RawBlock;
  readonly places: readonly Place[];
}

interface Place {
  readonly scope: Scope;
  readonly blockId: string;
}

/** Something that ends the run, or what stands around it. */
export interface End {
  readonly path: string;
  readonly kind: 'response' | 'failure';
  readonly output: Json;
  readonly failure: Failure | null;
  /** Path of the container or call that took it; '' where it ended the run. */
  handledAt: string | null;
}

/** Where the design leaves the order open and the outcome depends on it. */
export interface Ambiguity {
  readonly kind:
    /** A block is read that may have run or not. */
    | 'unordered-read'
    /** A variable is set beside another access to it. */
    | 'unordered-variable'
    /** A variable is set beside what ends the scope around it, and read afterwards. */
    | 'variable-beside-an-end'
    /** Several blocks fail at once and one error is told. */
    | 'several-failures'
    /** A failure and a response, at once. */
    | 'failure-or-response'
    /** Several last blocks; the result is one of their outputs. */
    | 'several-results'
    /** Read from a container of which some blocks may have run. */
    | 'read-of-failed-container';
  readonly path: string;
}

const UNSAFE = /[%/[\]]/g;

/** Path of a block in a scope, such as `loop1[0]/par[2]/fn`; what paths are made of is escaped in ids. */
export function pathOf(scopePath: string, blockId: string): string {
  const id = blockId.replace(UNSAFE, encodeURIComponent);
  return scopePath === '' ? id : `${scopePath}/${id}`;
}

/** Path of the scope of an iteration or branch. */
export function iterationPath(containerPath: string, index: number): string {
  return `${containerPath}[${index}]`;
}

/** Whether `a` is done before `b` can be done, whatever runs faster. */
export function isBefore(a: Instance, b: Instance): boolean {
  for (let depth = 0; ; depth += 1) {
    const [x, y] = [a.places[depth], b.places[depth]];
    // What is inside is done before what is around it.
    if (!y) return x !== undefined;
    if (!x) return false;
    if (x.scope !== y.scope) {
      const [i, j] = [x.scope.locals, y.scope.locals];
      return i?.kind === 'loop' && j?.kind === 'loop' && i.index < j.index;
    }
    if (x.blockId !== y.blockId) return x.scope.body.descendants(x.blockId).has(y.blockId);
  }
}

/** The block of a body that another block of the workflow is, or stands in; null where it is outside. */
export function liftTo(block: RawBlock, body: Body, workflow: RawWorkflow): RawBlock | null {
  let at: RawBlock | undefined = block;
  // No chain of parents is longer than the blocks are many.
  for (let left = workflow.blocks.size; at && left > 0; left -= 1) {
    if (at.parentId === body.containerId) return at;
    at = at.parentId === null ? undefined : workflow.blocks.get(at.parentId);
  }
  return null;
}

/** Pairs of paths: the first is done before the second is done; with what follows from them, all there is. */
export function constraintsOf(root: Scope): [string, string][] {
  const pairs: [string, string][] = [];
  const open = [root];
  for (let scope = open.pop(); scope; scope = open.pop()) {
    const { body, path, states, inner } = scope;
    const ran = body.blocks.filter(({ id }) => didRun(states.get(id)));
    for (const { id } of ran) {
      const at = pathOf(path, id);
      for (const { target } of body.outgoing.get(id) ?? []) {
        if (!didRun(states.get(target))) continue;
        pairs.push([at, pathOf(path, target)]);
        for (const first of firstsOf(inner.get(target) ?? [])) pairs.push([at, first]);
      }
      const scopes = inner.get(id) ?? [];
      open.push(...scopes);
      for (const [index, each] of scopes.entries()) {
        const members = each.body.blocks.filter((block) => didRun(each.states.get(block.id)));
        const later = each.locals?.kind === 'loop' ? scopes.slice(index + 1, index + 2) : [];
        for (const member of members) {
          const memberPath = pathOf(each.path, member.id);
          if (states.get(id) === 'done') pairs.push([memberPath, at]);
          for (const first of firstsOf(later)) pairs.push([memberPath, first]);
        }
      }
    }
  }
  return pairs;
}

export function didRun(state: string | undefined): boolean {
  return state === 'done' || state === 'failed';
}

/** Paths of the blocks that begin in scopes, those inside of containers among them. */
function firstsOf(scopes: readonly Scope[]): string[] {
  const firsts: string[] = [];
  const open = [...scopes];
  for (let scope = open.pop(); scope; scope = open.pop()) {
    for (const id of scope.body.entries) {
      if (!didRun(scope.states.get(id))) continue;
      firsts.push(pathOf(scope.path, id));
      open.push(...(scope.inner.get(id) ?? []));
    }
  }
  return firsts;
}
