import { isJsonObject, setOwn, type JsonValue } from '../../json.js';

/**
 * Data as a database gives it back: a copy in which the keys of each object stand in another order, by
 * length and then by letters, as PostgreSQL's `jsonb` keeps them.
 */
export function asStored<T>(value: T): T {
  return sorted(JSON.parse(JSON.stringify(value)) as JsonValue) as T;
}

function sorted(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) {
    return Array.isArray(value) ? (value as readonly JsonValue[]).map(sorted) : value;
  }
  const result: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value).toSorted(byKey))
    setOwn(result, key, sorted(item));
  return result;
}

function byKey([a]: [string, JsonValue], [b]: [string, JsonValue]): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
