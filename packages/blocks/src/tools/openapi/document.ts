import { isJsonObject, own, type JsonObject, type JsonValue } from '@sim/domain';
import { parse as parseYaml } from 'yaml';
import { parseJson } from '../../json-text.js';
import { childrenOf } from '../template.js';

/** A text or value that is no OpenAPI document that can be used; the message says why. */
export class OpenApiError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OpenApiError';
  }
}

/** Far above real documents: the largest public ones have some 15 levels and 500,000 values. */
const MAX_DEPTH = 64;
const MAX_VALUES = 1_000_000;
/** References that lead to references. */
const MAX_HOPS = 16;
/** Aliases of YAML are few in real documents; a thousand of them can stand for a billion values. */
const MAX_ALIASES = 100;

/** An OpenAPI document, 3.0 or 3.1. */
export interface OpenApiDocument {
  readonly root: JsonObject;
  /** What a node stands for: itself, or what its `$ref` leads to inside the document. */
  resolve(node: JsonValue | undefined): JsonObject | null;
}

/**
 * Reads a document from its JSON or YAML text, or from its value.
 * @throws OpenApiError
 */
export function readDocument(source: JsonValue): OpenApiDocument {
  const root = typeof source === 'string' ? parseText(source) : source;
  if (!isJsonObject(root)) throw new OpenApiError('The document is no object.');
  refuseHuge(root);
  const version = own(root, 'openapi');
  if (typeof version !== 'string' || !/^3\.[01](?:\.|$)/.test(version)) {
    const found = own(root, 'swagger') === undefined ? '' : ' This is a document of version 2.';
    throw new OpenApiError(`The document is not of OpenAPI 3.0 or 3.1.${found}`);
  }
  return { root, resolve: (node) => resolved(root, node) };
}

function parseText(text: string): JsonValue {
  const json = parseJson(text);
  if (json !== undefined) return json;
  if (text.length > MAX_YAML) {
    throw new OpenApiError(`A document of more than ${MAX_YAML} characters is read as JSON alone.`);
  }
  refuseSteep(text);
  try {
    // `core` knows no dates or binary values, which would be no JSON.
    const value: unknown = parseYaml(text, { maxAliasCount: MAX_ALIASES, schema: 'core' });
    return value as JsonValue;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : '';
    throw new OpenApiError(`The document is neither JSON nor YAML: ${reason.slice(0, 200)}`, {
      cause,
    });
  }
}

/** Half a second or so of work, in which nothing else gets on; JSON takes a hundredth of that. */
const MAX_YAML = 512 * 1024;

/** Columns of indentation, and brackets that are open at once: both far above what documents have. */
const MAX_INDENT = 400;
const MAX_OPEN = 200;

/**
 * The parser of YAML works by recursion, and a text that nests without end takes the whole process down with
 * it, not only the call. So nesting is bounded beforehand: that of blocks by how far a line is indented, that
 * of flows by the brackets. Brackets in texts count as well; documents close those that they open.
 */
function refuseSteep(text: string): void {
  let column = 0;
  let isIndent = true;
  let open = 0;
  for (const char of text) {
    column = char === '\n' ? 0 : column + 1;
    isIndent = column === 0 || (isIndent && ' \t-?:'.includes(char));
    if (char === '[' || char === '{') open += 1;
    else if (char === ']' || char === '}') open = Math.max(0, open - 1);
    if (open > MAX_OPEN || (isIndent && column > MAX_INDENT)) {
      throw new OpenApiError('The document is nested too deep.');
    }
  }
}

/** Level by level, without recursion; a YAML alias is counted wherever it stands. */
function refuseHuge(root: JsonObject): void {
  let count = 0;
  let level: readonly JsonValue[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length;
    if (depth > MAX_DEPTH)
      throw new OpenApiError(`The document is deeper than ${MAX_DEPTH} levels.`);
    if (count > MAX_VALUES) {
      throw new OpenApiError(`The document has more than ${MAX_VALUES} values.`);
    }
    level = level.flatMap(childrenOf);
  }
}

function resolved(root: JsonObject, node: JsonValue | undefined): JsonObject | null {
  let current = node;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    if (!isJsonObject(current)) return null;
    const reference = own(current, '$ref');
    if (typeof reference !== 'string') return current;
    current = pointed(root, reference);
  }
  throw new OpenApiError('A $ref of the document leads round in a circle.');
}

/** RFC 6901, in its form as a URI fragment. */
function pointed(root: JsonObject, reference: string): JsonValue | undefined {
  if (!reference.startsWith('#/')) {
    const shown = reference.slice(0, 100);
    throw new OpenApiError(
      `"${shown}" leads out of the document; only $ref inside it is followed.`,
    );
  }
  let value: JsonValue | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const key = unescaped(part);
    if (Array.isArray(value)) value = (value as readonly JsonValue[])[Number(key)];
    else value = isJsonObject(value) ? own(value, key) : undefined;
  }
  if (value === undefined) {
    throw new OpenApiError(`"${reference.slice(0, 100)}" leads to nothing in the document.`);
  }
  return value;
}

function unescaped(part: string): string {
  const text = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
