import { isJsonObject, own, type JsonValue } from '../json.js';
import type { Route } from '../journey/types.js';
import type { Block } from '../workflow/types.js';
import { FreshIds } from '../workflow/names.js';
import { readList } from '../workflow/reader.js';
import type { Way } from './ways.js';

/** True for blocks that choose one of several ways by what a text means. */
export function isRouter({ type }: Block): boolean {
  return type === 'router' || type === 'router_v2';
}

/**
 * The routes of a router: of the newer form from `routes`, of the older one its target blocks. Ways by
 * routes that are listed nowhere, as in an export that has lost them, are routes too.
 */
export function readRoutes(
  block: Block,
  ways: readonly Way[],
  byId: ReadonlyMap<string, Block>,
): Route[] {
  const routes = new Map<string, Route>();
  const listed = block.type === 'router' ? [] : (readList(own(block.params, 'routes')) ?? []);
  const ids = new FreshIds();
  for (const [index, item] of listed.entries()) {
    const route = readRoute(item, index, ids);
    if (route) routes.set(route.id, route);
  }
  for (const { branchId, to } of ways) {
    if (branchId === null || routes.has(branchId)) continue;
    const title = byId.get(to)?.name ?? branchId;
    routes.set(branchId, { id: branchId, title, description: null });
  }
  return [...routes.values()];
}

function readRoute(item: JsonValue, index: number, ids: FreshIds): Route | null {
  if (!isJsonObject(item)) return null;
  const description = textOf(own(item, 'value')) ?? textOf(own(item, 'description'));
  const id = ids.take(textOf(own(item, 'id')) ?? `route-${index}`);
  const title = textOf(own(item, 'title')) ?? `Route ${index + 1}`;
  // The editor calls them Route 1, Route 2, …, which tells a person nothing.
  const unnamed = /^route\s*\d+$/i.test(title) && description !== null && description.length <= 60;
  return { id, title: unnamed ? description : title, description };
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
