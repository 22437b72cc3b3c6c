import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import { Description, toEditorForm, type EditorForm } from './described-blocks.js';
import { quote } from './issue-log.js';
import { field, type Reader } from './reader.js';

/** A block while operations are applied to it. */
interface Draft {
  readonly id: string;
  /** All but inputs and connections. */
  fields: Record<string, JsonValue>;
  /** What operations set; over the sub-blocks of `fields`. */
  readonly inputs: Record<string, JsonValue>;
  /** Null where the operations leave the edges of the base as they are. */
  connections: JsonObject | null;
  parent: Draft | null;
  readonly children: Map<string, Draft>;
  /** Edges of the base that begin here, until connections are given anew. */
  edges: { readonly raw: JsonObject; readonly target: Draft }[];
  /** Handle and target of edges of the base that an operation removes. */
  readonly removed: Set<string>;
  /** Triggers have no way in. */
  refusesEdges: boolean;
}

/** Whether a value is an editing operation of Sim's. */
export function isOperation(value: unknown): boolean {
  const kind = field(value, 'operation_type') ?? field(value, 'operation');
  return typeof kind === 'string' && !isJsonObject(field(value, 'subBlocks'));
}

/**
 * Applies editing operations in order, to nothing or to a workflow in the form of the editor. Each
 * operation costs what it holds and what it removes, so that all of it is linear. What cannot be applied
 * is reported and left out; connections are made at the end, when all blocks are there.
 */
export function applyOperations(
  operations: readonly JsonValue[],
  base: JsonObject,
  reader: Reader,
): EditorForm {
  const sheet = new Sheet(reader);
  sheet.load(base);
  for (const [index, operation] of operations.entries()) {
    sheet.apply(operation, `operations[${index}]`);
  }
  return sheet.finish();
}

class Sheet {
  readonly #drafts = new Map<string, Draft>();
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  load(base: JsonObject): void {
    const { blocks, edges } = baseForm(base, this.#reader);
    for (const [id, raw] of blocks) this.#put(id, raw);
    for (const draft of this.#drafts.values()) {
      const parentId =
        field(own(draft.fields, 'data'), 'parentId') ?? own(draft.fields, 'parentId');
      const parent = typeof parentId === 'string' ? this.#drafts.get(parentId) : undefined;
      if (parent) this.#place(draft, parent);
    }
    for (const raw of edges) {
      const source = this.#drafts.get(this.#reader.text(field(raw, 'source')) ?? '');
      const target = this.#drafts.get(this.#reader.text(field(raw, 'target')) ?? '');
      if (isJsonObject(raw) && source && target) source.edges.push({ raw, target });
    }
  }

  apply(operation: JsonValue, path: string): void {
    const kind = field(operation, 'operation_type') ?? field(operation, 'operation');
    const id = this.#reader.text(field(operation, 'block_id') ?? field(operation, 'blockId'));
    const given = field(operation, 'params');
    const params = isJsonObject(given) ? given : {};
    const fault = id === null ? 'names no block' : this.#applyTo(id, kind, params);
    if (fault !== null) this.#refuse(path, id, fault);
  }

  /** What keeps the operation from being applied as it is; null where nothing does. */
  #applyTo(id: string, kind: unknown, params: JsonObject): string | null {
    const draft = this.#drafts.get(id);
    if (kind === 'add') return this.#add(id, params);
    if (kind === 'insert_into_subflow') return this.#insert(id, params);
    if (kind !== 'edit' && kind !== 'delete' && kind !== 'extract_from_subflow') {
      return 'is of an unknown kind';
    }
    if (!draft) return `is to ${quote(kind)} a block that is not there`;
    if (kind === 'edit') this.#edit(draft, params);
    else if (kind === 'delete') this.#delete(draft);
    else this.#place(draft, null);
    return null;
  }

  finish(): EditorForm {
    const blocks: Record<string, JsonValue> = {};
    const edges: JsonValue[] = [];
    for (const draft of this.#drafts.values()) {
      const { id, inputs, connections } = draft;
      const raw = { ...draft.fields, inputs, ...(connections && { connections }) };
      const description = new Description(id, raw, `operations.${id}`, this.#reader);
      setOwn(blocks, id, description.block());
      for (const { raw: edge, target } of draft.edges) {
        const isThere = this.#drafts.get(target.id) === target && !target.refusesEdges;
        if (isThere && !draft.removed.has(edgeKey(edge))) edges.push(edge);
      }
      for (const edge of description.edges()) edges.push(edge);
    }
    return { blocks, edges };
  }

  #add(id: string, params: JsonObject): string | null {
    const earlier = this.#drafts.get(id);
    if (earlier) this.#delete(earlier);
    this.#change(this.#put(id, {}), params);
    return earlier ? 'adds a block that is there already; the later one counts' : null;
  }

  #insert(id: string, params: JsonObject): string | null {
    const parent = this.#drafts.get(this.#reader.text(own(params, 'subflowId')) ?? '');
    const type = parent && own(parent.fields, 'type');
    if (!parent || (type !== 'loop' && type !== 'parallel')) {
      return 'names no loop or parallel as its subflowId';
    }
    const draft = this.#drafts.get(id) ?? this.#put(id, {});
    if (draft === parent) return 'puts a block into itself';
    this.#place(draft, parent);
    this.#change(draft, params);
    return null;
  }

  #edit(draft: Draft, params: JsonObject): void {
    this.#change(draft, params);
    const removals = own(params, 'removeEdges');
    for (const removal of Array.isArray(removals) ? (removals as readonly JsonValue[]) : []) {
      const target = field(removal, 'targetBlockId') ?? field(removal, 'target') ?? null;
      const handle = field(removal, 'sourceHandle') ?? 'source';
      draft.removed.add(edgeKey({ target, sourceHandle: handle }));
    }
  }

  /** Sets what the parameters hold, and the nested blocks; works a list off instead of recursing. */
  #change(first: Draft, given: JsonObject): void {
    const work: [Draft, JsonObject][] = [[first, given]];
    for (let next = work.pop(); next; next = work.pop()) {
      const [draft, params] = next;
      this.#set(draft, params);
      const nested = own(params, 'nestedNodes');
      if (!isJsonObject(nested)) continue;
      for (const pair of this.#nest(draft, nested)) work.push(pair);
    }
  }

  #set(draft: Draft, params: JsonObject): void {
    for (const [key, value] of Object.entries(params)) {
      if (key === 'inputs' && isJsonObject(value)) {
        for (const [name, input] of Object.entries(value)) setOwn(draft.inputs, name, input);
      } else if (key === 'connections' && isJsonObject(value)) {
        draft.connections = value;
        draft.edges = [];
      } else if (!NOT_FIELDS.has(key)) setOwn(draft.fields, key, value);
    }
    if (own(params, 'triggerMode') === true) draft.refusesEdges = true;
  }

  /** Nested blocks are merged with the children by name; children that are not named go. */
  #nest(parent: Draft, nested: JsonObject): [Draft, JsonObject][] {
    const byName = new Map<string, Draft>();
    for (const child of parent.children.values())
      byName.set(nameKey(own(child.fields, 'name')), child);
    const kept = new Set<Draft>();
    const changes: [Draft, JsonObject][] = [];
    for (const [id, params] of Object.entries(nested)) {
      if (!isJsonObject(params)) {
        this.#refuse(`nestedNodes.${id}`, id, 'is no block');
        continue;
      }
      const child = byName.get(nameKey(own(params, 'name'))) ?? this.#nested(id, parent);
      if (child === null) continue;
      kept.add(child);
      changes.push([child, params]);
    }
    for (const child of [...parent.children.values()]) if (!kept.has(child)) this.#delete(child);
    return changes.reverse();
  }

  #nested(id: string, parent: Draft): Draft | null {
    const earlier = this.#drafts.get(id);
    if (earlier && earlier.parent !== parent) {
      this.#refuse(`nestedNodes.${id}`, id, 'has the id of a block that stands elsewhere');
      return null;
    }
    const child = earlier ?? this.#put(id, {});
    this.#place(child, parent);
    return child;
  }

  #put(id: string, raw: JsonObject): Draft {
    // What a described block says of these is in its sub-blocks and in the edges of the base.
    const draft: Draft = {
      id,
      fields: without(raw, ['inputs', 'connections']),
      inputs: {},
      connections: null,
      parent: null,
      children: new Map(),
      edges: [],
      removed: new Set(),
      refusesEdges: false,
    };
    this.#drafts.set(id, draft);
    return draft;
  }

  #place(draft: Draft, parent: Draft | null): void {
    draft.parent?.children.delete(draft.id);
    parent?.children.set(draft.id, draft);
    draft.parent = parent;
    const rest = without(draft.fields, ['parentId']);
    const data = own(draft.fields, 'data');
    const parentId = parent?.id ?? null;
    draft.fields = { ...rest, data: { ...(isJsonObject(data) && data), parentId } };
  }

  /** Removes a block with all that stands in it. */
  #delete(first: Draft): void {
    first.parent?.children.delete(first.id);
    const work = [first];
    for (let draft = work.pop(); draft; draft = work.pop()) {
      if (this.#drafts.get(draft.id) === draft) this.#drafts.delete(draft.id);
      for (const child of draft.children.values()) work.push(child);
      draft.children.clear();
    }
  }

  #refuse(path: string, blockId: string | null, why: string): void {
    const of = blockId === null ? '' : ` for ${quote(blockId)}`;
    const message = () => `The operation at ${path.slice(0, 100)}${of} ${why}.`;
    this.#reader.log.report('operation_invalid', { path: path.slice(0, 100), message });
  }
}

/** Parameters of an operation that are no fields of a block. */
const NOT_FIELDS: ReadonlySet<string> = new Set([
  ...['inputs', 'connections', 'nestedNodes', 'removeEdges', 'subflowId', 'subBlocks', 'id'],
  ...['parentId', 'data', 'position'],
]);

function without(record: JsonObject, keys: readonly string[]): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

const nameKey = (name: JsonValue | undefined): string =>
  typeof name === 'string' ? name.toLowerCase().replace(/[\s.]/g, '') : '';

const edgeKey = (edge: JsonObject): string =>
  JSON.stringify([own(edge, 'target') ?? null, own(edge, 'sourceHandle') ?? 'source']);

/** The blocks of the workflow that the operations are for, by id; as they are, or described. */
function baseForm(
  base: JsonObject,
  reader: Reader,
): { blocks: [string, JsonObject][]; edges: readonly JsonValue[] } {
  const given = own(base, 'blocks');
  const listed = Array.isArray(given) ? (given as readonly JsonValue[]) : null;
  const record: Record<string, JsonValue> = {};
  for (const [key, raw] of Object.entries<JsonValue>(isJsonObject(given) ? given : {})) {
    setOwn(record, key, raw);
  }
  for (const raw of listed ?? []) setOwn(record, reader.text(field(raw, 'id')) ?? '', raw);
  const isDescribed = Object.values(record).some((raw) => isJsonObject(field(raw, 'connections')));
  const form = isDescribed ? toEditorForm(record, 'blocks', reader) : null;
  const blocks = Object.entries(form?.blocks ?? record).filter(
    (entry): entry is [string, JsonObject] => isJsonObject(entry[1]),
  );
  const edges = form?.edges ?? own(base, 'edges');
  return { blocks, edges: Array.isArray(edges) ? (edges as readonly JsonValue[]) : [] };
}
