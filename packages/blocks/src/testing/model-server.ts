import type { ServerResponse } from 'node:http';
import { isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import { createModel, type Model, type ModelOptions } from '../model/model.js';
import { startServer, type Seen } from './server.js';

/** What the server does with one request, which it is handed parsed. */
export type Behaviour = (body: JsonObject, response: ServerResponse, request: Seen) => void;

/** A server that speaks OpenAI's protocol; `asked` is what it was sent, in order. */
export interface ModelServer {
  readonly baseUrl: string;
  readonly seen: readonly Seen[];
  readonly asked: () => readonly JsonObject[];
  close(): Promise<void>;
}

/** Answers each request by the next behaviour, and by the last for ever. */
export async function startModelServer(...behaviours: Behaviour[]): Promise<ModelServer> {
  let next = 0;
  const server = await startServer({
    '/v1/chat/completions': (request, response) => {
      const behaviour = behaviours[Math.min(next, behaviours.length - 1)];
      next += 1;
      behaviour?.(parsed(request), response, request);
    },
  });
  return {
    baseUrl: `${server.origin}/v1`,
    seen: server.seen,
    asked: () => server.seen.map(parsed),
    close: () => server.close(),
  };
}

function parsed(request: Seen): JsonObject {
  const body: unknown = JSON.parse(request.body);
  return isJsonObject(body) ? body : {};
}

/** A whole answer with this text, or this value as JSON. */
export function says(content: JsonValue, over: JsonObject = {}): Behaviour {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return (_, response) =>
    sendJson(response, 200, {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      model: 'test-model-1',
      choices: [
        { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text }, ...over },
      ],
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    });
}

/** A call of a tool, as a model asks for it. */
export interface AskedCall {
  readonly name: string;
  readonly args: JsonValue;
  readonly id?: string;
}

function toolCalls(calls: readonly AskedCall[]): JsonObject[] {
  return calls.map(({ name, args, id }, index) => ({
    index,
    id: id ?? `call_${name}_${index}`,
    type: 'function',
    function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
  }));
}

/** A whole answer that asks for tools. */
export function asksFor(...calls: AskedCall[]): Behaviour {
  const message = { role: 'assistant', content: null, tool_calls: toolCalls(calls) };
  return says('', { finish_reason: 'tool_calls', message });
}

/** An answer piece by piece, each with a part of its text or a call of a tool. */
export function streams(...pieces: (string | AskedCall)[]): Behaviour {
  const deltas = pieces.map((piece): JsonObject => {
    return typeof piece === 'string' ? { content: piece } : { tool_calls: toolCalls([piece]) };
  });
  return (_, response) => {
    const chunks = streamChunks(
      deltas,
      pieces.every((piece) => typeof piece === 'string'),
    );
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.end(chunks.map((chunk) => `data: ${chunk}\n\n`).join(''));
  };
}

/** The chunks of an answer with these deltas, the mark at its end too. */
export function streamChunks(deltas: readonly JsonObject[], isText = true): string[] {
  const chunk = (choices: JsonValue, usage: JsonValue = null) =>
    JSON.stringify({ id: 'chatcmpl-1', model: 'test-model-1', choices, usage });
  const last = { index: 0, delta: {}, finish_reason: isText ? 'stop' : 'tool_calls' };
  return [
    ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
    chunk([last]),
    chunk([], { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }),
    '[DONE]',
  ];
}

/** An error as OpenAI sends them. */
export function fails(
  status: number,
  error: JsonObject = { message: 'no' },
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  return (_, response) => sendJson(response, status, { error }, headers);
}

/** Anything, with a type. */
export function sends(body: string, contentType = 'application/json'): Behaviour {
  return (_, response) => response.writeHead(200, { 'content-type': contentType }).end(body);
}

/** Takes the request and stays silent. */
export const staysSilent: Behaviour = () => undefined;

/** Hangs up. */
export const hangsUp: Behaviour = (_, response) => response.destroy();

function sendJson(
  response: ServerResponse,
  status: number,
  body: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** The key that must never be seen in a failure. */
export const KEY = 'sk-test-0123456789-do-not-show';

/** A model behind such a server, which it closes with itself. */
export async function startModel(
  behaviours: readonly Behaviour[],
  options: Partial<ModelOptions> = {},
): Promise<{
  readonly model: Model;
  readonly server: ModelServer;
  readonly close: () => Promise<void>;
}> {
  const server = await startModelServer(...behaviours);
  const model = createModel({
    baseUrl: server.baseUrl,
    apiKey: KEY,
    model: 'default-model',
    timeoutMs: 20_000,
    maxRetries: 0,
    ...options,
  });
  return {
    model,
    server,
    async close() {
      await model.close();
      await server.close();
    },
  };
}
