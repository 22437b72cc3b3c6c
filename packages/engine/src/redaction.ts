import { isJsonObject, setOwn, type JsonValue } from '@sim/domain';

/** What stands in place of a secret. */
const HIDDEN = '***';

/** Values too short to be told from ordinary text are not looked for. */
const SHORTEST_SECRET = 4;

/** What is looked for: the secrets in all their written forms, in the order in which {@link hide} takes them. */
export function secretsToHide(secrets: readonly string[]): readonly string[] {
  return longestFirst(secrets.flatMap(writtenForms));
}

/** Texts to hide, the longest first: one may be part of another. Those that could be any word are left out. */
export function longestFirst(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length);
}

/**
 * A secret as it stands where it was passed on: a tool that repeats a request repeats it as it was written,
 * in JSON (also within a text of JSON), in a URL, in a form or in base64.
 */
export function writtenForms(secret: string): string[] {
  if (secret.length < SHORTEST_SECRET) return [secret];
  const inJson = JSON.stringify(secret).slice(1, -1);
  const bytes = Buffer.from(secret);
  // Half a surrogate pair has no place in a URL.
  const whole = bytes.toString();
  return [
    ...new Set([
      secret,
      inJson,
      JSON.stringify(inJson).slice(1, -1),
      encodeURIComponent(whole),
      encodeURI(whole),
      new URLSearchParams([['', whole]]).toString().slice(1),
      ...inUrl(whole),
      bytes.toString('base64'),
      bytes.toString('base64url'),
    ]),
  ];
}

/** As the URL parser leaves it in a path and in a query, which it encodes less than others do. */
function inUrl(secret: string): string[] {
  const url = new URL('http://host/');
  // It would end the path or the query.
  url.pathname = secret.replaceAll('?', '%3F').replaceAll('#', '%23');
  url.search = secret.replaceAll('#', '%23');
  return [url.pathname.slice(1), url.search.slice(1)];
}

/** The text without these secrets. */
export function hide(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

/** The value without these secrets, in its texts, keys and numbers. */
export function hideDeep(value: JsonValue, secrets: readonly string[]): JsonValue {
  if (typeof value === 'string') return hide(value, secrets);
  if (typeof value === 'number') return secrets.includes(String(value)) ? HIDDEN : value;
  if (isJsonObject(value)) {
    const clean: Record<string, JsonValue> = {};
    for (const [key, item] of Object.entries(value)) {
      setOwn(clean, hide(key, secrets), hideDeep(item, secrets));
    }
    return clean;
  }
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).map((item) => hideDeep(item, secrets))
    : value;
}
