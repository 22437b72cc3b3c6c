import { fetch, type Dispatcher } from 'undici';

/** The code that stands in the place of an answer that is too large. */
export const TOO_LARGE = 'answer_too_large';

/** The longest that the library may sleep because a server says so. */
const MAX_RETRY_AFTER_MS = 5_000;
const NO_RETRY = { 'x-should-retry': 'false' };

/** A `fetch` for the client library: through our dispatcher, without redirects, bounded in size. */
export function cappedFetch(dispatcher: Dispatcher, maxBytes: number) {
  return async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const answer = await fetch(url instanceof Request ? url.url : url, {
      dispatcher,
      // A redirect could carry the key elsewhere.
      redirect: 'manual',
      method: init.method ?? 'GET',
      headers: [...new Headers(init.headers)],
      body: typeof init.body === 'string' ? init.body : null,
      signal: init.signal ?? null,
    });
    const { status } = answer;
    if (isStream(init, answer.headers.get('content-type'), status)) {
      return new Response(capped(answer.body, maxBytes * STREAM_OVERHEAD), {
        status,
        headers: [...answer.headers].filter(([name]) => name !== 'content-encoding'),
      });
    }
    const text = await readText(answer.body, maxBytes);
    if (text === null) return tooLarge();
    const headers = new Headers([...answer.headers]);
    // The body is unpacked already.
    for (const name of ['content-encoding', 'content-length']) headers.delete(name);
    if (isLongWait(headers)) headers.set('x-should-retry', 'false');
    return new Response(status === 204 || status === 304 ? null : text, { status, headers });
  };
}

/** A stream wraps each word in some hundred bytes of its own. */
const STREAM_OVERHEAD = 10;

/** An answer piece by piece is larger than it may be. */
export class AnswerTooLargeError extends Error {
  constructor() {
    super('The answer is too large.');
    this.name = 'AnswerTooLargeError';
  }
}

/** Whether an answer comes piece by piece, as it was asked to: a server may send all of it at once. */
function isStream({ body }: RequestInit, contentType: string | null, status: number): boolean {
  // In a text of the request, the quotes would be escaped.
  const wasAsked = typeof body === 'string' && body.includes('"stream":true');
  return wasAsked && status === 200 && /^text\/event-stream\b/i.test(contentType ?? '');
}

function capped(body: AsyncIterable<Uint8Array> | null, maxBytes: number) {
  return ReadableStream.from(
    (async function* () {
      let size = 0;
      for await (const chunk of body ?? []) {
        size += chunk.byteLength;
        if (size > maxBytes) throw new AnswerTooLargeError();
        yield chunk;
      }
    })(),
  );
}

/** Null where it is larger. */
async function readText(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** As an error of the server, since the library would retry an exception. */
function tooLarge(): Response {
  const body = JSON.stringify({ error: { code: TOO_LARGE } });
  const headers = { 'content-type': 'application/json', ...NO_RETRY };
  return new Response(body, { status: 502, headers });
}

function isLongWait(headers: Headers): boolean {
  return retryAfterMs(headers) > MAX_RETRY_AFTER_MS;
}

/** How long a server asks to be left alone, in ms; 0 where it does not say so in a number. */
export function retryAfterMs(headers: Headers | undefined): number {
  const ms = Number(headers?.get('retry-after-ms') ?? NaN);
  const after = headers?.get('retry-after') ?? '';
  // A date is rare, and trusting another clock is not worth it: that long a wait is no retry of ours.
  const seconds = /^\s*\d/.test(after) ? Number.parseFloat(after) : after === '' ? 0 : Infinity;
  return Number.isFinite(ms) ? ms : seconds * 1000;
}
