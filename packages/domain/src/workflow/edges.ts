import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { Block, Edge } from './types.js';
import { MAX_ID_LENGTH, type ReadBlock } from './blocks.js';
import { quote } from './issue-log.js';
import { FreshIds } from './names.js';
import { describe, field, readList, type Reader } from './reader.js';

/** Reads the edges between known blocks; linear, however many there are between two blocks. */
export function readEdges(
  raw: JsonValue | undefined,
  path: string,
  blocks: ReadonlyMap<string, ReadBlock>,
  reader: Reader,
): Edge[] {
  const items = listOf(raw, path, reader);
  const routes = new RouteKeys();
  const ids = new FreshIds();
  const byId = new Map<string, Edge>();
  const unnamed: { edge: Edge; index: number }[] = [];
  const edges: Edge[] = [];
  for (const [index, item] of items.entries()) {
    const edge = readEdge(item, `${path}[${index}]`, blocks, routes, reader);
    if (!edge) continue;
    if (edge.id === '') {
      unnamed.push({ edge, index: edges.length });
      edges.push(edge);
      continue;
    }
    const earlier = byId.get(edge.id);
    if (earlier) reportDuplicate(edge, earlier, path, reader);
    if (earlier && isSame(edge, earlier)) continue;
    const kept = { ...edge, id: ids.take(edge.id) };
    byId.set(kept.id, kept);
    edges.push(kept);
  }
  // Last, so that no id that the document gives is taken.
  for (const { edge, index } of unnamed)
    edges[index] = { ...edge, id: ids.take(`edge-${index + 1}`) };
  return edges;
}

function listOf(raw: JsonValue | undefined, path: string, reader: Reader): readonly unknown[] {
  if (raw === undefined || raw === null) return [];
  if (Array.isArray(raw)) return raw as readonly unknown[];
  if (isJsonObject(raw)) return Object.values(raw);
  const message = () => `${path} is ${describe(raw)}, not a list of edges.`;
  reader.log.report('section_invalid', { path, message });
  return [];
}

/** An edge, its id empty where it has none; null, reported, where it connects nothing known. */
function readEdge(
  raw: unknown,
  path: string,
  blocks: ReadonlyMap<string, ReadBlock>,
  routes: RouteKeys,
  reader: Reader,
): Edge | null {
  const source = isJsonObject(raw) ? endOf(raw, 'source', reader) : null;
  const target = isJsonObject(raw) ? endOf(raw, 'target', reader) : null;
  if (!isJsonObject(raw) || source === null || target === null) {
    const message = () => `The edge at ${path} does not name the blocks that it connects.`;
    reader.log.report('edge_invalid', { path, message });
    return null;
  }
  const givenId = reader.text(own(raw, 'id')) ?? '';
  const id = givenId.length > MAX_ID_LENGTH ? '' : givenId;
  const from = blocks.get(source);
  const to = blocks.get(target);
  if (!from || !to) {
    const missing = [...(from ? [] : [source]), ...(to ? [] : [target])].map(quote).join(' and ');
    const message = () =>
      `The edge at ${path} names ${missing}, which is no block of the workflow.`;
    reader.log.report('edge_unknown_block', { path, message, ...(id !== '' && { edgeId: id }) });
    return null;
  }
  const handle = reader.text(own(raw, 'sourceHandle'));
  return { id, source, target, sourceHandle: normaliseHandle(handle, from.block, routes) };
}

function endOf(raw: JsonObject, end: 'source' | 'target', reader: Reader): string | null {
  return reader.text(own(raw, end)) ?? reader.text(own(raw, `${end}BlockId`));
}

/**
 * `source-right` is the plain handle drawn at another side; conditions once had bare `true`, `false`; the
 * operations have `if`, `else-if-0`, `else`, `route-0` and `success`.
 */
function normaliseHandle(handle: string | null, block: Block, routes: RouteKeys): string {
  if (handle === null || handle === 'source' || handle.startsWith('source-')) return 'source';
  if (handle === 'error') return handle;
  if (handle === 'success') return 'source';
  if (block.type === 'condition' && !handle.startsWith('condition-')) return `condition-${handle}`;
  return block.type.startsWith('router') ? `router-${routes.idOf(handle, block)}` : handle;
}

/** The ids of routes by what handles call them; the routes of a block are read once. */
class RouteKeys {
  readonly #keys = new Map<string, ReadonlyMap<string, string>>();

  /** The id of a route named by id, by `route-0` (its position) or by its title. */
  idOf(handle: string, block: Block): string {
    const key = handle.replace(/^router-/, '');
    const keys = this.#keys.get(block.id) ?? routeKeys(block);
    this.#keys.set(block.id, keys);
    return keys.get(key) ?? key;
  }
}

function routeKeys(block: Block): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  const routes = readList(own(block.params, 'routes')) ?? [];
  const named = routes.map((route) => ({ id: field(route, 'id'), title: field(route, 'title') }));
  const add = (key: unknown, id: unknown) => {
    if (typeof key === 'string' && typeof id === 'string' && !keys.has(key)) keys.set(key, id);
  };
  for (const { id } of named) add(id, id);
  for (const [index, { id }] of named.entries()) add(`route-${index}`, id);
  for (const { id, title } of named) add(title, id);
  return keys;
}

function isSame(a: Edge, b: Edge): boolean {
  return a.source === b.source && a.target === b.target && a.sourceHandle === b.sourceHandle;
}

function reportDuplicate(edge: Edge, earlier: Edge, path: string, reader: Reader): void {
  const fate = isSame(edge, earlier) ? 'they are one' : 'the second is renamed';
  const message = () => `Two edges have the id ${quote(edge.id)}; ${fate}.`;
  reader.log.report('duplicate_edge_id', { edgeId: edge.id, path, message });
}
