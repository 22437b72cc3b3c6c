import type { JsonValue } from '../json.js';

/** Of the WHATWG's Encoding Standard: every runtime has it, but the domain compiles without its types. */
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: true },
) => { readonly decode: (bytes: Uint8Array) => string };

/** The value of JSON bytes, or why there is none, to go on after the document's name. */
export type ReadJson = { readonly value: JsonValue } | { readonly fault: string };

/** Reads UTF-8 JSON; a byte order mark is tolerated. */
export function readJsonBytes(bytes: Uint8Array): ReadJson {
  const text = decodeText(bytes);
  if (text === null) return { fault: 'is no UTF-8 text' };
  const value = parseJson(text);
  return value === undefined ? { fault: 'is no JSON' } : { value };
}

/** The text of UTF-8 bytes, without a byte order mark; null for other bytes. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The value of a JSON text, with a byte order mark or without; undefined where it is none. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as JsonValue;
  } catch {
    return undefined;
  }
}

/** A head of comments may be long, but not this long. */
const LOOKED_AT = 20_000;

/** Whether a text is meant as YAML rather than JSON: it begins with a key, a list or a directive. */
export function looksLikeYaml(text: string): boolean {
  const lines = text.slice(0, LOOKED_AT).split('\n');
  const start = lines.find((line) => !/^\uFEFF?\s*(?:#|$)/.test(line))?.replace(/^\uFEFF?\s*/, '');
  if (start === undefined) return false;
  return /^(?:%YAML|---|- |(?:[\w-]+|"[\w-]+"|'[\w-]+')[ \t]*:(?:\s|$))/.test(start);
}
