import { isList, isRecord, own, recordOf, textOf, type Json, type JsonRecord } from './json.js';
import type { Failure } from './fake-blocks.js';
import { refNameOf } from './raw-workflow.js';

/** `<head.path>` or `{{NAME}}` as it stands in a text. */
export interface Ref {
  readonly raw: string;
  readonly kind: 'block' | 'env';
  /** Normalised; of an environment marker the name as it is written. */
  readonly head: string;
  readonly path: readonly string[];
}

/** What a reference stands for. */
export type Found =
  | { readonly kind: 'value'; readonly value: Json }
  /** Known, and without a value. */
  | { readonly kind: 'empty' }
  /** Nothing of that name: stays as it is written. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failure'; readonly failure: Failure };

export type Find = (ref: Ref) => Found;

/** Thrown by the readings below for a reference that its block does not allow. */
export class ReferenceFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

const CANDIDATE = /<(?!\s)[^<>{}\r\n]+>|\{\{[ \t]*[\w.-]+[ \t]*\}\}/g;
const OPERATOR = /[+*/=!&|]/;
const SEGMENT = /^([^[\]\s"'`()?:;,\\]+)((?:\[\d+\])*)$/;

/** The reference that a piece of text is; null where it only looks like one. */
function readRef(raw: string): Ref | null {
  if (raw.startsWith('{{')) {
    return { raw, kind: 'env', head: raw.slice(2, -2).trim(), path: [] };
  }
  const inner = raw.slice(1, -1);
  if (OPERATOR.test(inner)) return null;
  const [head = '', ...rest] = inner.split('.');
  const path: string[] = [];
  for (const part of rest) {
    const match = SEGMENT.exec(part);
    if (!match) return null;
    path.push(match[1]!, ...[...match[2]!.matchAll(/\d+/g)].map(([digits]) => digits));
  }
  const name = refNameOf(head);
  return name === '' ? null : { raw, kind: 'block', head: name, path };
}

function replaceRefs(text: string, replace: (ref: Ref, at: number) => string): string {
  return text.replace(CANDIDATE, (raw, at: number) => {
    const ref = readRef(raw);
    return ref ? replace(ref, at) : raw;
  });
}

function take(ref: Ref, find: Find): Found {
  const found = find(ref);
  if (found.kind === 'failure') throw new ReferenceFailure(found.failure);
  return found;
}

function inText(ref: Ref, find: Find): string {
  const found = take(ref, find);
  if (found.kind === 'value') return textOf(found.value);
  return found.kind === 'unknown' ? ref.raw : '';
}

/** Text: each reference by its text, nothing where there is none. */
function readText(text: string, find: Find): string {
  return replaceRefs(text, (ref) => inText(ref, find));
}

/** Every text of a value; with `typed` a text that is one reference becomes the value itself. */
export function readValue(value: Json, find: Find, typed: boolean): Json {
  if (typeof value === 'string') return typed ? readTyped(value, find) : readText(value, find);
  if (isList(value)) return value.map((item) => readValue(item, find, typed));
  if (!isRecord(value)) return value;
  return recordOf(Object.entries(value).map(([k, item]) => [k, readValue(item, find, typed)]));
}

function readTyped(text: string, find: Find): Json {
  const whole = text.trim();
  const [match] = whole.matchAll(CANDIDATE);
  const ref = match?.[0] === whole ? readRef(whole) : null;
  if (!ref) return readText(text, find);
  const found = take(ref, find);
  if (found.kind === 'value') return found.value;
  return found.kind === 'unknown' ? text : null;
}

/** {@link readValue} with types, of a value or of the JSON text of one. */
export function readStructure(value: Json, find: Find): Json {
  return readValue(typeof value === 'string' ? (parse(value) ?? value) : value, find, true);
}

/** JSON with references in it: inside quotes the text, escaped; outside the value as JSON. */
export function readJsonTemplate(value: Json, find: Find): Json {
  if (typeof value !== 'string' || !/^\s*(?:\[|\{(?!\{))/.test(value)) {
    return readValue(value, find, true);
  }
  const json = replaceRefs(value, (ref, at) => {
    // An odd number of quotes before it (the generator writes no escaped ones) means inside.
    if (value.slice(0, at).split('"').length % 2 === 0) {
      return JSON.stringify(inText(ref, find)).slice(1, -1);
    }
    const found = take(ref, find);
    if (found.kind === 'unknown') return ref.raw;
    return JSON.stringify(found.kind === 'value' ? found.value : null);
  });
  return parse(json) ?? readText(value, find);
}

function parse(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const LITERAL = /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|`(?:\\[\s\S]|[^`\\])*`/;
const PIECE = new RegExp(`${LITERAL.source}|${CANDIDATE.source}`, 'g');

/**
 * Code with names in place of its references, and what they are bound to: null where there is no value.
 * Inside a string or a template a reference stands for its text.
 */
export function bindReferences(
  code: string,
  find: Find,
): { readonly code: string; readonly bindings: JsonRecord } {
  const bound: [string, Json][] = [];
  const bind = (value: Json) => {
    const name = `bound${bound.length}`;
    bound.push([name, value]);
    return ` ${name} `;
  };
  const isKnown = (raw: string) => {
    const ref = readRef(raw);
    return ref !== null && find(ref).kind !== 'unknown';
  };
  const text = code.replace(PIECE, (piece) => {
    const quote = piece[0];
    if (quote === '`') {
      return piece.replace(CANDIDATE, (raw) =>
        isKnown(raw) ? `\${${bind(readText(raw, find)).trim()}}` : raw,
      );
    }
    if (quote === '"' || quote === "'") {
      const holdsKnown = [...piece.matchAll(CANDIDATE)].some(([raw]) => isKnown(raw));
      return holdsKnown ? bind(readText(piece.slice(1, -1), find)) : piece;
    }
    return isKnown(piece) ? bind(readTyped(piece, find)) : piece;
  });
  return { code: text, bindings: recordOf(bound) };
}

/** Goes down a path by own keys and by the places of lists. */
export function follow(value: Json, path: readonly string[]): Found {
  let at: Json | undefined = value;
  for (const segment of path) {
    if (isList(at)) {
      at = segment === 'length' ? at.length : at[/^\d+$/.test(segment) ? Number(segment) : -1];
    } else {
      at = own(at, segment);
    }
    if (at === undefined) return { kind: 'empty' };
  }
  return { kind: 'value', value: at! };
}

/** A reference to a field that its block does not declare. */
export function failureOfField(ref: Ref, blockName: string): Failure {
  return {
    code: 'unknown_field',
    message: messageOfField(ref.raw, blockName),
    retryable: false,
  };
}

/** What both sides say of it, as each has words of its own. */
export function messageOfField(reference: string, blockName: string): string {
  return `${reference} names a field that "${blockName}" does not have`;
}
