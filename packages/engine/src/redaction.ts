import { isJsonObject, setOwn, type JsonValue } from '@sim/domain';

/** What stands in place of a secret. */
const HIDDEN = '***';

/** Values too short to be told from ordinary text are not looked for. */
const SHORTEST_SECRET = 4;

/** The secrets that are looked for, longest first: one may be part of another. */
export function secretsToHide(secrets: readonly string[]): readonly string[] {
  return secrets
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length);
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
