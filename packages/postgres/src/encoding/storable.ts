/**
 * What PostgreSQL keeps in no text: U+0000, and halves of surrogate pairs that stand alone. They come
 * from people's input, so each is replaced by U+FFFD rather than refused.
 */
// eslint-disable-next-line no-control-regex -- U+0000 is what is looked for.
const UNSTORABLE = /\u0000|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** How `JSON.stringify` writes them; also matches text that merely talks of such an escape. */
const ESCAPED = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** The text with what PostgreSQL cannot keep replaced by U+FFFD. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}

/** JSON text that PostgreSQL takes as `json` and `jsonb`. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  return ESCAPED.test(text) ? JSON.stringify(clean(JSON.parse(text))) : text;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries defines properties, so that a key `__proto__` stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [storableText(key), clean(field)]),
  );
}
