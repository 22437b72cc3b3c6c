import { isJsonObject, own, type JsonValue } from '../json.js';

/** True for what counts as not given: nothing, blanks, an empty list or object, a table of empty rows. */
export function isBlank(value: JsonValue): boolean {
  if (value === null) return true;
  if (typeof value === 'string') return ['', '[]', '{}'].includes(value.trim());
  if (Array.isArray(value)) return value.every(isBlankRow);
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** A row of a table as the editor keeps it: `{id, cells: {Key, Value}}`. */
function isBlankRow(row: JsonValue): boolean {
  const cells = isJsonObject(row) ? own(row, 'cells') : undefined;
  return isJsonObject(cells) && Object.values<JsonValue>(cells).every(isBlankCell);
}

function isBlankCell(cell: JsonValue): boolean {
  return cell === null || (typeof cell === 'string' && cell.trim() === '');
}
