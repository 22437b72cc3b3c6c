import * as z from 'zod';

/** What is known of one environment variable beside how it is parsed. */
export interface VariableMeta {
  /** What is accepted, as the end of the sentence "must be …". */
  readonly accepts: string;
  /** A secret's value never appears in an error. */
  readonly secret?: boolean;
  readonly [key: string]: unknown;
}

/** What each variable accepts; read by {@link parseConfig} and {@link describeVariables}. */
export const variableRegistry = z.registry<VariableMeta>();

/** A variable's schema: text in, `T` out. */
export type Variable<T> = z.ZodPipe<z.ZodString, z.ZodTransform<T, string>>;

/** Says that a value is not acceptable; the message is the variable's `accepts`. */
const REFUSED = Symbol('refused');

/**
 * A variable read by `parse`, which gives `REFUSED` for a value that is not accepted.
 * `.default(…)` and `.optional()` of zod apply to the result.
 */
const variable = <T>(
  meta: VariableMeta,
  parse: (raw: string) => T | typeof REFUSED,
): Variable<T> => {
  const message = `must be ${meta.accepts}`;
  const schema = z.string({ error: message }).transform((raw, context): T => {
    const value = parse(raw.trim());
    if (value !== REFUSED) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  variableRegistry.add(schema, meta);
  return schema;
};

/** Any text, trimmed. `accepts` says what it is, such as "a host name". */
export const text = (accepts: string): Variable<string> => variable({ accepts }, (raw) => raw);

/** A secret text of at least `minLength` characters; its value is never shown. */
export const secretText = (accepts: string, minLength = 1): Variable<string> =>
  variable({ accepts, secret: true }, (raw) => (raw.length >= minLength ? raw : REFUSED));

/** A whole number within bounds, both included. */
export const integer = (bounds: { min: number; max: number; unit?: string }): Variable<number> => {
  const unit = bounds.unit === undefined ? '' : ` of ${bounds.unit}`;
  const accepts = `a whole number${unit} from ${bounds.min} to ${bounds.max}`;
  return variable({ accepts }, (raw) => {
    const value = /^[+-]?\d{1,15}$/.test(raw) ? Number(raw) : NaN;
    return value >= bounds.min && value <= bounds.max ? value : REFUSED;
  });
};

/** A number within bounds, both included. */
export const decimal = (bounds: { min: number; max: number }): Variable<number> =>
  variable({ accepts: `a number from ${bounds.min} to ${bounds.max}` }, (raw) => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(raw) ? Number(raw) : NaN;
    return value >= bounds.min && value <= bounds.max ? value : REFUSED;
  });

/** The longest delay that a Node timer takes: 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** A duration in milliseconds, `min` (1 where not given) to what a timer can hold. */
export const durationMs = (min = 1): Variable<number> =>
  integer({ min, max: LONGEST_TIMER_MS, unit: 'milliseconds' });

/** A TCP port. 0 lets the system choose one, as tests do. */
export const port = (): Variable<number> => integer({ min: 0, max: 65_535 });

/** `true`, `false`, `1` or `0`. */
export const flag = (): Variable<boolean> =>
  variable({ accepts: 'true, false, 1 or 0' }, (raw) => {
    const word = raw.toLowerCase();
    if (word === 'true' || word === '1') return true;
    return word === 'false' || word === '0' ? false : REFUSED;
  });

/** One of some words. */
export const oneOf = <const W extends string>(words: readonly W[]): Variable<W> =>
  variable(
    { accepts: `one of ${words.join(', ')}` },
    (raw) => words.find((word) => word === raw.toLowerCase()) ?? REFUSED,
  );

/** Words between commas, trimmed; empty ones are dropped. */
export const list = (accepts = 'a list with commas between'): Variable<readonly string[]> =>
  variable({ accepts }, splitList);

/** An absolute http or https URL, without a slash at its end. */
export const httpUrl = (): Variable<string> =>
  variable({ accepts: 'an absolute http:// or https:// URL' }, (raw) => {
    return isWeb(parseUrl(raw)) ? raw.replace(/\/+$/, '') : REFUSED;
  });

/** Web origins between commas, such as `https://app.example.com,http://localhost:5173`. */
export const originList = (): Variable<readonly string[]> =>
  variable(
    { accepts: 'a list of origins (scheme://host[:port], no path) with commas between' },
    (raw) => {
      const origins = splitList(raw).map(toOrigin);
      return origins.every((origin) => origin !== undefined) ? origins : REFUSED;
    },
  );

const ENCRYPTION_KEY_BYTES = 32;

/** A key of 32 bytes, as 32 characters, 64 hexadecimal digits or base64. */
export const encryptionKey = (): Variable<Uint8Array> =>
  variable(
    { accepts: '32 bytes: 32 characters, 64 hexadecimal digits, or base64', secret: true },
    (raw) => candidateKeys(raw).find(isKey) ?? REFUSED,
  );

/** Keys as {@link encryptionKey} takes them, with commas between; one that holds a comma cannot be among them. */
export const encryptionKeys = (): Variable<readonly Uint8Array[]> =>
  variable(
    {
      accepts: 'keys with commas between, each as ENCRYPTION_KEY takes it',
      secret: true,
    },
    (raw) => {
      const keys = splitList(raw).map((part) => candidateKeys(part).find(isKey));
      return keys.every((key) => key !== undefined) ? keys : REFUSED;
    },
  );

const isKey = ({ length }: Uint8Array): boolean => length === ENCRYPTION_KEY_BYTES;

/** The readings of a key, the narrowest alphabet first: 64 hex digits are also valid base64. */
function candidateKeys(raw: string): Uint8Array[] {
  if (/^[0-9a-f]{64}$/i.test(raw)) return [Buffer.from(raw, 'hex')];
  const plain = Buffer.from(raw, 'utf8');
  return /^[\w+/-]{43}=?$/.test(raw) ? [Buffer.from(raw, 'base64')] : [plain];
}

/** The parts of a comma-separated text, trimmed, without empty ones. */
export function splitList(raw: string): string[] {
  return raw
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A URL, or nothing where the text is none. */
export function parseUrl(raw: string): URL | undefined {
  return URL.canParse(raw) ? new URL(raw) : undefined;
}

const isWeb = (url: URL | undefined): url is URL =>
  url?.protocol === 'http:' || url?.protocol === 'https:';

function toOrigin(raw: string): string | undefined {
  const url = parseUrl(raw);
  if (!isWeb(url)) return undefined;
  return url.origin === raw.replace(/\/$/, '').toLowerCase() ? url.origin : undefined;
}
