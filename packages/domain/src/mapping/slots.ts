import { isJsonObject, own, type JsonObject, type JsonValue } from '../json.js';
import type { Slot, SlotOption, SlotType } from '../journey/types.js';
import type { Block } from '../workflow/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';
import { spokenName } from '../workflow/names.js';
import { parseJsonText, readList, readNumber } from '../workflow/reader.js';
import { formatOf } from './slot-formats.js';
import { isChatStart } from './starts.js';

/** Fields that a chat fills in by itself. */
const NOT_ASKED: ReadonlySet<string> = new Set(['conversationId', 'files']);

/** Reads an `inputFormat`: a list of fields, or the JSON text of one. */
export function readSlots(block: Block, log: IssueLog): Slot[] {
  const raw = own(block.params, 'inputFormat');
  const blank = raw === undefined || raw === null || raw === '' || isEmptyObject(raw);
  const fields = readList(raw);
  if (fields === null && !blank) {
    const message = () => `The input format of ${quote(block.name)} is no list of fields.`;
    log.report('slot_invalid', { blockId: block.id, message });
  }
  const slots = new Map<string, Slot>();
  for (const [index, field] of (fields ?? []).entries()) {
    const name = isJsonObject(field) ? textOf(own(field, 'name')) : null;
    if (!isJsonObject(field) || name === null) {
      reportNameless(field, index, block, log);
      continue;
    }
    if (slots.has(name)) {
      const message = () => `${quote(block.name)} has two fields called ${quote(name)}.`;
      log.report('slot_duplicate', { blockId: block.id, message });
      continue;
    }
    slots.set(name, readSlot(name, field, block, log));
  }
  return [...slots.values()];
}

function isEmptyObject(value: JsonValue): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** The editor keeps an empty row at hand, which is no fault. */
function reportNameless(field: JsonValue, index: number, block: Block, log: IssueLog): void {
  const value = isJsonObject(field) ? own(field, 'value') : field;
  if (value === undefined || value === null || value === '') return;
  const message = () => `Field ${index + 1} of ${quote(block.name)} has no name.`;
  log.report('slot_invalid', { blockId: block.id, message });
}

/** One field as a slot; what it leaves open is told from its name and its block. */
export function readSlot(name: string, field: JsonObject, block: Block, log: IssueLog): Slot {
  const type = readType(name, own(field, 'type'), block, log);
  const description = readDescription(field);
  const options = readOptions(own(field, 'options') ?? own(field, 'enum'));
  const preset = readDefault(name, type, own(field, 'value') ?? own(field, 'default'), block, log);
  return {
    name,
    label: textOf(own(field, 'label')) ?? textOf(own(field, 'title')) ?? spokenName(name),
    type,
    format: type === 'string' && !options ? formatOf(name, description, field) : null,
    description,
    required: readRequired(own(field, 'required')) ?? isAsked(name, type, preset, block),
    default: preset,
    options,
  };
}

function isAsked(name: string, type: SlotType, preset: JsonValue, block: Block): boolean {
  if (type === 'file[]' || preset !== null) return false;
  return !(isChatStart(block) && NOT_ASKED.has(name));
}

function textOf(value: JsonValue | undefined): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).trim();
  return text === '' ? null : text;
}

function readDescription(field: JsonObject): string | null {
  const description = textOf(own(field, 'description'));
  const placeholder = textOf(own(field, 'placeholder'));
  return description !== null && placeholder !== null
    ? `${description} (${placeholder})`
    : (description ?? placeholder);
}

const TYPES: Readonly<Record<string, SlotType>> = {
  string: 'string',
  text: 'string',
  number: 'number',
  integer: 'number',
  float: 'number',
  boolean: 'boolean',
  bool: 'boolean',
  object: 'object',
  json: 'object',
  array: 'array',
  list: 'array',
  'file[]': 'file[]',
  files: 'file[]',
  file: 'file[]',
};

function readType(name: string, raw: JsonValue | undefined, block: Block, log: IssueLog): SlotType {
  const given = textOf(raw);
  const type = given === null ? 'string' : own(TYPES, given.toLowerCase());
  if (type) return type;
  const message = () =>
    `Field ${quote(name)} of ${quote(block.name)} has the type ${quote(given ?? '')}.`;
  log.report('slot_type_unknown', { blockId: block.id, message });
  return 'string';
}

function readRequired(value: JsonValue | undefined): boolean | null {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : null;
}

function readDefault(
  name: string,
  type: SlotType,
  raw: JsonValue | undefined,
  block: Block,
  log: IssueLog,
): JsonValue {
  if (raw === undefined || raw === null || raw === '') return null;
  const value = fitDefault(type, raw);
  if (value !== null) return value;
  const message = () =>
    `The default of field ${quote(name)} of ${quote(block.name)} is no ${type}: ${quote(JSON.stringify(raw))}.`;
  log.report('slot_default_invalid', { blockId: block.id, message });
  return null;
}

/** The default in the type of its field; null where it does not fit. The editor keeps them as texts. */
function fitDefault(type: SlotType, raw: JsonValue): JsonValue {
  if (type === 'string') return typeof raw === 'object' ? JSON.stringify(raw) : String(raw);
  if (type === 'number') return readNumber(raw);
  if (type === 'boolean') return readRequired(raw);
  const value = typeof raw === 'string' ? (parseJsonText(raw) ?? null) : raw;
  if (type === 'object') return isJsonObject(value) ? value : null;
  return Array.isArray(value) ? value : null;
}

/** Options as a list, as the JSON text of one, or one per line or comma. */
export function readOptions(raw: JsonValue | undefined): SlotOption[] | null {
  const items =
    readList(raw) ?? (typeof raw === 'string' ? raw.split(/[\n,]/).map((text) => text.trim()) : []);
  const options = new Map<string, SlotOption>();
  for (const item of items) {
    const option = readOption(item);
    const key = JSON.stringify(option?.value ?? null);
    if (option && !options.has(key)) options.set(key, option);
  }
  return options.size === 0 ? null : [...options.values()];
}

function readOption(item: JsonValue): SlotOption | null {
  if (!isJsonObject(item)) {
    const label = typeof item === 'boolean' ? String(item) : textOf(item);
    return label === null ? null : { value: item, label };
  }
  const named = ['label', 'name', 'title'].map((key) => textOf(own(item, key)));
  const label = named.find((text) => text !== null) ?? null;
  const value = own(item, 'value') ?? own(item, 'id') ?? label;
  if (value === null || value === '') return null;
  return {
    value,
    label: label ?? (typeof value === 'object' ? JSON.stringify(value) : String(value)),
  };
}
