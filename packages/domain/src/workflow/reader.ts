import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import { IssueLog } from './issue-log.js';

/** Values nested deeper than this are cut off. */
const MAX_DEPTH = 64;

/**
 * Takes values out of a foreign document. Whatever it gives is plain JSON of bounded depth whose texts
 * every store accepts: PostgreSQL's jsonb refuses NUL and lone surrogates.
 */
export class Reader {
  readonly log: IssueLog;
  #repaired = 0;

  constructor(log: IssueLog) {
    this.log = log;
  }

  /** A text that is more than blanks; numbers and booleans as they read; else null. */
  text(value: unknown): string | null {
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    return typeof text === 'string' && text.trim() !== '' ? this.#clean(text) : null;
  }

  json(value: unknown, path: string): JsonValue {
    return this.#copy(value, path, 1);
  }

  /** An object's copy; an empty one where the value is none. */
  object(value: unknown, path: string): JsonObject {
    return isJsonObject(value) ? (this.json(value, path) as JsonObject) : {};
  }

  finish(): void {
    if (this.#repaired === 0) return;
    this.log.report('text_repaired', {
      message: () => `${this.#repaired} texts held characters that cannot be stored.`,
    });
  }

  #copy(value: unknown, path: string, depth: number): JsonValue {
    if (typeof value === 'string') return this.#clean(value);
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    if (typeof value === 'boolean') return value;
    if (typeof value !== 'object' || value === null) return null;
    if (depth > MAX_DEPTH) {
      this.log.report('too_deep', {
        path,
        message: () =>
          `A value is nested more than ${MAX_DEPTH} levels deep; the rest is left out.`,
      });
      return null;
    }
    if (Array.isArray(value)) return value.map((item) => this.#copy(item, path, depth + 1));
    const copy: Record<string, JsonValue> = {};
    for (const [key, item] of Object.entries(value)) {
      setOwn(copy, this.#clean(key), this.#copy(item, path, depth + 1));
    }
    return copy;
  }

  #clean(text: string): string {
    const clean = text.replaceAll('\0', '\uFFFD').replace(/\p{Cs}/gu, '\uFFFD');
    if (clean !== text) this.#repaired += 1;
    return clean;
  }
}

/** A copy of a JSON value that every store accepts: bounded in depth, its texts well-formed and without NUL. */
export function storableJson(value: JsonValue): JsonValue {
  return new Reader(new IssueLog()).json(value, '');
}

/** A field of what may be an object. */
export function field(value: unknown, key: string): JsonValue | undefined {
  return isJsonObject(value) ? own(value, key) : undefined;
}

/** What a value is, as a message says it. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'boolean' ? 'true or false' : `a ${typeof value}`;
}

/** A number that is one, or is written as one; else null. */
export function readNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A list, or the list that a JSON text holds; else null. */
export function readList(value: JsonValue | undefined): readonly JsonValue[] | null {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  const parsed = typeof value === 'string' ? parseJsonText(value) : undefined;
  return Array.isArray(parsed) ? (parsed as readonly JsonValue[]) : null;
}

/** The value that a JSON text holds; undefined where it is no JSON or nested too deeply. */
export function parseJsonText(text: string): JsonValue | undefined {
  if (depthOfJson(text) > MAX_DEPTH) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** How deep the brackets of a JSON text go, those within strings not counted. */
function depthOfJson(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString && char === '\\') at += 1;
    else if (char === '"') inString = !inString;
    else if (inString) continue;
    else if (char === '[' || char === '{') deepest = Math.max(deepest, (depth += 1));
    else if (char === ']' || char === '}') depth -= 1;
  }
  return deepest;
}
