import { isJsonObject } from '@sim/domain';
import type { BlockContext } from '@sim/engine';
import OpenAI, { type APIError } from 'openai';
import { Agent } from 'undici';
import {
  adapted,
  FIRST_SHAPE,
  isAboutOneSchema,
  requestBody,
  type Refusal,
  type Shape,
} from './adaptation.js';
import { readAnswer, type ModelAnswer } from './answer.js';
import { orAborted } from '../or-aborted.js';
import { isApiError, modelFailure, secretsOf } from './model-failures.js';
import type { ModelRequest } from './request.js';
import { readStream, tellWhole } from './stream.js';
import { cappedFetch } from './transport.js';

/** The server of a model, and what may be asked of it. */
export interface ModelOptions {
  /** Of an OpenAI-compatible server, `/v1` included; that of OpenAI by default. May be private. */
  readonly baseUrl?: string | null;
  /** None where the server wants none. */
  readonly apiKey?: string | null;
  /** For blocks that name no model. */
  readonly model: string;
  /** Of one answer, its retries included; 55,000 ms by default. */
  readonly timeoutMs?: number;
  /** After failures that may pass (429, 5xx, broken connections); 2 by default. */
  readonly maxRetries?: number;
  /** Of one answer, unpacked; 2 MiB by default. */
  readonly maxAnswerBytes?: number;
}

/** Asks a model. */
export interface Model {
  /**
   * One answer.
   * @throws BlockFailure `model_unavailable`, `model_timeout`, `model_rate_limited`, `model_refused` or
   * `model_answer_invalid`, or the signal's reason
   */
  complete(request: ModelRequest, context: BlockContext): Promise<ModelAnswer>;
  /** Breaks off what is under way. Idempotent. */
  close(): Promise<void>;
}

const OPENAI_URL = 'https://api.openai.com/v1';
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_REMEMBERED = 50;
/** How many of a request's parameters a server may dislike, one after the other. */
const MAX_ADAPTATIONS = 4;

/** A model behind an OpenAI-compatible server. Nothing connects before it is asked. */
export function createModel(options: ModelOptions): Model {
  const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS } });
  const baseURL = options.baseUrl ?? OPENAI_URL;
  const timeoutMs = options.timeoutMs ?? 55_000;
  const fetch = cappedFetch(agent, options.maxAnswerBytes ?? 2 * 1024 * 1024);
  const shapes = new Map<string, Shape>();

  function clientWith(apiKey: string | null): OpenAI {
    return new OpenAI({
      baseURL,
      fetch,
      apiKey: apiKey ?? 'none',
      // What is not named here, the library would read from the environment by itself.
      organization: null,
      project: null,
      logLevel: 'off',
      maxRetries: options.maxRetries ?? 2,
      // The limit that counts is the one over all attempts.
      timeout: timeoutMs + 1000,
      ...(apiKey === null && { defaultHeaders: { authorization: null } }),
    });
  }

  return {
    async complete(request, context) {
      const model = request.model ?? options.model;
      const apiKey = request.apiKey ?? options.apiKey ?? null;
      const limit = AbortSignal.timeout(timeoutMs);
      const signal = AbortSignal.any([context.signal, limit]);
      try {
        const asking = () => ask(clientWith(apiKey), { ...request, model }, shapes, signal);
        // The library sleeps between attempts without heed of the signal.
        return readAnswer(await orAborted(asking, signal), model);
      } catch (error) {
        context.signal.throwIfAborted();
        const timedOut = limit.aborted ? timeoutMs : null;
        const secrets = secretsOf(context, apiKey);
        throw modelFailure(context, error, { model, secrets, baseURL, timedOut });
      }
    },
    async close() {
      await agent.destroy();
    },
  };
}

/** Servers differ in the parameters that they take: what one refuses is asked for in another way. */
async function ask(
  client: OpenAI,
  request: ModelRequest & { readonly model: string },
  shapes: Map<string, Shape>,
  signal: AbortSignal,
): Promise<unknown> {
  let shape = shapes.get(request.model) ?? FIRST_SHAPE;
  for (let tries = 0; ; tries += 1) {
    try {
      return await send(client, request, shape, signal);
    } catch (error) {
      if (!isApiError(error) || tries >= MAX_ADAPTATIONS) throw error;
      const refusal = refusalOf(error);
      const next = adapted(shape, request, refusal);
      if (next === null) throw error;
      shape = next;
      if (!isAboutOneSchema(refusal)) remember(shapes, request.model, shape);
    }
  }
}

async function send(
  client: OpenAI,
  request: ModelRequest & { readonly model: string },
  shape: Shape,
  signal: AbortSignal,
): Promise<unknown> {
  const body = requestBody(request, shape);
  const asked = client.chat.completions.create(body, { signal });
  if (body.stream !== true || !request.onText) {
    const whole = await asked;
    if (request.onText) tellWhole(whole, request.onText);
    return whole;
  }
  return readStream(await asked.asResponse(), client, request.onText);
}

function refusalOf(error: APIError): Refusal {
  const { status, param, code } = error;
  const body: unknown = error.error;
  const said = isJsonObject(body) && typeof body.message === 'string' ? body.message : '';
  return { status, text: `${param ?? ''} ${code ?? ''} ${said} ${error.message}`.slice(0, 2000) };
}

function remember(shapes: Map<string, Shape>, model: string, shape: Shape): void {
  const oldest = shapes.keys().next().value;
  if (shapes.size >= MAX_REMEMBERED && oldest !== undefined) shapes.delete(oldest);
  shapes.set(model, shape);
}
