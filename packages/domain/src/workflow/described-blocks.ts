import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import { BranchKeys, readBranchInputs, type BranchInput } from './branch-inputs.js';
import { pathSegment, quote } from './issue-log.js';
import { field, parseJsonText, type Reader } from './reader.js';

/** Blocks and edges in the form of the editor, made from blocks that describe their connections. */
export interface EditorForm {
  readonly blocks: JsonObject;
  readonly edges: readonly JsonValue[];
}

/** Brings `{id: {type, name, inputs, connections}}` into the form of the editor. */
export function toEditorForm(described: JsonObject, path: string, reader: Reader): EditorForm {
  const blocks: Record<string, JsonValue> = {};
  const edges: JsonValue[] = [];
  for (const [id, raw] of Object.entries(described)) {
    if (!isJsonObject(raw)) {
      // The reader of blocks reports it.
      setOwn(blocks, id, raw);
      continue;
    }
    const description = new Description(id, raw, `${path}.${pathSegment(id)}`, reader);
    setOwn(blocks, id, description.block());
    for (const edge of description.edges()) edges.push(edge);
  }
  return { blocks, edges };
}

const isContainer = (type: JsonValue | undefined): type is 'loop' | 'parallel' =>
  type === 'loop' || type === 'parallel';

/** One block with its inputs and connections. */
export class Description {
  readonly #id: string;
  readonly #raw: JsonObject;
  readonly #type: JsonValue | undefined;
  readonly #inputs: JsonObject;
  readonly #connections: JsonObject;
  readonly #path: string;
  readonly #reader: Reader;
  readonly #branches: readonly BranchInput[] | null;
  readonly #edges: JsonValue[] = [];
  #keys: BranchKeys | null = null;

  constructor(id: string, raw: JsonObject, path: string, reader: Reader) {
    this.#id = id;
    this.#raw = raw;
    this.#path = path;
    this.#reader = reader;
    this.#type = own(raw, 'type');
    const inputs = own(raw, 'inputs');
    const connections = own(raw, 'connections');
    this.#inputs = isJsonObject(inputs) ? inputs : {};
    this.#connections = isJsonObject(connections) ? connections : {};
    this.#branches = this.#readBranches();
    if (connections !== undefined && connections !== null && !isJsonObject(connections)) {
      this.#invalid('connections');
    }
  }

  /** Null where the block is no condition or has lost its expressions. */
  #readBranches(): BranchInput[] | null {
    if (this.#type !== 'condition') return null;
    const branches = readBranchInputs(this.#id, own(this.#inputs, 'conditions') ?? null);
    if (branches.length === 0) return null;
    const nested = own(this.#connections, 'conditions');
    const keys = [this.#connections, nested].flatMap((c) =>
      isJsonObject(c) ? Object.keys(c) : [],
    );
    const leadsElse = keys.some((key) => /^(?:condition-)?else$/i.test(key));
    if (leadsElse && !branches.some(({ role }) => role === 'else')) {
      const id = `${this.#id}-else`;
      branches.push({ id, title: 'else', value: '', role: 'else', key: 'else' });
    }
    return branches;
  }

  /** The block as the editor keeps it. */
  block(): JsonObject {
    const subBlocks: Record<string, JsonValue> = {};
    const kept = own(this.#raw, 'subBlocks');
    for (const [key, value] of Object.entries(isJsonObject(kept) ? kept : {})) {
      setOwn(subBlocks, key, value);
    }
    for (const [key, value] of Object.entries(this.#inputs)) {
      const earlier = own(subBlocks, key);
      setOwn(subBlocks, key, { ...(isJsonObject(earlier) && earlier), value });
    }
    if (this.#branches) {
      const value = this.#branches.map((branch) => ({
        id: branch.id,
        title: branch.title,
        value: branch.value,
      }));
      setOwn(subBlocks, 'conditions', { value });
    }
    const routes = this.#routes();
    if (routes) setOwn(subBlocks, 'routes', { value: routes });
    if (!isContainer(this.#type)) return { ...this.#raw, subBlocks };
    const before = own(this.#raw, 'data');
    const data = isJsonObject(before) ? before : {};
    const told = containerData(this.#type, { ...data, ...this.#inputs });
    return { ...this.#raw, subBlocks, data: { ...data, ...told } };
  }

  /** Routes with the ids that Sim gives where there are none. */
  #routes(): JsonValue | null {
    const given = own(this.#inputs, 'routes');
    const routes = typeof given === 'string' ? parseJsonText(given) : given;
    if (!Array.isArray(routes)) return null;
    return (routes as readonly JsonValue[]).map((route, index) => {
      const id = `${this.#id}-route${index + 1}`;
      if (typeof route === 'string') return { id, title: route, value: route };
      return isJsonObject(route) && own(route, 'id') === undefined ? { ...route, id } : route;
    });
  }

  /** The edges that the connections stand for. */
  edges(): readonly JsonValue[] {
    for (const [key, value] of Object.entries(this.#connections)) {
      if (!this.#addGroup(key, value)) this.#add(this.#handleOf(key), value);
    }
    return this.#edges;
  }

  /** `conditions`, `routes`, `loop` and `parallel` hold connections of their own. */
  #addGroup(key: string, value: JsonValue): boolean {
    if (typeof value !== 'object' || value === null || isTarget(value)) return false;
    if (key === 'loop' || key === 'parallel') {
      if (!isJsonObject(value)) return false;
      this.#add(`${key}-start-source`, own(value, 'start'));
      this.#add(`${key}-end-source`, own(value, 'end'));
      return true;
    }
    if (key === 'conditions') {
      if (!isJsonObject(value)) return false;
      this.#addBranches(value);
      return true;
    }
    if (key === 'routes') {
      const isList = Array.isArray(value);
      for (const [route, targets] of Object.entries<JsonValue>(value)) {
        this.#add(isList ? `route-${route}` : `router-${route.replace(/^router-/, '')}`, targets);
      }
      return true;
    }
    if (this.#type !== 'condition' || ['success', 'error', 'source'].includes(key)) return false;
    this.#addBranch(key, value, this.#branchKeys());
    return true;
  }

  /** Of the connections themselves; made once. */
  #branchKeys(): BranchKeys {
    this.#keys ??= new BranchKeys(this.#branches ?? [], Object.keys(this.#connections));
    return this.#keys;
  }

  #addBranches(connections: JsonObject): void {
    const keys = new BranchKeys(this.#branches ?? [], Object.keys(connections));
    for (const [key, value] of Object.entries(connections)) this.#addBranch(key, value, keys);
  }

  #addBranch(key: string, value: JsonValue, keys: BranchKeys): void {
    const branch = keys.one(key);
    const isMap = isJsonObject(value) && !isTarget(value);
    if (isMap || (branch === null && Array.isArray(value) && keys.between.length > 1)) {
      for (const [at, targets] of Object.entries<JsonValue>(value as JsonObject)) {
        const one = isMap ? (keys.one(at) ?? keys.between[Number(at)]) : keys.between[Number(at)];
        this.#add(`condition-${one?.id ?? at}`, targets);
      }
      return;
    }
    this.#add(branch ? `condition-${branch.id}` : bareHandle('condition', key), value);
  }

  #handleOf(key: string): string {
    if (key === 'success' || key === 'source' || key === 'default') {
      return isContainer(this.#type) ? `${this.#type}-end-source` : 'source';
    }
    if (this.#type !== 'condition' || key === 'error') return key;
    const branch = this.#branchKeys().one(key);
    return branch ? `condition-${branch.id}` : bareHandle('condition', key);
  }

  #add(sourceHandle: string, targets: JsonValue | undefined): void {
    if (targets === undefined || targets === null) return;
    const list = Array.isArray(targets) ? (targets as readonly JsonValue[]) : [targets];
    for (const item of list) {
      const target = this.#reader.text(isJsonObject(item) ? targetOf(item) : item);
      if (target === null) this.#invalid(`connections.${pathSegment(sourceHandle)}`);
      else this.#edges.push({ source: this.#id, target, sourceHandle });
    }
  }

  #invalid(part: string): void {
    const path = `${this.#path}.${part}`;
    const message = () => `A connection of ${quote(this.#id)} at ${path} names no block.`;
    this.#reader.log.report('edge_invalid', { blockId: this.#id, path, message });
  }
}

const bareHandle = (kind: string, key: string): string =>
  key.startsWith(`${kind}-`) ? key : `${kind}-${key}`;

const isTarget = (value: JsonValue): boolean =>
  isJsonObject(value) && targetOf(value) !== undefined;

/** `{block, handle}`: the handle is one of the target's, of which there is only one. */
const targetOf = (value: JsonObject): JsonValue | undefined => {
  const target = field(value, 'block') ?? field(value, 'target');
  return typeof target === 'object' ? undefined : target;
};

/** What a loop or parallel is told by its inputs, under the names of the editor. */
function containerData(type: 'loop' | 'parallel', inputs: JsonObject): JsonObject {
  const first = (...keys: readonly string[]) =>
    keys.map((key) => own(inputs, key)).find((value) => value !== undefined && value !== null);
  const items = first(type === 'loop' ? 'forEachItems' : 'distribution', 'collection');
  const count = first('iterations', 'count');
  const kind =
    type === 'loop'
      ? (first('loopType') ?? (items !== undefined && count === undefined ? 'forEach' : undefined))
      : first('parallelType');
  const batchSize = first('batchSize', 'maxConcurrency');
  const conditionKey = kind === 'doWhile' ? 'doWhileCondition' : 'whileCondition';
  const condition = first('condition', conditionKey);
  return {
    ...(kind !== undefined && { [type === 'loop' ? 'loopType' : 'parallelType']: kind }),
    ...(count !== undefined && { count }),
    ...(items !== undefined && { collection: items }),
    ...(type === 'loop' && condition !== undefined && { [conditionKey]: condition }),
    ...(type === 'parallel' && batchSize !== undefined && { batchSize }),
  };
}
