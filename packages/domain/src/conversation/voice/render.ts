import { IntlMessageFormat } from 'intl-messageformat';
import { isJsonObject, own, type JsonObject, type JsonValue } from '../../json.js';
import type { Message } from '../types.js';
import { en } from './en.js';
import { summarise } from './summarise.js';

/** A catalogue by key; every language has the same keys. */
export type Catalogue = Readonly<Record<string, string>>;

const CATALOGUES: Readonly<Record<string, Catalogue>> = { en };
const compiled = new Map<string, IntlMessageFormat>();

/**
 * Puts a message into words.
 * @param language a BCP 47 language with a catalogue; any other falls back to English.
 */
export function render(message: Message, language = 'en'): string {
  const known = own(CATALOGUES, language) ? language : 'en';
  const pattern = own(CATALOGUES[known] ?? en, message.key);
  if (pattern === undefined) return message.key;
  const text = format(known, message.key, pattern).format(worded(message.params));
  return String(text).trim();
}

/** Making one costs a hundred times what using it does. */
const LIST = new Intl.ListFormat('en', { type: 'conjunction' });

/** Formats are compiled once: parsing costs a hundred times what formatting does. */
function format(language: string, key: string, pattern: string): IntlMessageFormat {
  const id = `${language} ${key}`;
  let known = compiled.get(id);
  if (!known) {
    known = new IntlMessageFormat(pattern, language, undefined, { ignoreTag: true });
    compiled.set(id, known);
  }
  return known;
}

/**
 * The arguments as the catalogue takes them: each value in words, `has…` telling whether there is one,
 * `…Count` the length of a list, `…Lower` a name in running text and `…Sentence` an author's or a
 * program's words with a full stop behind them.
 */
function worded(params: JsonObject): Record<string, string | number> {
  const words: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(params)) {
    const said = inArgument(name, value);
    words[name] = said;
    words[`has${name.charAt(0).toUpperCase()}${name.slice(1)}`] = said === '' ? 'no' : 'yes';
    if (Array.isArray(value)) words[`${name}Count`] = value.length;
  }
  addDerived(words, params);
  return words;
}

function addDerived(words: Record<string, string | number>, params: JsonObject): void {
  const { label, labels, delayMs, description, error } = params;
  if (typeof error === 'string') words['errorSentence'] = sentence(error);
  if (typeof description === 'string') words['descriptionSentence'] = sentence(description);
  if (typeof label === 'string') words['labelLower'] = inRunningText(label);
  if (Array.isArray(labels)) words['firstLabelLower'] = inRunningText(String(labels[0] ?? ''));
  if (typeof delayMs === 'number') words['duration'] = duration(delayMs);
  // Said by earlier releases too, which did not have it.
  words['canResume'] ??= 'no';
  words['hasPurpose'] ??= 'no';
  words['jsonExample'] = '{"name": "value"}';
}

/** With a full stop, where it ends without one. */
function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…:。！？]["'”’)\]]*$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}

function inArgument(name: string, value: JsonValue): string | number {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return String(value);
  if (name === 'output') return isJsonObject(value) ? result(value) : summarise(value);
  if (name === 'options' && Array.isArray(value)) return numbered(value as readonly JsonValue[]);
  if (Array.isArray(value)) return listed((value as readonly JsonValue[]).map((v) => summarise(v)));
  if (name === 'values') return labelled(value as JsonObject);
  return summarise(value);
}

/** Labels keep their capitals; only the values are worded. */
function labelled(values: JsonObject): string {
  return Object.entries(values)
    .map(([label, value]) => `${label}: ${summarise(value, 1)}`)
    .join(', ');
}

/** A Response's output is an envelope: what matters to the person is its data. */
function result(output: JsonObject): string {
  const data = own(output, 'data');
  const isResponse = data !== undefined && Object.hasOwn(output, 'status');
  return summarise(isResponse ? data : output);
}

function numbered(options: readonly JsonValue[]): string {
  return options.map((option, index) => `${index + 1}. ${summarise(option)}`).join('  ');
}

function listed(items: readonly string[]): string {
  return LIST.format(items);
}

/** "Order id" is "order id" inside a sentence; "API key" and "Å" keep their capitals. */
export function inRunningText(label: string): string {
  const [first = '', second = ''] = label;
  return first === first.toUpperCase() && second === second.toLowerCase()
    ? first.toLowerCase() + label.slice(first.length)
    : label;
}

const UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const;

/** Milliseconds in the largest unit and, where there is a rest, the next: "1 minute 30 seconds". */
export function duration(ms: number): string {
  const index = UNITS.findIndex((unit) => ms >= unit.ms);
  const large = UNITS[index] ?? UNITS[3];
  const small = index < 0 ? large : (UNITS[index + 1] ?? large);
  const inSmall = Math.max(1, Math.round(ms / small.ms));
  const perLarge = large.ms / small.ms;
  const rest = inSmall % perLarge;
  const whole = counted(Math.floor(inSmall / perLarge), large.unit);
  return rest === 0 ? whole : `${whole} ${counted(rest, small.unit)}`;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
