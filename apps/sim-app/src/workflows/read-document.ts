import { isJsonObject, type JsonValue } from '@sim/domain';
import { badRequest, formatPath, type ProblemError } from '@sim/service-kit';
import { findJsonFault } from './json-fault.js';

/** Objects and arrays of a document may stand this deep in one another. */
export const MAX_DOCUMENT_DEPTH = 200;

/** No path in an error is longer. */
const SHOWN_STEPS = 8;

/**
 * The JSON value of an uploaded document.
 * @throws {ProblemError} 400 `invalid_json` with the place, or `too_deep` with the path.
 */
export function readDocument(bytes: Uint8Array): JsonValue {
  const text = decode(bytes);
  const value = parse(text);
  const path = tooDeepAt(value);
  if (path !== null) {
    const message = `Objects and arrays may be nested ${MAX_DOCUMENT_DEPTH} deep at most`;
    throw badRequest('too_deep', `${message}; the document goes deeper at ${path}.`, {
      errors: [{ path, message }],
    });
  }
  return value;
}

/** A byte order mark is tolerated: Windows programs put one in front. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badRequest('invalid_json', 'The document is not UTF-8 text. Save it as UTF-8 JSON.');
  }
}

function parse(text: string): JsonValue {
  if (text.trim() === '') {
    throw badRequest('invalid_json', 'The body is empty. Send the JSON document as the body.');
  }
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw notJson(text, cause);
  }
}

function notJson(text: string, cause: unknown): ProblemError {
  const fault = findJsonFault(text);
  if (fault === null) return badRequest('invalid_json', 'The document is not JSON.', { cause });
  const { line, column, offset } = fault;
  const found = offset >= text.length ? 'it ends' : `there is ${shown(text, offset)}`;
  return badRequest(
    'invalid_json',
    `The document is not JSON: at line ${line}, column ${column} (position ${offset}) ${found}.`,
    { cause, errors: [{ path: '', message: `Not JSON at line ${line}, column ${column}` }] },
  );
}

const shown = (text: string, offset: number): string =>
  JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0));

interface Level {
  readonly entries: readonly (readonly [PropertyKey, JsonValue])[];
  next: number;
}

/** Walks without recursion, so that no document can exhaust the stack. */
function tooDeepAt(document: JsonValue): string | null {
  const stack: Level[] = [{ entries: [['', document]], next: 0 }];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const entry = level.entries[level.next++];
    if (entry === undefined) {
      stack.pop();
      continue;
    }
    const entries = entriesOf(entry[1]);
    if (entries === null) continue;
    if (stack.length > MAX_DOCUMENT_DEPTH) return pathOf(stack);
    stack.push({ entries, next: 0 });
  }
  return null;
}

function entriesOf(value: JsonValue): Level['entries'] | null {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item, i) => [i, item]);
  return isJsonObject(value) ? Object.entries(value) : null;
}

function pathOf(stack: readonly Level[]): string {
  const steps = stack.slice(1).map(({ entries, next }) => entries[next - 1]?.[0] ?? '');
  return `${formatPath(steps.slice(0, SHOWN_STEPS))}${steps.length > SHOWN_STEPS ? '…' : ''}`;
}
