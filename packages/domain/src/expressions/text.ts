import { isJsonObject, setOwn, type JsonValue } from '../json.js';
import { scanReferences, type ReferenceToken } from './references.js';
import { asText, Gathering, type Found, type Lookup, type Resolved } from './resolution.js';

/** How {@link resolveValue} treats the strings of a value. */
export interface ResolveValueOptions {
  /**
   * What a string that is exactly one reference becomes: `text` (default) its text, `raw` the value
   * itself with its JSON type (null where there is none).
   */
  readonly lone?: 'text' | 'raw';
}

/**
 * Replaces every reference of a text by its value's text. One pass: what comes out of a value is
 * never read for references again, so that nobody reads a secret by typing `{{SECRET}}`.
 */
export function resolveText(text: string, lookup: Lookup): Resolved<string> {
  const gathering = new Gathering(lookup);
  return gathering.finish(fillText(text, gathering));
}

/** {@link resolveText} over every string of a JSON value; keys stay as they are. */
export function resolveValue(
  value: JsonValue,
  lookup: Lookup,
  options: ResolveValueOptions = {},
): Resolved<JsonValue> {
  const gathering = new Gathering(lookup);
  return gathering.finish(fillValue(value, gathering, options.lone ?? 'text'));
}

/**
 * Resolves a text that is meant to be JSON with references in it (`{"to": "<start.mail>", "n": <start.n>}`)
 * and parses it: inside quotes a value's text is escaped, outside it stands as JSON, so that no value
 * can break out of its place. A text that is no JSON after that comes back as text.
 */
export function resolveJsonText(text: string, lookup: Lookup): Resolved<JsonValue> {
  const gathering = new Gathering(lookup);
  return gathering.finish(fillJsonText(text, gathering));
}

/** The text in place of a reference. */
export function foundText(token: ReferenceToken, found: Found): string {
  if (found.kind === 'value') return asText(found.value);
  return found.kind === 'unknown' ? token.raw : '';
}

/** @see resolveText */
function fillText(text: string, gathering: Gathering): string {
  return replaceReferences(text, (token) => foundText(token, gathering.take(token)));
}

/** @see resolveValue */
export function fillValue(value: JsonValue, gathering: Gathering, lone: 'text' | 'raw'): JsonValue {
  if (typeof value === 'string') {
    return lone === 'raw' ? fillRaw(value, gathering) : fillText(value, gathering);
  }
  if (isJsonObject(value)) {
    const filled: Record<string, JsonValue> = {};
    for (const [key, item] of Object.entries(value)) {
      setOwn(filled, key, fillValue(item, gathering, lone));
    }
    return filled;
  }
  return Array.isArray(value)
    ? value.map((item: JsonValue) => fillValue(item, gathering, lone))
    : value;
}

function fillRaw(text: string, gathering: Gathering): JsonValue {
  const trimmed = text.trim();
  const [token] = scanReferences(trimmed);
  if (token?.start !== 0 || token.end !== trimmed.length) return fillText(text, gathering);
  const found = gathering.take(token);
  if (found.kind === 'value') return found.value;
  return found.kind === 'unknown' ? text : null;
}

/** @see resolveJsonText */
export function fillJsonText(text: string, gathering: Gathering): JsonValue {
  const quotes = new QuoteTracker();
  const json = replaceReferences(
    text,
    (token) => {
      const found = gathering.take(token);
      if (quotes.inside) return JSON.stringify(foundText(token, found)).slice(1, -1);
      if (found.kind === 'unknown') return token.raw;
      return JSON.stringify(found.kind === 'value' ? found.value : null);
    },
    (between) => quotes.read(between),
  );
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    return fillText(text, gathering);
  }
}

function replaceReferences(
  text: string,
  replace: (token: ReferenceToken) => string,
  onBetween?: (text: string) => void,
): string {
  const tokens = scanReferences(text);
  if (tokens.length === 0) return text;
  const parts: string[] = [];
  let from = 0;
  for (const token of tokens) {
    const between = text.slice(from, token.start);
    onBetween?.(between);
    parts.push(between, replace(token));
    from = token.end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Knows whether what was read so far ends inside a JSON string. */
class QuoteTracker {
  inside = false;
  #escaped = false;

  read(text: string): void {
    for (const char of text) {
      if (this.#escaped) this.#escaped = false;
      else if (char === '\\') this.#escaped = this.inside;
      else if (char === '"') this.inside = !this.inside;
    }
  }
}
