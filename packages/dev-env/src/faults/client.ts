import { setTimeout as delay } from 'node:timers/promises';
import type { JsonObject } from '@sim/domain';
import { Agent, request } from 'undici';
import type { Random } from './random.js';

/** A request that may be sent again. */
export interface Sent {
  readonly method: 'GET' | 'POST';
  /** Below the base path of the conversations. */
  readonly path: string;
  readonly body?: JsonObject;
  readonly key?: string;
}

/** Counts of what a client met. */
export interface Traffic {
  requests: number;
  /** How often a request was sent again, by why. */
  readonly again: Record<string, number>;
}

/** A client that does not give up: it sends again, with the same key, to the other replica. */
export interface PatientClient {
  /** @throws RefusedError, GaveUpError */
  send(sent: Sent, givesUpAt: number): Promise<JsonObject>;
  close(): Promise<void>;
}

/** An answer that says that the request itself is wrong. */
export class RefusedError extends Error {
  constructor({ method, path }: Sent, status: number, code: string) {
    super(`${method} ${path} was refused: ${status} ${code}`);
    this.name = 'RefusedError';
  }
}

/** Nobody answered in time. */
export class GaveUpError extends Error {
  constructor({ method, path }: Sent, why: string) {
    super(`${method} ${path} got no answer in time; last: ${why}`);
    this.name = 'GaveUpError';
  }
}

const BASE = '/api/v1/conversational-workflows';
/** Longer than `REPLY_WITHIN_MS`: after it the connection is taken for dead. */
const ANSWER_WITHIN_MS = 20_000;
const PAUSE_MS = { least: 50, most: 400 };

/** Refusals that pass by themselves. */
const passes = (status: number): boolean => status === 409 || status === 429 || status >= 500;

/** @param origins of the replicas, at least one */
export function createPatientClient(options: {
  readonly origins: readonly [string, ...string[]];
  readonly token: string;
  readonly random: Random;
  readonly traffic: Traffic;
}): PatientClient {
  const { origins, token, random, traffic } = options;
  const dispatcher = new Agent({
    connections: 128,
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
    connectTimeout: 2_000,
  });
  const once = async (origin: string, sent: Sent): Promise<JsonObject | string> => {
    traffic.requests += 1;
    const response = await request(`${origin}${BASE}${sent.path}`, {
      method: sent.method,
      dispatcher,
      headers: {
        authorization: `Bearer ${token}`,
        ...(sent.body && { 'content-type': 'application/json' }),
        ...(sent.key !== undefined && { 'idempotency-key': sent.key }),
      },
      ...(sent.body && { body: JSON.stringify(sent.body) }),
    });
    const body = (await response.body.json()) as JsonObject;
    const { statusCode } = response;
    if (statusCode < 300) return body;
    const code = typeof body['code'] === 'string' ? body['code'] : 'without a code';
    if (!passes(statusCode)) throw new RefusedError(sent, statusCode, code);
    return `${statusCode} ${code}`;
  };
  return {
    async send(sent, givesUpAt) {
      for (let turn = random.between(0, origins.length - 1); ; turn += 1) {
        const origin = origins[turn % origins.length] ?? origins[0];
        const outcome = await once(origin, sent).catch(lostConnection);
        if (typeof outcome !== 'string') return outcome;
        traffic.again[outcome] = (traffic.again[outcome] ?? 0) + 1;
        if (performance.now() > givesUpAt) throw new GaveUpError(sent, outcome);
        await delay(random.between(PAUSE_MS.least, PAUSE_MS.most));
      }
    },
    close: () => dispatcher.destroy(),
  };
}

/** The code of a connection that could not be made or broke off. */
function lostConnection(error: unknown): string {
  if (error instanceof RefusedError) throw error;
  if (error instanceof SyntaxError) return 'an answer cut short';
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}
