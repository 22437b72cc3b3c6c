import { asText, isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '@sim/domain';
import type { BlockContext, ExcerptQuery, TagFilter } from '@sim/engine';
import { invalidParams } from '../failures.js';
import { readListParam, readNumberParam, textField } from '../model/model-params.js';

const MAX_TAGS = 50;
const MAX_TAG = 200;
const MAX_OFFSET = 1_000_000;
const DEFAULT_LIMIT = 50;

/** A parameter as text, trimmed; null where it is absent or blank. */
export function readWord(params: JsonObject, key: string): string | null {
  const value = own(params, key) ?? null;
  const text = value === null ? '' : asText(value).trim();
  return text === '' ? null : text;
}

/** The words of the first of these parameters that has any: a text, several behind commas, or a list. */
export function readWords(params: JsonObject, keys: readonly string[]): string[] {
  for (const key of keys) {
    const value = own(params, key) ?? null;
    const items = Array.isArray(value) ? (value as readonly JsonValue[]) : asText(value).split(',');
    const words = items.map((item) => (item === null ? '' : asText(item).trim()));
    const some = words.filter((word) => word !== '' && word !== 'null');
    if (some.length > 0) return some;
  }
  return [];
}

/** `limit`, `offset` and the text that is looked for. @throws BlockFailure `invalid_params` */
export function readExcerpt(context: BlockContext, params: JsonObject, key: string): ExcerptQuery {
  const number = (name: string, min: number, max: number) =>
    readNumberParam(context, name, params[name], { min, max });
  return {
    search: readWord(params, key) ?? '',
    limit: Math.floor(number('limit', 1, 100) ?? DEFAULT_LIMIT),
    offset: Math.floor(number('offset', 0, MAX_OFFSET) ?? 0),
  };
}

const EQUAL = new Set(['', 'eq', '=', 'equals', 'is']);
const OTHER = new Set(['neq', '!=', 'not_equals', 'is_not']);

/**
 * Conditions on tags, rows of `{tagName, tagValue, operator?}`; rows that were left blank are none.
 * @throws BlockFailure `invalid_params`
 */
export function readTagFilters(
  context: BlockContext,
  value: JsonValue | undefined,
): readonly TagFilter[] {
  return readListParam(context, 'tagFilters', value, MAX_TAGS).flatMap((row) => {
    const name = textField(row, 'tagName');
    const tag = tagText(row, 'tagValue');
    if (name === '' || tag === '') return [];
    const operator = textField(row, 'operator').toLowerCase();
    if (!EQUAL.has(operator) && !OTHER.has(operator)) {
      const message = `Tags are compared with eq and neq here, not with "${operator.slice(0, 40)}".`;
      throw invalidParams(context, message);
    }
    return [{ name, value: tag, equal: EQUAL.has(operator) }];
  });
}

/**
 * Tags of a document: rows of `{tagName, value}`, or a record.
 * @throws BlockFailure `invalid_params`
 */
export function readTags(
  context: BlockContext,
  value: JsonValue | undefined,
): Readonly<Record<string, string>> {
  const rows: readonly JsonValue[] = isJsonObject(value)
    ? Object.entries(value).map(([tagName, tag]) => ({ tagName, value: tag }))
    : readListParam(context, 'documentTags', value, MAX_TAGS);
  const tags: Record<string, string> = {};
  for (const row of rows) {
    const name = textField(row, 'tagName') || textField(row, 'name');
    const tag = tagText(row, 'value') || tagText(row, 'tagValue');
    if (name !== '' && tag !== '') setOwn(tags, name.slice(0, MAX_TAG), tag.slice(0, MAX_TAG));
  }
  return tags;
}

function tagText(row: JsonValue, key: string): string {
  const value = isJsonObject(row) ? (own(row, key) ?? null) : null;
  return value === null ? '' : asText(value).trim();
}
