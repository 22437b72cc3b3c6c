import { isList, own, type Json, type JsonRecord } from './json.js';
import { failureOfField, follow, type Find, type Found, type Ref } from './raw-references.js';
import { refNameOf, type RawBlock, type RawWorkflow } from './raw-workflow.js';
import { liftTo, pathOf, type Scope } from './run-record.js';

/** What a reading leaves behind, so that what depends on the order can be told afterwards. */
export interface Reading {
  readonly kind: 'block' | 'variable';
  readonly reader: string;
  /** Where the two blocks stand side by side. */
  readonly scope: Scope;
  readonly readerId: string;
  /** The block that is read or stands around it; of a variable its name. */
  readonly target: string;
  /** Whether it is read from outside of the container that it stands in. */
  readonly isInside: boolean;
}

const UNKNOWN: Found = { kind: 'unknown' };
const EMPTY: Found = { kind: 'empty' };

/** Finds as a block in a scope does: loop → parallel → variable → environment → block. */
export function finder(
  scope: Scope,
  reader: RawBlock,
  env: JsonRecord,
  onRead: (reading: Reading) => void,
): Find {
  return (ref) => {
    const { head, path, kind } = ref;
    if (kind === 'env') {
      const value = own(env, head);
      return value === undefined ? UNKNOWN : { kind: 'value', value };
    }
    if (head === 'loop' || head === 'parallel') {
      const found = findLocal(scope, head, path);
      if (found) return found;
    }
    if (head === 'variable') return findVariable(ref, scope, reader, onRead);
    return findOutput(ref, scope, reader, onRead);
  };
}

function* outwards(scope: Scope): Generator<Scope> {
  for (let at: Scope | null = scope; at; at = at.parent) yield at;
}

function findLocal(scope: Scope, kind: string, path: readonly string[]): Found | null {
  const [field, ...rest] = path;
  for (const { locals } of outwards(scope)) {
    if (locals?.kind !== kind) continue;
    if (field === 'index') return follow(locals.index, rest);
    if (field !== 'currentItem' && field !== 'items') return null;
    const value = field === 'items' ? locals.items : locals.item;
    return value === undefined ? EMPTY : follow(value, rest);
  }
  return null;
}

function findVariable(
  { path }: Ref,
  scope: Scope,
  reader: RawBlock,
  onRead: (reading: Reading) => void,
): Found {
  const [field = '', ...rest] = path;
  for (const [name, value] of scope.frame.variables) {
    if (refNameOf(name) !== refNameOf(field)) continue;
    onRead({
      kind: 'variable',
      reader: pathOf(scope.path, reader.id),
      scope,
      readerId: reader.id,
      target: name,
      isInside: false,
    });
    return follow(value, rest);
  }
  return UNKNOWN;
}

function findOutput(
  ref: Ref,
  scope: Scope,
  reader: RawBlock,
  onRead: (reading: Reading) => void,
): Found {
  const { workflow } = scope.frame;
  const target = workflow.byRefName.get(ref.head) ?? (ref.head === 'start' ? workflow.start : null);
  if (!target || target.type === 'note') return UNKNOWN;
  for (const around of outwards(scope)) {
    const lifted = liftTo(target, around.body, workflow);
    if (!lifted) continue;
    const isInside = lifted !== target;
    const readerId = liftTo(reader, around.body, workflow)?.id ?? '';
    const path = pathOf(scope.path, reader.id);
    // What is disabled or out of reach has no value at any time, whatever field of it is read.
    if (!canRun(target, workflow)) return EMPTY;
    onRead({ kind: 'block', reader: path, scope: around, readerId, target: lifted.id, isInside });
    return read(ref, target, outputIn(around, target) ?? earlier(around, target));
  }
  return EMPTY;
}

function canRun(block: RawBlock, workflow: RawWorkflow): boolean {
  let at: RawBlock | undefined = block;
  // No chain of parents is longer than the blocks are many.
  for (let left = workflow.blocks.size; at && left > 0; left -= 1) {
    if (!workflow.body(at.parentId).blocks.includes(at)) return false;
    at = at.parentId === null ? undefined : workflow.blocks.get(at.parentId);
  }
  return true;
}

function outputIn(scope: Scope, target: RawBlock): Json | undefined {
  const lifted = liftTo(target, scope.body, scope.frame.workflow);
  if (!lifted) return undefined;
  return lifted === target ? scope.outputs.get(target.id) : latest(scope, lifted, target);
}

/**
 * What an earlier iteration left: the block did run, and Sim keeps its output until it is overwritten. The
 * branches of a parallel see nothing of one another, as that would hang on which is faster.
 */
function earlier(around: Scope, target: RawBlock): Json | undefined {
  for (const { locals, parent, body } of outwards(around)) {
    if (locals?.kind !== 'loop') return undefined;
    const iterations = parent?.inner.get(body.containerId ?? '') ?? [];
    const before = iterations.filter((each) => (each.locals?.index ?? 0) < locals.index);
    for (const each of before.reverse()) {
      const output = outputIn(each, target);
      if (output !== undefined) return output;
    }
  }
  return undefined;
}

/** The output of the last iteration, or the highest branch, that ran a block. */
function latest(around: Scope, lifted: RawBlock, target: RawBlock): Json | undefined {
  const open = [...(around.inner.get(lifted.id) ?? [])];
  for (let scope = open.pop(); scope; scope = open.pop()) {
    if (scope.frame !== around.frame) return undefined;
    const output = scope.outputs.get(target.id);
    if (output !== undefined) return output;
    const next = liftTo(target, scope.body, scope.frame.workflow);
    if (next) open.push(...(scope.inner.get(next.id) ?? []));
  }
  return undefined;
}

function read(ref: Ref, target: RawBlock, output: Json | undefined): Found {
  const found = output === undefined ? EMPTY : follow(output, ref.path);
  const [field] = ref.path;
  if (found.kind === 'value' || field === undefined || field === 'error') return found;
  if (!isList(target.fields) || target.fields.includes(field)) return EMPTY;
  return { kind: 'failure', failure: failureOfField(ref, target.name) };
}
