import { isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import type OpenAI from 'openai';
import { Stream } from 'openai/streaming';
import { parseJson } from '../json-text.js';
import { ModelBrokeOffError } from './answer.js';
import { isApiError } from './model-failures.js';
import { AnswerTooLargeError } from './transport.js';

/** Of the pieces of one answer; each may be a word. */
const MAX_CALLS = 64;

interface Gathered {
  content: string;
  refusal: string;
  finish: JsonValue;
  model: JsonValue;
  usage: JsonValue;
  readonly calls: Map<number, { id: string; name: string; arguments: string }>;
  /** Whether anything of an answer came. */
  begun: boolean;
}

/**
 * Puts an answer that comes piece by piece together, in the form of one that comes whole. A server that was
 * asked for pieces and sends a whole answer is taken at its word.
 * @throws ModelBrokeOffError, AnswerTooLargeError, SyntaxError
 */
export async function readStream(
  response: Response,
  client: OpenAI,
  onText: (text: string) => void,
): Promise<unknown> {
  if (!/^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')) {
    const whole = parseJson(await response.text()) ?? null;
    tellWhole(whole, onText);
    return whole;
  }
  const gathered: Gathered = {
    content: '',
    refusal: '',
    finish: null,
    model: null,
    usage: null,
    calls: new Map(),
    begun: false,
  };
  try {
    const pieces = Stream.fromSSEResponse<unknown>(response, new AbortController(), client);
    for await (const piece of pieces) gather(gathered, piece, onText);
  } catch (error) {
    if (error instanceof AnswerTooLargeError || error instanceof SyntaxError) throw error;
    const reason = isApiError(error) ? error.message : 'the connection was lost';
    throw new ModelBrokeOffError(reason, { cause: error });
  }
  return completionOf(gathered);
}

/** Tells the text of an answer that came whole. */
export function tellWhole(whole: unknown, onText: (text: string) => void): void {
  const choices = isJsonObject(whole) ? whole.choices : null;
  const [choice] = Array.isArray(choices) ? (choices as readonly JsonValue[]) : [];
  const message = isJsonObject(choice) ? choice.message : null;
  if (isJsonObject(message) && typeof message.content === 'string') onText(message.content);
}

function gather(gathered: Gathered, piece: unknown, onText: (text: string) => void): void {
  if (!isJsonObject(piece)) return;
  gathered.model ??= piece.model ?? null;
  // Told once, in a piece of its own or in the last.
  gathered.usage = piece.usage ?? gathered.usage;
  const [choice] = listOf(piece.choices);
  if (!isJsonObject(choice)) return;
  gathered.begun = true;
  gathered.finish = choice.finish_reason ?? gathered.finish;
  const delta = isJsonObject(choice.delta) ? choice.delta : {};
  if (typeof delta.refusal === 'string') gathered.refusal += delta.refusal;
  if (typeof delta.content === 'string' && delta.content !== '') {
    gathered.content += delta.content;
    onText(delta.content);
  }
  for (const call of listOf(delta.tool_calls)) gatherCall(gathered, call);
}

function gatherCall({ calls }: Gathered, piece: JsonValue): void {
  if (!isJsonObject(piece)) return;
  const given = typeof piece.index === 'number' ? piece.index : calls.size;
  const id = textOf(piece.id);
  const before = calls.get(given)?.id ?? '';
  // Some servers number every call 0.
  const index = id !== '' && before !== '' && id !== before ? calls.size : given;
  const known = calls.get(index) ?? { id: '', name: '', arguments: '' };
  if (!calls.has(index) && calls.size >= MAX_CALLS) return;
  const called = isJsonObject(piece.function) ? piece.function : {};
  calls.set(index, {
    id: known.id || id,
    name: known.name || textOf(called.name),
    arguments: known.arguments + textOf(called.arguments),
  });
}

function completionOf({ content, refusal, finish, model, usage, calls, begun }: Gathered) {
  const toolCalls = [...calls.values()].map(({ id, name, arguments: text }): JsonObject => {
    return { id, type: 'function', function: { name, arguments: text } };
  });
  const message = {
    role: 'assistant',
    content,
    ...(refusal !== '' && { refusal }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  return { model, usage, choices: begun ? [{ finish_reason: finish, message }] : [] };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
