import type { JsonObject } from '@sim/domain';
import { withinLimit } from '@sim/engine';
import { createGuardedAgent, type Resolve } from '../http/guarded-agent.js';
import { signedHeaders } from './signature.js';

/** One message to one receiver. */
export interface WebhookMessage {
  /** The same for every attempt, so that the receiver can drop the second. */
  readonly id: string;
  readonly url: string;
  /** `whsec_…`. */
  readonly secret: string;
  readonly content: JsonObject;
  /** By the sender's clock. */
  readonly sentAt: Date;
}

/** What came of sending a message. */
export interface WebhookAnswer {
  /** A status of 200 to 299 came in time. */
  readonly ok: boolean;
  /** Null where there was none. */
  readonly status: number | null;
  /** What went wrong; null where nothing did. */
  readonly error: string | null;
}

/** Sends messages to receivers outside. */
export interface WebhookSender {
  /** Never rejects: a failure is an answer. */
  send(message: WebhookMessage, signal?: AbortSignal): Promise<WebhookAnswer>;
  close(): Promise<void>;
}

export interface WebhookSenderOptions {
  /** Host names, host:port, addresses and CIDRs that may be reached though they are not public. */
  readonly allowPrivateHosts?: readonly string[];
  /** Of one attempt, from the look-up of the name to the answer's head; 10,000 where left out. */
  readonly timeoutMs?: number;
  /** The system's resolver by default. */
  readonly resolve?: Resolve;
}

/** Of an answer nothing is used but its status: so much of its body is read to keep the connection. */
const MOST_READ = 16 * 1024;
const LONGEST_ERROR = 300;

/**
 * A sender that reaches public addresses alone, unless others are allowed. It follows no redirect: the
 * receiver's address is the one that was configured.
 */
export function createWebhookSender(options: WebhookSenderOptions = {}): WebhookSender {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const agent = createGuardedAgent({
    allowPrivateHosts: options.allowPrivateHosts ?? [],
    connectTimeoutMs: timeoutMs,
    ...(options.resolve && { resolve: options.resolve }),
  });
  const post = async (
    { id, url, secret, content, sentAt }: WebhookMessage,
    signal: AbortSignal,
  ) => {
    const target = new URL(url);
    const body = JSON.stringify(content);
    const timestamp = Math.floor(sentAt.getTime() / 1000);
    const answer = await agent.request({
      origin: target.origin,
      path: `${target.pathname}${target.search}`,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'sim-journeys',
        ...signedHeaders(secret, { id, timestamp, body }),
      },
      body,
      signal,
    });
    await answer.body.dump({ limit: MOST_READ, signal }).catch(() => answer.body.destroy());
    return answer.statusCode;
  };
  return {
    async send(message, signal = new AbortController().signal) {
      try {
        const status = await withinLimit(signal, timeoutMs, (limited) => post(message, limited));
        const ok = status >= 200 && status < 300;
        return { ok, status, error: ok ? null : `The receiver answered ${status}.` };
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return { ok: false, status: null, error: text.slice(0, LONGEST_ERROR) };
      }
    },
    close: () => agent.destroy(),
  };
}
