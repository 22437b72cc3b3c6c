/** What stands in the place of a value that may not be logged. */
export const REDACTED = '[redacted]';

/** Deeper values are not logged: a log line is no dump. */
const MAX_DEPTH = 6;
/** Longer arrays are cut. */
const MAX_ITEMS = 50;

/** Keys whose value is secret, without case and separators: `X-API-Key` is `xapikey`. */
const SECRET_KEY =
  /^(authorization|proxyauthorization|cookie|setcookie|.*apikey|.*password|.*passphrase|.*secret|.*token|.*credentials?|encryptionkey|privatekey|databaseurl|redisurl|connectionstring)$/;

/** Keys that hold what people said or were told, and what they filled in. */
const TEXT_KEY =
  /^(naturallanguageinput|initialinput|agentresponse|welcomemessage|utterance|content|text|prompt|messages|slots|command|input|output)$/;

/**
 * A copy of a log object in which secrets and people's texts are replaced, at any depth.
 * Objects with a class of their own (errors, requests) are left to the serializers.
 */
export function redact<T extends object>(value: T): T {
  return redactValue(value, 0) as T;
}

function redactValue(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) {
    if (depth >= MAX_DEPTH) return '[…]';
    return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, depth + 1));
  }
  if (!isPlainObject(value)) return value;
  if (depth >= MAX_DEPTH) return '{…}';
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSensitive(key, inner) ? REDACTED : redactValue(inner, depth + 1),
    ]),
  );
}

/** Numbers and booleans, such as a count of tokens, tell nothing. */
function isSensitive(key: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === 'number' || typeof value === 'boolean') return false;
  const plain = key.toLowerCase().replace(/[-_]/g, '');
  return SECRET_KEY.test(plain) || TEXT_KEY.test(plain);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
