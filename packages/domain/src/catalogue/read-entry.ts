import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { SideEffect, SlotType } from '../journey/types.js';
import type { BlockTypeEntry, Condition, ParamEntry, SideEffectRule } from './types.js';

/** The data of the catalogue does not have the shape that is documented: a fault of ours. */
export class CatalogueError extends Error {
  constructor(where: string, wanted: string) {
    super(`The block catalogue is wrong at ${where}: ${wanted}.`);
    this.name = 'CatalogueError';
  }
}

const ENTRY_KEYS = ['like', 'trigger', 'ask', 'core', 'effect', 'outputs', 'params'];
const PARAM_KEYS = [
  ...['id', 'kind', 'type', 'required', 'when', 'options', 'default'],
  ...['advanced', 'or', 'secret', 'author'],
];
const CONDITION_KEYS = ['param', 'value', 'not', 'and'];
const SLOT_TYPES: readonly SlotType[] = [
  ...(['string', 'number', 'boolean', 'object', 'array', 'file[]'] as const),
];
const EFFECTS: readonly SideEffect[] = ['none', 'read', 'write'];

/** What an answer is for sub-block kinds that hold no plain text. */
const TYPE_BY_KIND: Readonly<Record<string, SlotType>> = {
  switch: 'boolean',
  slider: 'number',
  table: 'array',
  'checkbox-list': 'array',
  'file-upload': 'file[]',
};

/** The kind of answer that a sub-block kind holds. */
export function slotTypeOfKind(kind: string): SlotType {
  return own(TYPE_BY_KIND, kind) ?? 'string';
}

/**
 * Reads one entry of the data. Absent keys mean: no, none, always.
 *
 * @throws {CatalogueError} where the data does not have the documented shape.
 */
export function readEntry(type: string, raw: JsonValue): BlockTypeEntry {
  const entry = objectOf(raw, type, ENTRY_KEYS);
  const params = listOf(own(entry, 'params') ?? [], `${type}.params`).map((param, index) =>
    readParam(param, `${type}.params[${index}]`),
  );
  return {
    type,
    trigger: flagOf(entry, 'trigger', type),
    ask: own(entry, 'ask') === undefined || flagOf(entry, 'ask', type),
    core: flagOf(entry, 'core', type),
    effect: readEffect(own(entry, 'effect'), `${type}.effect`),
    outputs: own(entry, 'outputs') === undefined ? null : textsOf(entry, 'outputs', type),
    params,
    defaults: new Map(
      params
        .filter((param) => param.default !== null)
        .map(({ id, default: preset }) => [id, preset]),
    ),
  };
}

function readEffect(raw: JsonValue | undefined, where: string): SideEffectRule {
  if (raw === undefined) return { default: 'write', param: null, read: [] };
  const effect = objectOf(raw, where, ['default', 'param', 'read']);
  const fallback = EFFECTS.find((name) => name === own(effect, 'default'));
  if (!fallback) throw new CatalogueError(`${where}.default`, `one of ${EFFECTS.join(', ')}`);
  return {
    default: fallback,
    param: own(effect, 'param') === undefined ? null : textOf(effect, 'param', where),
    read: textsOf(effect, 'read', where),
  };
}

function readParam(raw: JsonValue, where: string): ParamEntry {
  const param = objectOf(raw, where, PARAM_KEYS);
  const kind = textOf(param, 'kind', where);
  const type = own(param, 'type') ?? slotTypeOfKind(kind);
  const slotType = SLOT_TYPES.find((name) => name === type);
  if (!slotType) throw new CatalogueError(`${where}.type`, `one of ${SLOT_TYPES.join(', ')}`);
  const required = own(param, 'required') ?? false;
  return {
    id: textOf(param, 'id', where),
    kind,
    type: slotType,
    required:
      typeof required === 'boolean' ? required : readCondition(required, `${where}.required`),
    when: own(param, 'when') === undefined ? null : readCondition(own(param, 'when'), where),
    options: textsOf(param, 'options', where),
    default: own(param, 'default') ?? null,
    advanced: own(param, 'advanced') === undefined ? null : textOf(param, 'advanced', where),
    or: textsOf(param, 'or', where),
    secret: flagOf(param, 'secret', where),
    author: flagOf(param, 'author', where),
  };
}

const CHAIN = 8;

function readCondition(raw: JsonValue | undefined, where: string): Condition {
  const parts: JsonObject[] = [];
  for (let part = raw; part !== undefined; part = own(parts.at(-1) ?? {}, 'and')) {
    if (parts.length === CHAIN) throw new CatalogueError(where, `at most ${CHAIN} conditions`);
    parts.push(objectOf(part, where, CONDITION_KEYS));
  }
  let condition: Condition | null = null;
  for (const part of parts.reverse()) condition = readLink(part, condition, where);
  if (!condition) throw new CatalogueError(where, 'a condition');
  return condition;
}

function readLink(part: JsonObject, and: Condition | null, where: string): Condition {
  const value = own(part, 'value') ?? null;
  const values = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  if (values.length === 0 || values.some((item) => typeof item === 'object')) {
    throw new CatalogueError(`${where}.value`, 'a value or a list of them');
  }
  const param = textOf(part, 'param', where);
  return { param, values: new Set(values.map(String)), not: flagOf(part, 'not', where), and };
}

function objectOf(raw: JsonValue | undefined, where: string, keys: readonly string[]): JsonObject {
  if (!isJsonObject(raw)) throw new CatalogueError(where, 'an object');
  const unknown = Object.keys(raw).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new CatalogueError(`${where}.${unknown}`, 'no such key');
  return raw;
}

function listOf(raw: JsonValue, where: string): readonly JsonValue[] {
  if (!Array.isArray(raw)) throw new CatalogueError(where, 'a list');
  return raw as readonly JsonValue[];
}

function textOf(object: JsonObject, key: string, where: string): string {
  const value = own(object, key);
  if (typeof value === 'string' && value !== '') return value;
  throw new CatalogueError(`${where}.${key}`, 'a text');
}

function textsOf(object: JsonObject, key: string, where: string): readonly string[] {
  const items = listOf(own(object, key) ?? [], `${where}.${key}`);
  return items.map((item) => {
    if (typeof item === 'string' && item !== '') return item;
    throw new CatalogueError(`${where}.${key}`, 'a list of texts');
  });
}

function flagOf(object: JsonObject, key: string, where: string): boolean {
  const value = own(object, key) ?? false;
  if (typeof value === 'boolean') return value;
  throw new CatalogueError(`${where}.${key}`, 'true or false');
}
