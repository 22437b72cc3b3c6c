import { pipeline, type Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createBrotliDecompress, createInflate, createUnzip } from 'node:zlib';
import type { JsonValue } from '@sim/domain';
import type { Dispatcher } from 'undici';
import { parseJson } from '../json-text.js';
import { readUrl, type HttpCall } from './call.js';

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON parsed by content type, other text as a string, anything else as `{contentType, base64}`. */
  readonly data: JsonValue;
}

/** What came back, as it was sent. */
export interface RawAnswer extends Pick<HttpAnswer, 'status' | 'headers'> {
  /** Where it came from in the end. */
  readonly url: string;
  /** Unpacked. */
  readonly bytes: Buffer;
}

export class TooManyRedirectsError extends Error {
  constructor(limit: number) {
    super(`It redirected more than ${limit} times.`);
    this.name = 'TooManyRedirectsError';
  }
}

export class ResponseTooLargeError extends Error {
  constructor(limit: number) {
    super(`The answer is larger than ${limit} bytes.`);
    this.name = 'ResponseTooLargeError';
  }
}

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
  readonly maxRedirects: number;
  /** Of the body, unpacked. */
  readonly maxBytes: number;
  /** Headers that carry one of these do not follow a redirect to another origin. */
  readonly secrets: readonly string[];
}

/** Never sent on to another origin. */
const CREDENTIALS = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-auth-token',
]);

/**
 * Sends a request and follows its redirects by the rules of fetch.
 * @throws TooManyRedirectsError, ResponseTooLargeError, InvalidCallError (a redirect to no URL),
 * the signal's reason, or what the dispatcher throws
 */
export async function exchange(first: HttpCall, options: ExchangeOptions): Promise<HttpAnswer> {
  const { status, headers, bytes } = await exchangeRaw(first, options);
  return { status, headers, data: decode(bytes, headers['content-type'] ?? '') };
}

/** As {@link exchange}, with the body as it is. */
export async function exchangeRaw(first: HttpCall, options: ExchangeOptions): Promise<RawAnswer> {
  let call = first;
  for (let redirects = 0; redirects <= options.maxRedirects; redirects += 1) {
    const response = await send(call, options);
    const location = headerText(response.headers.location);
    if (!isRedirect(response.statusCode) || location === '')
      return receive(response, call.url, options);
    await response.body.dump({ limit: 64 * 1024 }).catch(() => response.body.destroy());
    call = redirected(call, response.statusCode, readUrl(location, call.url), options.secrets);
  }
  throw new TooManyRedirectsError(options.maxRedirects);
}

function send(call: HttpCall, options: ExchangeOptions): Promise<Dispatcher.ResponseData> {
  return options.dispatcher.request({
    origin: call.url.origin,
    path: `${call.url.pathname}${call.url.search}`,
    method: call.method,
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'sim-journeys',
      ...call.headers,
    },
    body: call.body,
    signal: options.signal,
  });
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function redirected(
  call: HttpCall,
  status: number,
  url: URL,
  secrets: readonly string[],
): HttpCall {
  const toGet =
    (status === 303 && call.method !== 'HEAD') ||
    ((status === 301 || status === 302) && call.method === 'POST');
  const keepsOrigin = url.origin === call.url.origin;
  const headers = Object.entries(call.headers).filter(([name, value]) => {
    if (toGet && name.startsWith('content-')) return false;
    return (
      keepsOrigin || !(CREDENTIALS.has(name) || secrets.some((secret) => value.includes(secret)))
    );
  });
  return {
    method: toGet ? 'GET' : call.method,
    url,
    headers: Object.fromEntries(headers),
    body: toGet ? null : call.body,
  };
}

async function receive(
  response: Dispatcher.ResponseData,
  url: URL,
  options: ExchangeOptions,
): Promise<RawAnswer> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) headers[name] = headerText(value);
  const body = unpacked(response.body, headers['content-encoding'] ?? '');
  const bytes = await readUpTo(body, options.maxBytes);
  return { status: response.statusCode, headers, url: url.href, bytes };
}

function headerText(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}

function unpacked(body: Readable, encoding: string): Readable {
  const unpack = unpackerOf(encoding.trim().toLowerCase());
  if (!unpack) return body;
  // Errors of either side surface where the result is read.
  pipeline(body, unpack, () => undefined);
  return unpack;
}

function unpackerOf(encoding: string): (Readable & NodeJS.WritableStream) | null {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createUnzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : null;
}

/** Stops reading, and with it the transfer, as soon as the limit is passed. */
async function readUpTo(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the stream.
    if (size > maxBytes) throw new ResponseTooLargeError(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const TEXT_TYPE =
  /^(?:text\/|application\/(?:.+\+)?(?:json|xml|javascript|x-ndjson|yaml|x-www-form-urlencoded|graphql))/;

function decode(bytes: Buffer, contentType: string): JsonValue {
  if (bytes.length === 0) return null;
  const type = contentType.toLowerCase();
  const [mime = ''] = type.split(';');
  if (mime !== '' && !TEXT_TYPE.test(mime.trim())) {
    return { contentType: mime.trim(), base64: bytes.toString('base64') };
  }
  const text = textOf(bytes, type);
  const json = /[/+](?:x-)?json$/.test(mime.trim()) ? parseJson(text) : undefined;
  return json === undefined ? text : json;
}

/** The text that bytes are, by the charset of their content type. */
export function textOf(bytes: Buffer, contentType: string): string {
  const charset = /charset="?([\w.:-]+)/.exec(contentType.toLowerCase())?.[1];
  return decoder(charset).decode(bytes);
}

function decoder(charset = 'utf-8'): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
