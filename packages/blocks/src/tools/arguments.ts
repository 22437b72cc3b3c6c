import { asText, isJsonObject, own, type JsonObject, type JsonValue } from '@sim/domain';
import { parseJson } from '../json-text.js';

/** Names as they are compared where their spelling differs: `channel_id`, `channelId`, `Channel ID`. */
export function looseName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

/**
 * Reads a block's parameters by the names of a tool: by the very name first, else by one that differs in
 * capitals, blanks, hyphens and underscores alone. What is empty (null, a blank text) is not given.
 */
export function argumentReader(params: JsonObject): (name: string) => JsonValue | undefined {
  const loose = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(params)) {
    const key = looseName(name);
    if (isGiven(value) && !loose.has(key)) loose.set(key, value);
  }
  return (name) => {
    const exact = own(params, name);
    return isGiven(exact) ? exact : loose.get(looseName(name));
  };
}

function isGiven(value: JsonValue | undefined): value is JsonValue {
  if (typeof value === 'string') return value.trim() !== '';
  return value !== undefined && value !== null;
}

/**
 * A value in the type that a JSON schema asks for, where it has a form of it: parameters of blocks are
 * mostly texts. What cannot be brought into the type is left as it is, for the tool to refuse.
 */
export function coerced(value: JsonValue, schema: JsonObject | null): JsonValue {
  const types = typesOf(schema);
  if (types.includes(typeOf(value)) || types.length === 0) return value;
  if (typeof value === 'string') return fromText(value, types);
  return types.includes('string') ? asText(value) : value;
}

function fromText(text: string, types: readonly string[]): JsonValue {
  const trimmed = text.trim();
  const parsed = parseJson(trimmed);
  if (parsed !== undefined && types.includes(typeOf(parsed))) return parsed;
  const number = Number(trimmed);
  if (types.includes('number') && Number.isFinite(number)) return number;
  if (types.includes('integer') && Number.isInteger(number)) return number;
  return types.includes('array') ? [text] : text;
}

function typesOf(schema: JsonObject | null): string[] {
  const type = schema?.type;
  const types = (Array.isArray(type) ? (type as readonly JsonValue[]) : [type]).filter(
    (name) => typeof name === 'string',
  );
  return types.includes('number') ? [...types, 'integer'] : types;
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
