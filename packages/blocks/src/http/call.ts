import { asText, isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import { parseJson } from '../json-text.js';
import { readTable } from '../table.js';

/** One HTTP request as a block's parameters describe it. */
export interface HttpCall {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Parameters that make no request; the message says which and why. */
export class InvalidCallError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidCallError';
  }
}

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** Belong to the connection; like browsers, we do not let a request set them. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Line breaks would start a header of their own; Node refuses what is not Latin-1. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** @throws InvalidCallError */
export function readCall(params: JsonObject): HttpCall {
  const method = readMethod(params.method);
  const url = readUrl(params.url);
  for (const [key, value] of readTable(params.params)) url.searchParams.append(key, value);
  const headers = readHeaders(params.headers);
  if (url.username !== '' || url.password !== '') {
    const pair = `${decoded(url.username)}:${decoded(url.password)}`;
    const basic = `Basic ${Buffer.from(pair).toString('base64')}`;
    if (!Object.hasOwn(headers, 'authorization')) headers.authorization = basic;
    url.username = url.password = '';
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? readBody(params.body ?? null, headers) : null;
  return { method, url, headers, body };
}

/** A redirect's or a block's URL; only http and https are spoken. @throws InvalidCallError */
export function readUrl(value: JsonValue | undefined, base?: URL): URL {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new InvalidCallError('The block has no URL.');
  }
  const text = value.trim();
  if (!URL.canParse(text, base?.href)) {
    throw new InvalidCallError(
      `"${text.slice(0, 200)}" is not a full URL such as https://host/path.`,
    );
  }
  const url = new URL(text, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new InvalidCallError(`Only http and https are spoken, not ${url.protocol}`);
  }
  return url;
}

function readMethod(value: JsonValue | undefined): string {
  const method = typeof value === 'string' && value !== '' ? value.trim().toUpperCase() : 'GET';
  if (METHODS.has(method)) return method;
  throw new InvalidCallError(`"${method.slice(0, 40)}" is not one of ${[...METHODS].join(', ')}.`);
}

function readHeaders(table: JsonValue | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [key, value] of readTable(table)) {
    const name = key.toLowerCase();
    if (!HEADER_NAME.test(name)) throw new InvalidCallError(`"${key}" is not a header name.`);
    if (!HEADER_VALUE.test(value)) {
      throw new InvalidCallError(`The header "${key}" has characters that a header cannot carry.`);
    }
    if (!CONNECTION_HEADERS.has(name) && name !== '__proto__') headers[name] = value.trim();
  }
  return headers;
}

/** Sets the content type where the block does not. */
function readBody(body: JsonValue, headers: Record<string, string>): string | null {
  if (body === null || body === '') return null;
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) {
    return isJsonObject(body) ? formEncoded(body) : asText(body);
  }
  const isJson = typeof body !== 'string' || parseJson(body) !== undefined;
  if (!Object.hasOwn(headers, 'content-type')) {
    headers['content-type'] = isJson ? 'application/json' : 'text/plain; charset=utf-8';
  }
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** A URL may hold a percent sign that encodes nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function formEncoded(body: JsonObject): string {
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(body)) form.append(key, asText(value));
  return form.toString();
}
