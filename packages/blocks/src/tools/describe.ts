import {
  isJsonObject,
  own,
  scanReferences,
  setOwn,
  type JsonObject,
  type JsonValue,
} from '@sim/domain';
import type { BlockExecutor, HttpToolAdapter } from '@sim/engine';
import type { OpenApiDocument } from './openapi/document.js';
import type { ApiOperation } from './openapi/operation.js';
import { childrenOf } from './template.js';

/** What a tool takes, as a model is told of it. */
export interface ToolDescription {
  /** Empty where nobody wrote one. */
  readonly description: string;
  /** The JSON schema of an object; null where it takes whatever it is given. */
  readonly parameters: JsonObject | null;
}

/** A configured tool that an agent may call. */
export interface OfferedTool extends ToolDescription {
  readonly executor: BlockExecutor;
  /** Runs any operation of its block type. */
  readonly runsAll: boolean;
}

/** The parameters that the templates of a request read; those in the path of its URL are required. */
export function describeHttp(adapter: HttpToolAdapter): ToolDescription {
  const properties: Record<string, JsonValue> = {};
  const required = new Set<string>();
  const { url, query, headers, body } = adapter;
  const [path = ''] = url.split('?');
  const rest = [url, query, headers, body];
  // Without a body of its own it sends all that it is given.
  let isOpen = body === null && !['GET', 'HEAD'].includes(adapter.method.toUpperCase());
  for (const [text, inPath] of [path, ...textsOf(rest)].map((t, i) => [t, i === 0] as const)) {
    for (const token of scanReferences(text)) {
      if (token.kind !== 'block' || token.name !== 'params') continue;
      const [name] = token.path;
      if (name === undefined) isOpen = true;
      else setOwn(properties, String(name), {});
      if (name !== undefined && inPath) required.add(String(name));
    }
  }
  if (isOpen) return { description: '', parameters: null };
  return { description: '', parameters: schemaOf(properties, [...required]) };
}

function textsOf(values: readonly JsonValue[]): string[] {
  const texts: string[] = [];
  const open = [...values];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') texts.push(next);
    else open.push(...childrenOf(next));
  }
  return texts;
}

/** The parameters of an operation, and the fields of its body. */
export function describeOperation(
  document: OpenApiDocument,
  { parameters, body, summary }: ApiOperation,
): ToolDescription {
  const properties: Record<string, JsonValue> = {};
  const required = new Set<string>();
  const add = (name: string, schema: JsonValue, isRequired: boolean) => {
    setOwn(properties, name, plainSchema(document, schema, MAX_DEPTH));
    if (isRequired) required.add(name);
  };
  for (const one of parameters) add(one.name, one.schema, one.required);
  if (body && body.properties.size === 0) add('body', body.schema, body.required);
  for (const [name, schema] of body?.properties ?? []) {
    add(name, schema, body?.requiredProperties.includes(name) === true);
  }
  return { description: summary, parameters: schemaOf(properties, [...required]) };
}

/** The schema of an object. */
export function schemaOf(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', properties, ...(required.length > 0 && { required: [...required] }) };
}

/** What of a schema helps a model; deeper levels say too little for their length. */
const MAX_DEPTH = 4;
const KEPT = ['type', 'description', 'enum', 'format', 'default', 'minimum', 'maximum'] as const;

/** A schema without references, which mean nothing outside of their document. */
function plainSchema(document: OpenApiDocument, node: JsonValue, depth: number): JsonObject {
  const schema = document.resolve(node);
  if (!schema) return {};
  const plain: Record<string, JsonValue> = {};
  for (const key of KEPT) {
    const value = own(schema, key);
    if (value !== undefined) plain[key] = value;
  }
  if (depth <= 0) return plain;
  const items = own(schema, 'items');
  if (items !== undefined) plain.items = plainSchema(document, items, depth - 1);
  const properties = own(schema, 'properties');
  if (isJsonObject(properties)) {
    const inner: Record<string, JsonValue> = {};
    for (const [name, one] of Object.entries(properties)) {
      setOwn(inner, name, plainSchema(document, one, depth - 1));
    }
    plain.properties = inner;
    const required = own(schema, 'required');
    if (Array.isArray(required)) plain.required = required as readonly JsonValue[];
  }
  return plain;
}
