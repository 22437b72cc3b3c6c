import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { DisplayItem } from '../journey/types.js';
import { parseJsonText } from '../workflow/reader.js';

/** Parameters that hold what a form shows, the usual one first. */
const KEYS = ['builderData', 'data', 'display', 'displayData', 'question', 'message', 'prompt'];

/** What a form shows before it asks: a list of named values, a record of them, or a text. */
export function readDisplay(params: JsonObject): DisplayItem[] {
  for (const key of KEYS) {
    const items = itemsOf(own(params, key) ?? null);
    if (items.length > 0) return items;
  }
  return [];
}

function itemsOf(raw: JsonValue): DisplayItem[] {
  const value = typeof raw === 'string' ? readText(raw) : raw;
  if (typeof value === 'string') return value.trim() === '' ? [] : [{ kind: 'text', text: value }];
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(listed);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).map(([name, item]) => ({ kind: 'field', name, value: item }));
}

/** A text that is the JSON of a list or record counts as that. */
function readText(raw: string): JsonValue {
  if (!/^\s*[[{]/.test(raw)) return raw;
  const value = parseJsonText(raw);
  return typeof value === 'object' && value !== null ? value : raw;
}

function listed(item: JsonValue): DisplayItem[] {
  if (!isJsonObject(item)) return itemsOf(typeof item === 'string' ? item : JSON.stringify(item));
  const names = ['label', 'name', 'title', 'key'].map((key) => own(item, key));
  const name = names.find((candidate) => typeof candidate === 'string' && candidate.trim() !== '');
  const value = own(item, 'value') ?? null;
  if (typeof name === 'string') return [{ kind: 'field', name, value }];
  return value === null ? [] : itemsOf(value);
}
