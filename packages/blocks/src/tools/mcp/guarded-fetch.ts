import { fetch, type Dispatcher } from 'undici';
import { ResponseTooLargeError } from '../../http/exchange.js';

/** The part of `fetch` that the protocol's library uses. */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Options of {@link guardedFetch}. */
export interface GuardedFetchOptions {
  /** Decides which hosts may be reached. */
  readonly dispatcher: Dispatcher;
  /** Of one answer, unpacked. */
  readonly maxBytes: number;
  /** Hears of requests that fail and of answers that are too large or break off. */
  readonly onFailure: (error: unknown) => void;
  /** Streams that a client opens to listen are refused as a server without them would. */
  readonly listens: boolean;
}

const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);
const METHOD_NOT_ALLOWED = 405;

/** A `fetch` that goes through a dispatcher and reads no more of an answer than is allowed. */
export function guardedFetch(options: GuardedFetchOptions): Fetch {
  return async (url, init = {}) => {
    const headers = new Headers(init.headers);
    if (!options.listens && init.method === 'GET' && !headers.has('last-event-id')) {
      return new Response(null, { status: METHOD_NOT_ALLOWED });
    }
    const response = await fetch(url, {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(headers),
      body: typeof init.body === 'string' ? init.body : null,
      redirect: init.redirect ?? 'manual',
      signal: init.signal ?? null,
      dispatcher: options.dispatcher,
    }).catch((error: unknown) => {
      options.onFailure(error);
      throw error;
    });
    const { status, statusText } = response;
    const body =
      response.body && !WITHOUT_BODY.has(status) ? bounded(response.body, options) : null;
    const answer = new Response(body, {
      status,
      statusText,
      headers: Object.fromEntries(response.headers),
    });
    Object.defineProperty(answer, 'url', { value: response.url });
    return answer;
  };
}

function bounded(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, onFailure }: GuardedFetchOptions,
): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  let size = 0;
  let isCancelled = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await chunks.next();
        if (isCancelled) return;
        size += done === true ? 0 : value.byteLength;
        if (size > maxBytes) throw new ResponseTooLargeError(maxBytes);
        if (done === true) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        if (isCancelled) return;
        onFailure(error);
        await chunks.return?.();
        throw error;
      }
    },
    async cancel() {
      isCancelled = true;
      await chunks.return?.();
    },
  });
}
