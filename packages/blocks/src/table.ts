import { asText, isJsonObject, type JsonValue } from '@sim/domain';
import { parseJson } from './json-text.js';

/**
 * The rows of a table parameter (query parameters, headers) in any form in which exports hold it:
 * `[{cells: {Key, Value}}]`, `[{key, value}]`, a record, or JSON of these. Rows without a key or a
 * value are left out.
 */
export function readTable(table: JsonValue | undefined): [string, string][] {
  const value = typeof table === 'string' ? (parseJson(table) ?? null) : (table ?? null);
  const rows: [JsonValue | undefined, JsonValue | undefined][] = Array.isArray(value)
    ? value.map(readRow)
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return rows.flatMap(([key, cell]): [string, string][] =>
    typeof key === 'string' && key.trim() !== '' && cell !== null && cell !== undefined
      ? [[key.trim(), asText(cell)]]
      : [],
  );
}

function readRow(row: JsonValue): [JsonValue | undefined, JsonValue | undefined] {
  if (!isJsonObject(row)) return [undefined, undefined];
  const cells = isJsonObject(row.cells) ? row.cells : row;
  return [cells.Key ?? cells.key ?? cells.name, cells.Value ?? cells.value];
}
