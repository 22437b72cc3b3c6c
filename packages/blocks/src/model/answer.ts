import { isJsonObject, type JsonValue } from '@sim/domain';
import { isShallowJson, parseJson } from '../json-text.js';
import type { ModelToolCall } from './request.js';

/** How many tokens a question and its answer took; 0 where the server does not say. */
export interface TokenCounts {
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
}

/** The tokens of two questions and their answers. */
export function sumOf(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    prompt: a.prompt + b.prompt,
    completion: a.completion + b.completion,
    total: a.total + b.total,
  };
}

/** What a model answered. */
export interface ModelAnswer {
  /** May be empty where it asks for tools. */
  readonly content: string;
  /** What the model asks for before it answers; mostly nothing. */
  readonly toolCalls: readonly ModelToolCall[];
  /** As the server names it. */
  readonly model: string;
  readonly tokens: TokenCounts;
  /** The answer ended at the limit of its tokens. */
  readonly cutOff: boolean;
}

/** The model, or a filter before it, will not answer. */
export class ModelRefusedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ModelRefusedError';
  }
}

/** The answer broke off in the middle. */
export class ModelBrokeOffError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'ModelBrokeOffError';
  }
}

/** What came is no answer of the protocol, or not in the form that was asked for. */
export class ModelAnswerInvalidError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ModelAnswerInvalidError';
  }
}

/**
 * Reads a completion.
 * @throws ModelRefusedError, ModelAnswerInvalidError
 */
export function readAnswer(completion: unknown, asked: string): ModelAnswer {
  const body = isJsonObject(completion) ? completion : {};
  const choice = Array.isArray(body.choices) ? (body.choices as readonly JsonValue[])[0] : null;
  const message = isJsonObject(choice) ? choice.message : null;
  if (!isJsonObject(choice) || !isJsonObject(message)) {
    throw new ModelAnswerInvalidError('the answer is no chat completion');
  }
  const { refusal } = message;
  if (typeof refusal === 'string' && refusal.trim() !== '') throw new ModelRefusedError(refusal);
  if (choice.finish_reason === 'content_filter') {
    throw new ModelRefusedError('a content filter stopped the answer');
  }
  const toolCalls = readToolCalls(message.tool_calls ?? null);
  return {
    content: readContent(message.content ?? (toolCalls.length > 0 ? '' : null)),
    toolCalls,
    model: typeof body.model === 'string' && body.model !== '' ? body.model : asked,
    tokens: readTokens(body.usage ?? null),
    cutOff: choice.finish_reason === 'length',
  };
}

/** No model asks for more at a time in earnest. */
const MAX_CALLS = 64;

function readToolCalls(calls: JsonValue): ModelToolCall[] {
  if (!Array.isArray(calls)) return [];
  return (calls as readonly JsonValue[]).slice(0, MAX_CALLS).flatMap((call, index) => {
    const { id, function: called } = isJsonObject(call) ? call : {};
    if (!isJsonObject(called) || typeof called.name !== 'string') return [];
    const { arguments: given = '' } = called;
    return {
      id: typeof id === 'string' && id !== '' ? id : `call_${index}`,
      name: called.name,
      // Some servers send them parsed.
      arguments: typeof given === 'string' ? given : JSON.stringify(given),
    };
  });
}

/** Some servers answer in parts. */
function readContent(content: JsonValue): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw new ModelAnswerInvalidError('the answer has no text');
  return content
    .map((part: JsonValue) =>
      isJsonObject(part) && typeof part.text === 'string' ? part.text : '',
    )
    .join('');
}

function readTokens(usage: JsonValue): TokenCounts {
  const count = (key: string): number => {
    const value = isJsonObject(usage) ? usage[key] : undefined;
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
  };
  const prompt = count('prompt_tokens');
  const completion = count('completion_tokens');
  return { prompt, completion, total: Math.max(count('total_tokens'), prompt + completion) };
}

const MAX_DEPTH = 50;

/**
 * The JSON value in an answer, which models like to put in a fence or between sentences; undefined
 * where there is none, or one of more than 50 levels.
 */
export function jsonOfAnswer(content: string): JsonValue | undefined {
  const from = content.indexOf('{');
  const to = content.lastIndexOf('}');
  if (from < 0 || to < from) return undefined;
  const text = content.slice(from, to + 1);
  return isShallowJson(text, MAX_DEPTH) ? parseJson(text) : undefined;
}
