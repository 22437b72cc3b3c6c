import { isJsonObject, type JsonObject } from '@sim/domain';
import type { BlockContext } from '@sim/engine';
import { jsonOfAnswer, sumOf, type ModelAnswer, type TokenCounts } from './answer.js';
import { answerInvalid, secretsOf } from './model-failures.js';
import type { Model } from './model.js';
import type { AnswerSchema, ModelMessage, ModelRequest } from './request.js';

/** What became of an answer: its value, or what is wrong with it, as one would tell the model. */
export type Reading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** A structured answer, and what it took. */
export interface Structured<T> {
  readonly value: T;
  readonly model: string;
  /** Of all attempts. */
  readonly tokens: TokenCounts;
}

const REPEATED_LENGTH = 4000;

/**
 * Asks for a JSON object. An answer that `read` refuses is asked for once more, with what was wrong.
 * @throws BlockFailure as {@link Model.complete}; `model_answer_invalid` where the second is refused too
 */
export async function askForObject<T>(
  model: Pick<Model, 'complete'>,
  request: ModelRequest & { readonly schema: AnswerSchema },
  read: (value: JsonObject) => Reading<T>,
  context: BlockContext,
): Promise<Structured<T>> {
  const first = await model.complete(request, context);
  const reading = readObject(first, read);
  if (reading.ok) return { value: reading.value, model: first.model, tokens: first.tokens };
  const messages = [...request.messages, ...correction(first, reading.problem)];
  const second = await model.complete({ ...request, messages }, context);
  const corrected = readObject(second, read);
  const secrets = secretsOf(context, request.apiKey);
  if (!corrected.ok) throw answerInvalid(context, corrected.problem, secrets);
  return {
    value: corrected.value,
    model: second.model,
    tokens: sumOf(first.tokens, second.tokens),
  };
}

function readObject<T>(answer: ModelAnswer, read: (value: JsonObject) => Reading<T>): Reading<T> {
  const value = jsonOfAnswer(answer.content);
  if (isJsonObject(value)) return read(value);
  const problem = answer.cutOff
    ? 'it was cut off at the limit of its tokens'
    : 'it is not a JSON object';
  return { ok: false, problem };
}

function correction(answer: ModelAnswer, problem: string): ModelMessage[] {
  return [
    { role: 'assistant', content: answer.content.slice(0, REPEATED_LENGTH) || '(nothing)' },
    {
      role: 'user',
      content: `That answer cannot be used: ${problem}. Answer again with one JSON object in the form that was asked for.`,
    },
  ];
}
