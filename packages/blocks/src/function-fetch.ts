import type { JsonObject } from '@sim/domain';
import { BlockFailure, withinLimit, type BlockContext } from '@sim/engine';
import type { Dispatcher } from 'undici';
import { redact } from './failures.js';
import { InvalidCallError, readCall, type HttpCall } from './http/call.js';
import { exchangeRaw, textOf } from './http/exchange.js';
import { requestFailure } from './http/failures.js';
import type { Fetching, SandboxAnswer, SandboxCall } from './sandbox/sandbox.js';

/** What `fetch` in functions may do. */
export interface FunctionFetchOptions {
  /** Decides which hosts may be reached. */
  readonly dispatcher: Dispatcher;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  /** Of one answer, unpacked. */
  readonly maxResponseBytes: number;
  /** Of one request, in characters. */
  readonly maxBodyLength: number;
  /** Of one run. */
  readonly maxRequests: number;
}

/**
 * The `fetch` of one run: the same client as `api` blocks have, with their protection. Writes carry the
 * run's key and their number in it, so that a receiver can drop those of a second attempt.
 */
export function functionFetch(options: FunctionFetchOptions, context: BlockContext): Fetching {
  let made = 0;
  return {
    maxRequests: options.maxRequests,
    async fetcher(call, signal) {
      made += 1;
      // The sandbox counts too; what runs in it is not to be trusted with it.
      if (made > options.maxRequests)
        return refused(`no more than ${options.maxRequests} requests`);
      if ((call.body ?? '').length > options.maxBodyLength) {
        return refused(`the body is larger than ${options.maxBodyLength} characters`);
      }
      const until = AbortSignal.any([signal, context.signal]);
      try {
        return await send(
          withKey(read(call), `${context.idempotencyKey}:${made}`),
          until,
          options,
          context,
        );
      } catch (error) {
        return refused(redact(reasonOf(error, context), context.secrets));
      }
    },
  };
}

const refused = (message: string): SandboxAnswer => ({ ok: false, message });

/** @throws InvalidCallError */
function read({ url, method, headers, body }: SandboxCall): HttpCall {
  return readCall({ url, method, headers, body } satisfies JsonObject);
}

function withKey(call: HttpCall, key: string): HttpCall {
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(call.method);
  return isRead ? call : { ...call, headers: { 'idempotency-key': key, ...call.headers } };
}

async function send(
  call: HttpCall,
  until: AbortSignal,
  { dispatcher, timeoutMs, maxRedirects, maxResponseBytes: maxBytes }: FunctionFetchOptions,
  { secrets }: BlockContext,
): Promise<SandboxAnswer> {
  const { status, headers, url, bytes } = await withinLimit(until, timeoutMs, (signal) =>
    exchangeRaw(call, { dispatcher, signal, maxRedirects, maxBytes, secrets }),
  );
  return { ok: true, status, headers, url, text: textOf(bytes, headers['content-type'] ?? '') };
}

function reasonOf(error: unknown, context: BlockContext): string {
  if (error instanceof InvalidCallError) return error.message;
  const told = requestFailure(context, error);
  return told instanceof BlockFailure ? told.error.message : 'The request could not be made.';
}
