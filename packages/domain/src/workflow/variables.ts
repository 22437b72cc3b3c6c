import { isJsonObject, own, type JsonValue } from '../json.js';
import type { WorkflowVariable } from './types.js';
import { pathSegment, quote } from './issue-log.js';
import { describe, field, type Reader } from './reader.js';

/**
 * Reads the variables: a record or list of `{id, name, type, value}`, or a plain record of values.
 */
export function readVariables(
  raw: JsonValue | undefined,
  path: string,
  reader: Reader,
): WorkflowVariable[] {
  if (raw === undefined || raw === null) return [];
  if (typeof raw !== 'object') {
    const message = () => `${path} is ${describe(raw)}, not a record or list of variables.`;
    reader.log.report('section_invalid', { path, message });
    return [];
  }
  const byName = new Map<string, WorkflowVariable>();
  for (const [key, item] of Object.entries<JsonValue>(raw)) {
    const variable = readVariable(
      key,
      item,
      Array.isArray(raw),
      `${path}.${pathSegment(key)}`,
      reader,
    );
    if (variable && !byName.has(variable.name)) {
      byName.set(variable.name, variable);
      continue;
    }
    const message = () =>
      variable
        ? `Two variables are called ${quote(variable.name)}; the second is left out.`
        : `The variable at ${path}.${pathSegment(key)} has no name.`;
    reader.log.report('variable_invalid', { path, message });
  }
  return [...byName.values()];
}

function readVariable(
  key: string,
  item: JsonValue,
  isList: boolean,
  path: string,
  reader: Reader,
): WorkflowVariable | null {
  const described = isJsonObject(item) && own(item, 'name') !== undefined;
  if (isList && !described) return null;
  const name = reader.text(described ? field(item, 'name') : key);
  if (name === null) return null;
  const value = reader.json(described ? field(item, 'value') : item, path);
  const id = (described ? reader.text(field(item, 'id')) : null) ?? (isList ? name : key);
  const type = (described ? reader.text(field(item, 'type')) : null) ?? typeOf(value);
  return { id: reader.text(id) ?? name, name, type, value };
}

function typeOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'string' : typeof value;
}
