import {
  asText,
  isJsonObject,
  own,
  resolveJsonText,
  resolveText,
  resolveValue,
  scanReferences,
  type Found,
  type JsonObject,
  type JsonValue,
  type Lookup,
  type Resolved,
} from '@sim/domain';
import { argumentReader } from './arguments.js';
import type { ToolCall } from './call.js';

/** What the templates of a tool may read. */
export type TemplateValues = Pick<ToolCall, 'params' | 'operation' | 'env'> & {
  readonly blockType: string;
};

/** A URL that cannot be filled; the message says why. */
export class TemplateError extends Error {
  /** Parameters that the block does not have. */
  readonly missing: readonly string[];
  constructor(message: string, missing: readonly string[] = []) {
    super(message);
    this.name = 'TemplateError';
    this.missing = missing;
  }
}

/** Names of the `{{NAME}}` markers in the texts of a value. */
export function markersOf(value: JsonValue): string[] {
  const names = new Set<string>();
  const open: JsonValue[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') {
      for (const { kind, name } of scanReferences(next)) if (kind === 'env') names.add(name);
    } else {
      for (const item of childrenOf(next)) open.push(item);
    }
  }
  return [...names];
}

/** The values inside of a value. */
export function childrenOf(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  return isJsonObject(value) ? Object.values(value) : [];
}

/** A text with its references filled. */
export function fillText(template: string, values: TemplateValues): string {
  return valueOf(resolveText(template, lookupIn(values)));
}

/**
 * The rows of a table with their values filled. A row that is one reference to a parameter which the block
 * does not have is left out.
 */
export function fillTable(
  table: Readonly<Record<string, string>>,
  values: TemplateValues,
): Record<string, string> {
  const rows = Object.entries(table).map(([key, template]): [string, JsonValue] => {
    return [key, valueOf(resolveValue(template, lookupIn(values), { lone: 'raw' }))];
  });
  return Object.fromEntries(
    rows.filter(([, value]) => value !== null).map(([key, value]) => [key, asText(value)]),
  );
}

/** A body with its references filled: a lone one keeps its type, and no value breaks out of its place. */
export function fillBody(template: JsonValue, values: TemplateValues): JsonValue {
  const lookup = lookupIn(values);
  return typeof template === 'string' && /^\s*[[{](?!\{)/.test(template)
    ? valueOf(resolveJsonText(template, lookup))
    : valueOf(resolveValue(template, lookup, { lone: 'raw' }));
}

/**
 * A URL with its references filled. Values of parameters are percent-encoded and change neither the host nor
 * the folder; secrets stand as they are, as a secret may be the address itself.
 * @throws TemplateError
 */
export function fillUrl(template: string, values: TemplateValues): string {
  const missing = new Set<string>();
  const plain = lookupIn(values);
  const encoding: Lookup = (token) => {
    const found = plain(token);
    if (token.kind === 'env' || found.kind === 'unknown') return found;
    if (found.kind === 'value' && asText(found.value) !== '') {
      return { kind: 'value', value: encoded(asText(found.value)) };
    }
    missing.add(token.path.join('.') || token.name);
    return found;
  };
  const filled = valueOf(resolveText(template, encoding)).trim();
  if (missing.size > 0) {
    throw new TemplateError('The URL needs parameters that are not there.', [...missing]);
  }
  const neutral = valueOf(
    resolveText(template, (token) =>
      token.kind === 'env' ? plain(token) : { kind: 'value', value: 'x' },
    ),
  ).trim();
  if (originOf(neutral) !== originOf(filled)) {
    throw new TemplateError('Parameters of a block must not choose the host of the URL.');
  }
  if (hasDotSegment(filled)) {
    throw new TemplateError('The URL would climb out of its folder by "." or "..".');
  }
  return filled;
}

/** Whether a part of the path means this folder or the one above. */
export function hasDotSegment(url: string): boolean {
  const [path = ''] = url.split(/[?#]/);
  return path.split(/[/\\]/).some((part) => /^(?:\.|%2e){1,2}$/i.test(part));
}

/** Percent-encoded; halves of surrogate pairs that stand alone become U+FFFD. */
export function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}

function lookupIn({ params, operation, blockType, env }: TemplateValues): Lookup {
  const read = argumentReader(params);
  return (token): Found => {
    if (token.kind === 'env') return foundOr(own(env, token.name), 'unknown');
    if (token.kind !== 'block') return { kind: 'unknown' };
    if (token.name === 'operation') return foundOr(operation ?? undefined, 'empty');
    if (token.name === 'blocktype') return { kind: 'value', value: blockType };
    if (token.name !== 'params') return { kind: 'unknown' };
    const [head, ...rest] = token.path;
    if (head === undefined) return { kind: 'value', value: params };
    let value = read(String(head));
    for (const segment of rest) value = step(value, segment);
    return foundOr(value, 'empty');
  };
}

function foundOr(value: JsonValue | undefined, otherwise: 'unknown' | 'empty'): Found {
  return value === undefined ? { kind: otherwise } : { kind: 'value', value };
}

function step(value: JsonValue | undefined, segment: string | number): JsonValue | undefined {
  if (Array.isArray(value)) return (value as readonly JsonValue[])[Number(segment)];
  return isJsonObject(value) ? own(value, String(segment)) : undefined;
}

/** Lookups of templates find no fault, so there is always a value. */
function valueOf<T>(resolved: Resolved<T>): T {
  if (resolved.ok) return resolved.value;
  throw resolved.error;
}

/** The body that is sent where none is configured. */
export function wholeCall({ blockType, operation, params }: TemplateValues): JsonObject {
  return { blockType, operation, params };
}
