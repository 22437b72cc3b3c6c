import { isJsonObject, own, type JsonValue } from '../json.js';
import type { Branch } from '../journey/types.js';
import type { Block } from '../workflow/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';
import { FreshIds } from '../workflow/names.js';
import { readList } from '../workflow/reader.js';

const PREFIX = 'condition-';

/**
 * The branches of a condition, in order: from `conditions`, from the older single `condition`, or, where
 * an export has lost both, from the handles that edges leave by.
 */
export function readBranches(block: Block, handles: readonly string[], log: IssueLog): Branch[] {
  const { params } = block;
  const listed = fromList(readList(own(params, 'conditions')) ?? [], block, log);
  if (listed.length > 0) return listed;
  const single = own(params, 'condition');
  if (typeof single === 'string' && single.trim() !== '') {
    return [
      { id: 'true', title: 'if', expression: single },
      { id: 'false', title: 'else', expression: null },
    ];
  }
  const message = () => `${quote(block.name)} has no conditions.`;
  log.report('param_missing', { blockId: block.id, message });
  return fromHandles(handles);
}

function fromList(items: readonly JsonValue[], block: Block, log: IssueLog): Branch[] {
  const ids = new FreshIds();
  const branches: Branch[] = [];
  for (const [index, item] of items.entries()) {
    const isLast = index > 0 && index === items.length - 1;
    const value = isJsonObject(item) ? (own(item, 'value') ?? null) : item;
    const text = typeof value === 'string' ? value.trim() : JSON.stringify(value ?? '');
    const given = isJsonObject(item) ? textOf(own(item, 'title')) : '';
    const isElse = /^else$/i.test(given) || (isLast && isBlankExpression(text));
    const role = isElse ? 'else' : index === 0 ? 'if' : 'else if';
    const wanted = isJsonObject(item) ? textOf(own(item, 'id')) : '';
    const fallback = role === 'else if' ? `else-if-${index - 1}` : role;
    branches.push({
      id: ids.take(wanted === '' ? fallback : wanted),
      title: given === '' ? role : given,
      expression: isElse ? null : isBlankExpression(text) ? '' : text,
    });
  }
  if (branches.length > 0) reportOddities(branches, block, log);
  return branches;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

function isBlankExpression(text: string): boolean {
  return text === '' || text === '""';
}

function reportOddities(branches: readonly Branch[], block: Block, log: IssueLog): void {
  const blockId = block.id;
  for (const { title } of branches.filter(({ expression }) => expression === '')) {
    const message = () => `Branch ${quote(title)} of ${quote(block.name)} has no expression.`;
    log.report('branch_empty', { blockId, message });
  }
  const elseAt = branches.findIndex(({ expression }) => expression === null);
  if (elseAt >= 0 && elseAt < branches.length - 1) {
    const message = () => `${quote(block.name)} has branches after its else; they are never taken.`;
    log.report('branch_after_else', { blockId, message });
  }
  if (elseAt < 0) {
    const message = () => `${quote(block.name)} has no else.`;
    log.report('branch_without_else', { blockId, message });
  }
}

/** Expressions unknown, so empty; else comes last. */
function fromHandles(handles: readonly string[]): Branch[] {
  const ids = new Set(handles.filter((handle) => handle.startsWith(PREFIX)).map(suffixOf));
  const branches = [...ids].map((id) => {
    const role = roleOf(id);
    const isElse = role?.kind === 'else';
    return { id, title: isElse ? 'else' : 'if', expression: isElse ? null : '' };
  });
  return branches.sort((a, b) => Number(a.expression === null) - Number(b.expression === null));
}

function suffixOf(handle: string): string {
  return handle.slice(PREFIX.length);
}

interface Role {
  readonly kind: 'if' | 'else' | 'else-if';
  /** Among the branches between if and else. */
  readonly index: number;
}

/** What the end of a handle says, whichever block id or stamp stands before it. */
function roleOf(suffix: string): Role | null {
  const elseIf = /(?:^|-)else-?if(?:-(\d+))?$/.exec(suffix);
  if (elseIf) return { kind: 'else-if', index: Number(elseIf[1] ?? 0) };
  if (/(?:^|-)else$|^false$/.test(suffix)) return { kind: 'else', index: 0 };
  return /(?:^|-)if$|^true$/.test(suffix) ? { kind: 'if', index: 0 } : null;
}

/** Finds the branch that a handle means: by its id, else by its role. */
export class BranchFinder {
  readonly #branches: readonly Branch[];
  readonly #ids: ReadonlySet<string>;

  constructor(branches: readonly Branch[]) {
    this.#branches = branches;
    this.#ids = new Set(branches.map(({ id }) => id));
  }

  /** The branch's id; null where there is none. */
  find(handle: string): string | null {
    const suffix = suffixOf(handle);
    if (this.#ids.has(suffix)) return suffix;
    const role = roleOf(suffix);
    const branches = this.#branches;
    if (role?.kind === 'if') return branches[0]?.id ?? null;
    if (role?.kind === 'else') return branches.findLast((b) => b.expression === null)?.id ?? null;
    const between = branches.slice(1).filter(({ expression }) => expression !== null);
    if (role === null) return null;
    return (between.length === 1 ? between[0] : between[role.index])?.id ?? null;
  }
}
