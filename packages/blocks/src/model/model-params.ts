import { isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import type { BlockContext } from '@sim/engine';
import { failure, invalidParams } from '../failures.js';
import { isShallowJson, parseJson } from '../json-text.js';

/** Of one text that goes to a model, in characters. */
const MAX_TEXT = 500_000;
const MAX_DEPTH = 50;

/** The block's own choice of a model and of its key; null where it leaves them to the settings. */
export function readChoice(params: JsonObject): { model: string | null; apiKey: string | null } {
  return { model: readWord(params.model), apiKey: readWord(params.apiKey) };
}

/** A marker `{{NAME}}` that nothing stands for is no value. */
function readWord(value: JsonValue | undefined): string | null {
  const word = typeof value === 'string' ? value.trim() : '';
  return word === '' || /^\{\{[^{}]*\}\}$/.test(word) ? null : word;
}

/**
 * A text that goes to a model; other values go as JSON, nothing as the empty text.
 * @throws BlockFailure `input_too_large`, `invalid_params`
 */
export function readText(
  context: BlockContext,
  what: string,
  value: JsonValue | undefined,
  maxLength = MAX_TEXT,
): string {
  const text = textOf(value ?? '');
  if (text === null) throw invalidParams(context, `The ${what} has too many levels. Flatten it.`);
  if (text.length <= maxLength) return text;
  throw failure(context, {
    code: 'input_too_large',
    message: `The ${what} has ${text.length} characters; the limit is ${maxLength}. Give less of it.`,
    retryable: false,
  });
}

/** Null for a value with more levels than the stack has room for. */
function textOf(value: JsonValue): string | null {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}

/**
 * A list that may be JSON text; an absent one is empty.
 * @throws BlockFailure `invalid_params`
 */
export function readListParam(
  context: BlockContext,
  what: string,
  value: JsonValue | undefined,
  maxItems: number,
): readonly JsonValue[] {
  const list = readJson(value);
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw invalidParams(context, `The block's ${what} must be a list.`);
  if (list.length > maxItems) {
    const count = `${list.length} ${what}; the limit is ${maxItems}`;
    throw invalidParams(context, `The block has ${count}. Keep fewer.`);
  }
  return list as readonly JsonValue[];
}

/** A value that may be JSON text; undefined for text that is no JSON, null for an empty one. */
export function readJson(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string') return value ?? null;
  if (value.trim() === '') return null;
  return isShallowJson(value, MAX_DEPTH) ? parseJson(value) : undefined;
}

/** A number, or a text that is one; null where there is none. @throws BlockFailure `invalid_params` */
export function readNumberParam(
  context: BlockContext,
  what: string,
  value: JsonValue | undefined,
  bounds: { readonly min: number; readonly max: number },
): number | null {
  if (value === undefined || value === null || value === '') return null;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= bounds.min && number <= bounds.max) return number;
  const range = `a number from ${bounds.min} to ${bounds.max}`;
  throw invalidParams(context, `The block's ${what} must be ${range}.`);
}

/** A text of an object's field, trimmed; empty where there is none. */
export function textField(record: JsonValue, key: string): string {
  const value = isJsonObject(record) && Object.hasOwn(record, key) ? record[key] : undefined;
  return typeof value === 'string' ? value.trim() : '';
}
