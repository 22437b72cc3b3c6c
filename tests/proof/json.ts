/** JSON as the proof has it: its own, so that nothing of the product stands between it and the design. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonRecord = Readonly<Record<string, Json>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** Ids and names may be `__proto__` or `constructor`, so inherited keys count for nothing. */
export function own(record: unknown, key: string): Json | undefined {
  return isRecord(record) && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A record that may have `__proto__` as a key of its own. */
export function recordOf(entries: Iterable<readonly [string, Json]>): JsonRecord {
  return Object.fromEntries(entries);
}

/** How a value reads in a text. */
export function textOf(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** JSON text that does not depend on the order of keys. */
export function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(own(value, key) ?? null)}`);
  return `{${pairs.join(',')}}`;
}

const ECHO_LENGTH = 80;

/** The value as text where that is short, else its beginning and a hash: outputs stay small. */
export function digest(value: Json): string {
  const text = canonical(value);
  if (text.length <= ECHO_LENGTH) return text;
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return `${text.slice(0, 20)}…${(hash >>> 0).toString(16)}`;
}
