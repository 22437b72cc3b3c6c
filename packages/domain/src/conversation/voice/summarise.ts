import { isJsonObject, type JsonValue } from '../../json.js';

/** Items of a list, fields of a record, and characters of a text that are said; the rest is counted. */
const FEW = 5;
const LONG = 600;

/**
 * A value in words, by its shape: a scalar as it is, a record as "name: value", a list by its first few
 * items and its count. Never raw JSON.
 */
export function summarise(value: JsonValue, depth = 0): string {
  if (value === null) return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return shorten(value);
  if (Array.isArray(value)) return summariseList(value as readonly JsonValue[], depth);
  return isJsonObject(value) ? summariseRecord(value, depth) : '';
}

function summariseList(list: readonly JsonValue[], depth: number): string {
  if (list.length === 0) return 'none';
  if (depth > 2) return counted(list.length, 'item');
  const few = list.slice(0, FEW).map((item) => summarise(item, depth + 1));
  const rest = list.length - few.length;
  return rest > 0 ? `${few.join(', ')} and ${rest} more` : few.join(', ');
}

function summariseRecord(record: Readonly<Record<string, JsonValue>>, depth: number): string {
  const entries = Object.entries(record).filter(([, value]) => value !== null && value !== '');
  if (entries.length === 0) return depth === 0 ? '' : 'nothing';
  if (depth > 2) return counted(entries.length, 'field');
  const few = entries
    .slice(0, depth === 0 ? FEW * 2 : FEW)
    .map(([name, value]) => `${named(name, depth)}: ${summarise(value, depth + 1)}`);
  const rest = entries.length - few.length;
  const text =
    rest > 0
      ? `${few.join(', ')} and ${rest} more ${rest === 1 ? 'field' : 'fields'}`
      : few.join(', ');
  return depth > 0 ? `(${text})` : text;
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** A field of the result itself begins like a label, one inside it like running text. */
function named(name: string, depth: number): string {
  const words = inWords(name);
  return depth === 0 ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}

function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length > LONG ? `${characters.slice(0, LONG).join('')}…` : text;
}

/** A field's name with its words set apart: `orderId` and `order_id` are "order id". */
export function inWords(name: string): string {
  return name
    .replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .toLowerCase();
}
