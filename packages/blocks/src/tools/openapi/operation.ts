import { isJsonObject, own, type JsonObject, type JsonValue } from '@sim/domain';
import { OpenApiError, type OpenApiDocument } from './document.js';

/** A parameter of an operation. */
export interface OperationParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly schema: JsonObject | null;
  readonly style: string | null;
  readonly explode: boolean | null;
  /** Its value is sent as JSON. */
  readonly isJson: boolean;
}

/** The body of an operation. */
export interface OperationBody {
  readonly required: boolean;
  readonly mediaType: string;
  /** Its fields and their schemas; none where it is no object. */
  readonly properties: ReadonlyMap<string, JsonObject | null>;
  readonly requiredProperties: readonly string[];
  readonly schema: JsonObject | null;
}

/** An operation of a document, with all that a request needs. */
export interface ApiOperation {
  readonly method: string;
  /** Such as `/users/{id}`. */
  readonly path: string;
  /** As the document has it: absolute, or relative to where the document is; null where it has none. */
  readonly server: string | null;
  readonly parameters: readonly OperationParameter[];
  readonly body: OperationBody | null;
  /** What it does, in the words of the document; empty where it says nothing. */
  readonly summary: string;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;
const PLACES = ['path', 'query', 'header', 'cookie'] as const;
/** The specification gives these to the connection and to the security schemes. */
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization']);

/** Finds an operation. @throws OpenApiError where there is none, or it cannot be called from here */
export function findOperation(document: OpenApiDocument, operationId: string): ApiOperation {
  for (const [path, node] of Object.entries(objectAt(document.root, 'paths'))) {
    const item = document.resolve(node);
    if (!item) continue;
    for (const method of METHODS) {
      const operation = own(item, method);
      if (!isJsonObject(operation) || operation.operationId !== operationId) continue;
      return {
        method: method.toUpperCase(),
        path,
        server: serverOf(document, [operation, item, document.root]),
        parameters: parametersOf(document, item, operation),
        body: bodyOf(document, operation),
        summary: summaryOf(operation),
      };
    }
  }
  throw new OpenApiError(`The document has no operation "${operationId.slice(0, 100)}".`);
}

function summaryOf({ summary, description }: JsonObject): string {
  const texts = [summary, description].filter((text) => typeof text === 'string');
  return texts.join('\n').trim();
}

function objectAt(node: JsonObject, key: string): JsonObject {
  const value = own(node, key);
  return isJsonObject(value) ? value : {};
}

function listAt(node: JsonObject, key: string): readonly JsonValue[] {
  const value = own(node, key);
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

/** The first server of the innermost list, its variables at their defaults. */
function serverOf(document: OpenApiDocument, nodes: readonly JsonObject[]): string | null {
  for (const node of nodes) {
    const server = document.resolve(listAt(node, 'servers')[0]);
    const url = server && own(server, 'url');
    if (typeof url !== 'string') continue;
    const variables = objectAt(server ?? {}, 'variables');
    return url.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
      const variable = document.resolve(own(variables, name));
      return typeof variable?.default === 'string' ? variable.default : whole;
    });
  }
  return null;
}

/** Those of the operation stand before those of its path that have the same name and place. */
function parametersOf(
  document: OpenApiDocument,
  item: JsonObject,
  operation: JsonObject,
): OperationParameter[] {
  const known = new Map<string, OperationParameter>();
  for (const node of [...listAt(operation, 'parameters'), ...listAt(item, 'parameters')]) {
    const parameter = parameterOf(document, document.resolve(node));
    const key = parameter && JSON.stringify([parameter.in, parameter.name]);
    if (key !== null && !known.has(key)) known.set(key, parameter as OperationParameter);
  }
  return [...known.values()];
}

function parameterOf(
  document: OpenApiDocument,
  node: JsonObject | null,
): OperationParameter | null {
  const name = node && own(node, 'name');
  const place = PLACES.find((known) => known === node?.in);
  if (!node || typeof name !== 'string' || !place) return null;
  if (place === 'header' && IGNORED_HEADERS.has(name.toLowerCase())) return null;
  const [content] = Object.values(objectAt(node, 'content'));
  const schema = isJsonObject(content) ? content.schema : node.schema;
  return {
    name,
    in: place,
    required: place === 'path' || node.required === true,
    schema: document.resolve(schema),
    style: typeof node.style === 'string' ? node.style : null,
    explode: typeof node.explode === 'boolean' ? node.explode : null,
    isJson: content !== undefined,
  };
}

function bodyOf(document: OpenApiDocument, operation: JsonObject): OperationBody | null {
  const node = document.resolve(own(operation, 'requestBody'));
  if (!node) return null;
  const media = Object.entries(objectAt(node, 'content'));
  const chosen = media.find(([type]) => isJsonType(type)) ?? media.find(([type]) => isForm(type));
  const required = node.required === true;
  if (!chosen) {
    if (!required) return null;
    const types = media
      .map(([type]) => type)
      .join(', ')
      .slice(0, 200);
    throw new OpenApiError(`The operation takes no JSON and no form, but ${types || 'nothing'}.`);
  }
  const [type, content] = chosen;
  const schema = isJsonObject(content) ? document.resolve(content.schema) : null;
  const fields = { properties: new Map<string, JsonObject | null>(), required: new Set<string>() };
  gatherFields(document, schema, fields);
  return {
    required,
    mediaType: type.includes('*') ? 'application/json' : type,
    properties: fields.properties,
    requiredProperties: [...fields.required],
    schema,
  };
}

const isJsonType = (type: string) => /^(?:application\/(?:[\w.-]+\+)?json\b|\*\/\*)/i.test(type);
const isForm = (type: string) => /^application\/x-www-form-urlencoded\b/i.test(type);

interface Fields {
  readonly properties: Map<string, JsonObject | null>;
  readonly required: Set<string>;
}

/** Parts of a schema that are looked into; more than that no document has. */
const MAX_PARTS = 200;

/** The fields of an object schema and of what it is put together of by `allOf`. */
function gatherFields(document: OpenApiDocument, schema: JsonObject | null, fields: Fields): void {
  const open = [schema];
  for (let parts = 0; open.length > 0; parts += 1) {
    const part = open.pop();
    if (parts > MAX_PARTS) throw new OpenApiError('The schema of the body has too many parts.');
    if (!part) continue;
    for (const [name, node] of Object.entries(objectAt(part, 'properties'))) {
      const property = document.resolve(node);
      if (property?.readOnly !== true) fields.properties.set(name, property);
    }
    for (const name of listAt(part, 'required')) {
      if (typeof name === 'string') fields.required.add(name);
    }
    for (const node of listAt(part, 'allOf')) open.push(document.resolve(node));
  }
  for (const name of fields.required) {
    if (!fields.properties.has(name) && fields.properties.size > 0) fields.required.delete(name);
  }
}
