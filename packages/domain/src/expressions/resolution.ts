import type { JsonValue } from '../json.js';
import type { ReferenceToken } from './references.js';

/** Finds what a reference stands for. Pure; asked once per reference of a text. */
export type Lookup = (token: ReferenceToken) => Found;

/** What a {@link Lookup} answers. */
export type Found =
  | { readonly kind: 'value'; readonly value: JsonValue }
  /** It exists but has no value: the block has not run, or the path leads to nothing. */
  | { readonly kind: 'empty' }
  /** No block, variable or secret of that name: the text stays as it was written. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'error'; readonly error: UnknownFieldError };

/** A reference to a field that its block does not declare: a slip of the author's. */
export class UnknownFieldError extends Error {
  readonly code = 'unknown_field';
  /** As written. */
  readonly reference: string;
  readonly blockName: string;
  readonly knownFields: readonly string[];

  constructor(reference: string, blockName: string, knownFields: readonly string[]) {
    const known = knownFields.length > 0 ? `it has ${knownFields.join(', ')}` : 'it has no fields';
    super(`${reference} names a field that "${blockName}" does not have: ${known}.`);
    this.name = 'UnknownFieldError';
    this.reference = reference;
    this.blockName = blockName;
    this.knownFields = knownFields;
  }
}

/** A resolved value, or the first reference at fault. */
export type Resolved<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Values of the `{{ENV}}` markers that went into it: to be redacted from reports. */
      readonly secrets: readonly string[];
    }
  | { readonly ok: false; readonly error: UnknownFieldError };

/** How a value reads in a text: strings as they are, objects and arrays as JSON. */
export function asText(value: JsonValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Gathers over several texts: the secrets met, and the first error. */
export class Gathering {
  readonly #lookup: Lookup;
  readonly #secrets = new Set<string>();
  #error: UnknownFieldError | null = null;

  constructor(lookup: Lookup) {
    this.#lookup = lookup;
  }

  /** Looks up without taking note, for a reference that may turn out not to be used. */
  peek(token: ReferenceToken): Found {
    return this.#lookup(token);
  }

  /** Takes note of a reference that is used. */
  use(token: ReferenceToken, found: Found): void {
    if (found.kind === 'error') this.#error ??= found.error;
    if (found.kind === 'value' && token.kind === 'env') this.#secrets.add(asText(found.value));
  }

  take(token: ReferenceToken): Found {
    const found = this.peek(token);
    this.use(token, found);
    return found;
  }

  finish<T>(value: T): Resolved<T> {
    return this.#error
      ? { ok: false, error: this.#error }
      : { ok: true, value, secrets: [...this.#secrets] };
  }
}
