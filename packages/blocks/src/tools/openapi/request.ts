import { asText, isJsonObject, setOwn, type JsonObject, type JsonValue } from '@sim/domain';
import { argumentReader, coerced } from '../arguments.js';
import { encoded, hasDotSegment } from '../template.js';
import { OpenApiError } from './document.js';
import type { ApiOperation, OperationBody, OperationParameter } from './operation.js';

/** A request that an operation's parameters make. */
export interface OperationRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

/** Either the request, or the names of what is required and not there. */
export type RequestOutcome =
  | { readonly ok: true; readonly request: OperationRequest }
  | { readonly ok: false; readonly missing: readonly string[] };

type Read = (name: string) => JsonValue | undefined;

/**
 * Maps a block's parameters onto those of an operation, by name.
 * @param server absolute
 * @throws OpenApiError where the operation cannot be called from here
 */
export function requestFor(
  operation: ApiOperation,
  server: string,
  params: JsonObject,
): RequestOutcome {
  const read = argumentReader(params);
  const body = operation.body && bodyFrom(operation.body, read);
  const missing = [
    ...operation.parameters.filter(({ name, required }) => required && read(name) === undefined),
    ...(body?.missing ?? []).map((name) => ({ name })),
  ].map(({ name }) => name);
  if (missing.length > 0) return { ok: false, missing: [...new Set(missing)] };
  const headers: Record<string, string> = {};
  const query: string[] = [];
  const inPath = new Map<string, string>();
  for (const parameter of operation.parameters) {
    const given = read(parameter.name);
    if (given === undefined) continue;
    const value = parameter.isJson ? JSON.stringify(given) : coerced(given, parameter.schema);
    if (parameter.in === 'query') query.push(...queryPairs(parameter, value));
    else if (parameter.in === 'header') setOwn(headers, parameter.name, simple(value));
    else if (parameter.in === 'path') inPath.set(parameter.name, encodedList(value));
    else if (parameter.required) throw new OpenApiError('Parameters in cookies are not sent.');
  }
  if (body && body.value !== null) headers['content-type'] = body.mediaType;
  const url = `${server.replace(/\/+$/, '')}${pathOf(operation.path, inPath)}`;
  const separator = url.includes('?') ? '&' : '?';
  return {
    ok: true,
    request: {
      method: operation.method,
      url: query.length > 0 ? `${url}${separator}${query.join('&')}` : url,
      headers,
      body: body?.value ?? null,
    },
  };
}

function pathOf(template: string, values: ReadonlyMap<string, string>): string {
  const path = template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new OpenApiError(`The path names {${name}}, no parameter does.`);
    return value;
  });
  if (hasDotSegment(path)) throw new OpenApiError('The path would climb by "." or "..".');
  return path.startsWith('/') ? path : `/${path}`;
}

/** `form` by default: a list gives a pair for each item, unless it is not to explode. */
function queryPairs({ name, style, explode }: OperationParameter, value: JsonValue): string[] {
  const pair = (key: string, text: string) => `${encoded(key)}=${encoded(text)}`;
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map(asText);
    if (explode ?? true) return items.map((item) => pair(name, item));
    const separator = style === 'spaceDelimited' ? '%20' : style === 'pipeDelimited' ? '|' : ',';
    return [`${encoded(name)}=${items.map(encoded).join(separator)}`];
  }
  if (!isJsonObject(value)) return [pair(name, asText(value))];
  const entries = Object.entries(value);
  if (style === 'deepObject') {
    return entries.map(([key, item]) => pair(`${name}[${key}]`, asText(item)));
  }
  return (explode ?? true)
    ? entries.map(([key, item]) => pair(key, asText(item)))
    : [pair(name, entries.flatMap(([key, item]) => [key, asText(item)]).join(','))];
}

function simple(value: JsonValue): string {
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).map(asText).join(',')
    : asText(value);
}

function encodedList(value: JsonValue): string {
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return items.map((item) => encoded(asText(item))).join(',');
}

interface FilledBody {
  /** Null where there is none. */
  readonly value: JsonValue;
  readonly mediaType: string;
  readonly missing: readonly string[];
}

/** A body without fields of its own is the parameter `body`, whole. */
function bodyFrom(body: OperationBody, read: Read): FilledBody {
  const { mediaType, required } = body;
  if (body.properties.size === 0) {
    const whole = read('body');
    const missing = required && whole === undefined ? ['body'] : [];
    return { value: whole === undefined ? null : coerced(whole, body.schema), mediaType, missing };
  }
  const fields: Record<string, JsonValue> = {};
  for (const [name, schema] of body.properties) {
    const given = read(name);
    if (given !== undefined) setOwn(fields, name, coerced(given, schema));
  }
  const isSent = required || Object.keys(fields).length > 0;
  const missing = isSent
    ? body.requiredProperties.filter((name) => !Object.hasOwn(fields, name))
    : [];
  return { value: isSent ? fields : null, mediaType, missing };
}
