import { isJsonObject, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { Slot, SlotFormat, SlotOption } from '../journey/types.js';
import { acceptFormat } from './slot-formats.js';
import type { MessageKey } from './voice/en.js';
import type { SlotRefusal } from './types.js';

/** Longest text that a slot takes of a person, in characters (code points), as an utterance is measured. */
export const MAX_SLOT_TEXT = 4_000;
/** Deepest nesting that an object or array slot takes. */
const MAX_DEPTH = 64;
/** As much of a refused value as a message repeats. */
const MAX_GIVEN = 80;

/** The value in the form its slot keeps, or why it does not fit. */
export type SlotAcceptance =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly refusal: SlotRefusal };

type Verdict = { readonly value: JsonValue } | { readonly reason: MessageKey };

/**
 * Coerces a value to what its slot takes and checks it: numerals become numbers, JSON text objects,
 * option labels the option's value. Text is trimmed and rid of control characters, deeply.
 * A refusal names a message key and carries `label`, `given` and what the message needs besides.
 * @param longest of texts, in characters
 */
export function acceptValue(
  slot: Slot,
  value: JsonValue,
  longest: number = MAX_SLOT_TEXT,
): SlotAcceptance {
  const clean = cleanDeep(value, 0);
  const verdict: Verdict =
    clean === undefined ? { reason: shapeReason(slot) } : judge(slot, clean, longest);
  if ('value' in verdict) return { ok: true, value: verdict.value };
  const params: Record<string, JsonValue> = { label: slot.label, given: shorten(value) };
  if (verdict.reason === 'refused-option') {
    params['options'] = (slot.options ?? []).map(({ label }) => label);
  }
  if (verdict.reason === 'refused-too-long') params['max'] = longest;
  return { ok: false, refusal: { slot: slot.name, reason: verdict.reason, params } };
}

/** The option that a value or label names, regardless of case and white space; undefined where none does. */
export function findOption(
  options: readonly SlotOption[],
  given: JsonValue,
): SlotOption | undefined {
  const exact = options.find(({ value }) => JSON.stringify(value) === JSON.stringify(given));
  if (exact || !isScalar(given)) return exact;
  const wanted = fold(String(given));
  return (
    options.find(({ value }) => isScalar(value) && fold(String(value)) === wanted) ??
    options.find(({ label }) => fold(label) === wanted)
  );
}

function isTooLong(text: string, longest: number): boolean {
  return text.length > longest && Array.from(text).length > longest;
}

function judge(slot: Slot, value: JsonValue, longest: number): Verdict {
  if (value === null || value === '') {
    if (slot.required) return { reason: 'refused-empty' };
    return { value: slot.type === 'string' ? '' : null };
  }
  if (typeof value === 'string' && isTooLong(value, longest)) {
    return { reason: 'refused-too-long' };
  }
  if (slot.type === 'array') return judgeArray(slot, value);
  if (slot.options && slot.options.length > 0) return judgeOption(slot.options, value);
  switch (slot.type) {
    case 'number':
      return orElse(toNumber(value), 'refused-number');
    case 'boolean':
      return orElse(toBoolean(value), 'refused-boolean');
    case 'object':
      return orElse(toObject(value), 'refused-object');
    case 'file[]':
      return judgeFiles(value);
    case 'string':
      return judgeText(slot, value, longest);
    default:
      return slot.type satisfies never;
  }
}

function judgeOption(options: readonly SlotOption[], value: JsonValue): Verdict {
  const option = findOption(options, value);
  return option ? { value: option.value } : { reason: 'refused-option' };
}

function judgeText(slot: Slot, value: JsonValue, longest: number): Verdict {
  const text = isScalar(value) ? String(value) : JSON.stringify(value);
  if (isTooLong(text, longest)) return { reason: 'refused-too-long' };
  if (slot.format === null) return { value: text };
  return orElse(acceptFormat(slot.format, text), `refused-${formatReason(slot.format)}`);
}

/** A date with a time is refused as a date: the message asks for both. */
function formatReason(format: SlotFormat): Exclude<SlotFormat, 'date-time'> {
  return format === 'date-time' ? 'date' : format;
}

function judgeArray(slot: Slot, value: JsonValue): Verdict {
  const items = toArray(value);
  if (!items) return { reason: 'refused-array' };
  if (items.length === 0 && slot.required) return { reason: 'refused-empty' };
  const { options } = slot;
  if (!options || options.length === 0) return { value: items };
  const chosen = items.map((item) => findOption(options, item));
  const known = chosen.flatMap((option) => (option ? [option.value] : []));
  return known.length === items.length ? { value: known } : { reason: 'refused-option' };
}

function judgeFiles(value: JsonValue): Verdict {
  const items = isJsonObject(value) ? [value] : toArray(value);
  if (!items || items.length === 0) return { reason: 'refused-array' };
  const files: JsonValue[] = [];
  for (const item of items) {
    const file = typeof item === 'string' ? acceptFormat('url', item) : item;
    if (file === undefined) return { reason: 'refused-url' };
    if (typeof file !== 'string' && !isJsonObject(file)) return { reason: 'refused-array' };
    files.push(file);
  }
  return { value: files };
}

function toNumber(value: JsonValue): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' ? parseNumeral(value) : undefined;
}

/**
 * Reads a numeral with an optional sign, currency and thousand separators: `-1,200.50`, `$120`,
 * `1.200,50 €`. A lone comma that groups no thousands is a decimal comma. Undefined for anything else.
 */
export function parseNumeral(text: string): number | undefined {
  const bare = westernDigits(text.normalize('NFKC'))
    .replace(/[\p{Sc}\p{Cf}\s'’_]|\b(?:usd|eur|gbp|chf|jpy|inr|cad|aud)\b/giu, '')
    .replace('−', '-');
  const match = /^([+-]?)(\d[\d.,]*|\.\d+)$/u.exec(bare);
  if (!match) return undefined;
  const [, sign = '', digits = ''] = match;
  const plain = withoutGrouping(digits);
  if (plain === undefined) return undefined;
  const amount = Number(plain);
  if (!Number.isFinite(amount)) return undefined;
  return sign === '-' && amount !== 0 ? -amount : amount;
}

function withoutGrouping(digits: string): string | undefined {
  if (/^\d*\.?\d*$/u.test(digits)) return digits;
  if (/^\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?$/u.test(digits)) return digits.replaceAll(',', '');
  if (/^\d{1,3}(?:\.\d{3})+(?:,\d*)?$/u.test(digits)) {
    return digits.replaceAll('.', '').replace(',', '.');
  }
  return /^\d+,\d+$/u.test(digits) ? digits.replace(',', '.') : undefined;
}

/** Arabic-Indic, Persian and Devanagari digits as ASCII ones. */
function westernDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹०-९]/gu, (digit) =>
    String(((digit.codePointAt(0) ?? 0) - (digit >= '०' ? 6 : 0)) % 16),
  );
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'y', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'n', 'off', '0'].map((word) => [word, false] as const),
]);

function toBoolean(value: JsonValue): boolean | undefined {
  return isScalar(value) ? BOOLEANS.get(fold(String(value))) : undefined;
}

function toObject(value: JsonValue): JsonObject | undefined {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  return isJsonObject(parsed) ? parsed : undefined;
}

function toArray(value: JsonValue): readonly JsonValue[] | undefined {
  if (isJsonObject(value)) return undefined;
  if (Array.isArray(value)) return value as readonly JsonValue[];
  if (typeof value !== 'string') return [value];
  const parsed = parseJson(value);
  if (Array.isArray(parsed)) return parsed as readonly JsonValue[];
  // Text that begins as JSON was meant as JSON, so it is not taken for a list of words.
  if (/^[[{]/u.test(value)) return undefined;
  return value
    .split(/[,;\n،、]/u)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return cleanDeep(JSON.parse(text) as JsonValue, 0);
  } catch {
    return undefined;
  }
}

/** The value without control characters and lone surrogates, text trimmed; undefined where it is too deep. */
function cleanDeep(value: JsonValue, depth: number): JsonValue | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (!isJsonObject(value)) {
    const items: JsonValue[] = [];
    for (const item of value) {
      const clean = cleanDeep(item, depth + 1);
      if (clean === undefined) return undefined;
      items.push(clean);
    }
    return items;
  }
  const copy: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) {
    const clean = cleanDeep(item, depth + 1);
    if (clean === undefined) return undefined;
    setOwn(copy, cleanText(key), clean);
  }
  return copy;
}

function cleanText(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .trim();
}

function shapeReason(slot: Slot): MessageKey {
  return slot.type === 'array' || slot.type === 'file[]' ? 'refused-array' : 'refused-object';
}

function shorten(value: JsonValue): string {
  const text = cleanText(typeof value === 'string' ? value : JSON.stringify(value));
  if (text.length <= MAX_GIVEN) return text;
  // A surrogate pair is not cut in two.
  return `${text.slice(0, MAX_GIVEN).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}

/** For comparing: without case, format characters and differences of white space. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .toLowerCase();
}

function isScalar(value: JsonValue): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function orElse(value: JsonValue | undefined, reason: MessageKey): Verdict {
  return value === undefined ? { reason } : { value };
}
