import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { Reader } from './reader.js';
import { field } from './reader.js';
import { wordsOf } from './names.js';

/** Titles of display rows whose parameter is not spelt like them. */
const KEYS: Readonly<Record<string, string>> = {
  amount: 'timeValue',
  unit: 'timeUnit',
  prompt: 'prompt',
  uRL: 'url',
};

/**
 * The parameters of a block of Sim's documentation previews, which have display rows in place of
 * sub-blocks: `{rows: [{title, value}], branches: [{id, label, value?}]}`.
 */
export function readPreviewRows(raw: JsonObject, type: string, reader: Reader): JsonObject {
  const params: Record<string, JsonValue> = {};
  const rows = own(raw, 'rows');
  for (const row of Array.isArray(rows) ? (rows as readonly JsonValue[]) : []) {
    const title = reader.text(field(row, 'title'));
    if (title !== null) setOwn(params, keyOf(title), reader.json(field(row, 'value'), 'rows'));
  }
  const branches = own(raw, 'branches');
  if (Array.isArray(branches)) {
    const options = (branches as readonly JsonValue[]).filter(isJsonObject);
    if (type === 'condition') params['conditions'] = options.map((o) => condition(o, reader));
    else params['routes'] = options.map((o) => route(o, reader));
  }
  return params;
}

function keyOf(title: string): string {
  const key = wordsOf(title)
    .map((word, index) => {
      const rest = word.slice(1);
      return index === 0
        ? word.charAt(0).toLowerCase() + rest
        : word.charAt(0).toUpperCase() + rest;
    })
    .join('');
  return own(KEYS, key) ?? key;
}

function condition(branch: JsonObject, reader: Reader): JsonObject {
  return {
    id: (reader.text(own(branch, 'id')) ?? '').replace(/^condition-/, ''),
    title: reader.text(own(branch, 'label')) ?? '',
    value: reader.text(own(branch, 'value')) ?? '',
  };
}

function route(branch: JsonObject, reader: Reader): JsonObject {
  const title = reader.text(own(branch, 'label')) ?? '';
  return {
    id: (reader.text(own(branch, 'id')) ?? '').replace(/^router-/, ''),
    title,
    value: reader.text(own(branch, 'value')) ?? title,
  };
}
