import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import { field, parseJsonText } from './reader.js';

/** A branch of a condition whose parameters are written by role rather than as the editor keeps them. */
export interface BranchInput {
  readonly id: string;
  readonly title: string;
  readonly value: JsonValue;
  readonly role: 'if' | 'else-if' | 'else';
  /** The key it was written under: `if`, `else-if-2`, an id. */
  readonly key: string;
}

/** The branches of a condition's input, with ids; `if` first and `else` last where roles are written. */
export function readBranchInputs(blockId: string, conditions: JsonValue): BranchInput[] {
  const branches = draftsOf(conditions);
  let between = 0;
  return branches.map(({ id, ...branch }) => {
    const suffix = branch.role === 'else-if' ? `else-if-${between++}` : branch.role;
    return { ...branch, id: id ?? `${blockId}-${suffix}` };
  });
}

type Draft = Omit<BranchInput, 'id'> & { readonly id: string | null };

function draftsOf(conditions: JsonValue): Draft[] {
  if (Array.isArray(conditions)) return fromList(conditions as readonly JsonValue[]);
  if (isJsonObject(conditions)) return fromMap(conditions);
  if (typeof conditions !== 'string' || conditions.trim() === '') return [];
  const parsed = parseJsonText(conditions);
  if (typeof parsed === 'object' && parsed !== null) return draftsOf(parsed);
  return [draft('if', 'if', conditions)];
}

function draft(role: BranchInput['role'], key: string, value: JsonValue): Draft {
  return { role, key, value, title: role === 'else-if' ? 'else if' : role, id: null };
}

/** `[{id?, title?, value}]` or `[expression]`: the first is if, else is titled so, or last and blank. */
function fromList(items: readonly JsonValue[]): Draft[] {
  return items.map((item, index) => {
    const value = isJsonObject(item) ? valueOf(item) : item;
    const title = textOf(field(item, 'title'));
    const isBlank = value === null || value === '';
    const isElse = /^else$/i.test(title) || (index > 0 && index === items.length - 1 && isBlank);
    const role = isElse ? 'else' : index === 0 ? 'if' : 'else-if';
    const id = textOf(field(item, 'id'));
    const made = draft(role, role, value);
    return { ...made, title: title || made.title, id: id || null };
  });
}

/** `{if, else-if, else-if-2, else}`; else-if may be a list of expressions, or a map by id. */
function fromMap(map: JsonObject): Draft[] {
  const drafts: Draft[] = [];
  for (const [key, value] of Object.entries(map)) {
    const role = roleOf(key) ?? 'else-if';
    if (Array.isArray(value)) {
      for (const item of value as readonly JsonValue[])
        drafts.push(draft(role, key, valueOf(item)));
    } else if (isJsonObject(value) && own(value, 'value') === undefined) {
      for (const [id, item] of Object.entries(value)) {
        drafts.push({ ...draft(role, id, valueOf(item)), id });
      }
    } else drafts.push({ ...draft(role, key, valueOf(value)), id: roleOf(key) ? null : key });
  }
  const rank = { if: 0, 'else-if': 1, else: 2 } as const;
  return drafts.sort((a, b) => rank[a.role] - rank[b.role]);
}

function valueOf(item: JsonValue): JsonValue {
  if (!isJsonObject(item)) return item;
  return own(item, 'value') ?? own(item, 'condition') ?? own(item, 'expression') ?? '';
}

const textOf = (value: JsonValue | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';

function roleOf(key: string): BranchInput['role'] | null {
  if (/^if$/i.test(key)) return 'if';
  if (/^else$/i.test(key)) return 'else';
  return ELSE_IF.test(key) ? 'else-if' : null;
}

const ELSE_IF = /^else[-_ ]?if(?:[-_](\d+))?$/i;

/** Finds the branches that the keys of `connections` mean. */
export class BranchKeys {
  readonly #branches: readonly BranchInput[];
  readonly #between: readonly BranchInput[];
  readonly #byId = new Map<string, BranchInput>();
  readonly #byKey = new Map<string, BranchInput | null>();
  readonly #countsFromOne: boolean;

  /** @param keys all keys of the connections: beside a bare `else-if`, the next one is `else-if-2` */
  constructor(branches: readonly BranchInput[], keys: readonly string[]) {
    this.#branches = branches;
    this.#between = branches.filter(({ role }) => role === 'else-if');
    this.#countsFromOne = keys.some((key) => /^else[-_ ]?if$/i.test(key));
    for (const branch of branches) {
      this.#byId.set(branch.id, branch);
      // Null for a key that several were written under, as in a list.
      this.#byKey.set(branch.key, this.#byKey.has(branch.key) ? null : branch);
    }
  }

  /** One branch that the key means; null where it means none, or all of the else-ifs. */
  one(key: string): BranchInput | null {
    const bare = key.replace(/^condition-/, '');
    const exact = this.#byKey.get(bare) ?? this.#byId.get(bare);
    if (exact) return exact;
    const role = roleOf(bare);
    if (role === null) return null;
    if (role !== 'else-if') return this.#branches.find((branch) => branch.role === role) ?? null;
    const number = ELSE_IF.exec(bare)?.[1];
    if (number === undefined) return this.#between.length === 1 ? (this.#between[0] ?? null) : null;
    return this.#between[Number(number) - (this.#countsFromOne ? 1 : 0)] ?? null;
  }

  /** The else-ifs in order, for a list or map under a bare `else-if`. */
  get between(): readonly BranchInput[] {
    return this.#between;
  }
}
