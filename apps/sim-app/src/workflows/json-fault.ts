/** The place in a text where it stops being JSON; lines and columns count from 1. */
export interface JsonFault {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'end';

/**
 * Where a text stops being JSON (RFC 8259); null where it is JSON. For texts that `JSON.parse` has
 * refused: its messages name a position only now and then. One pass, no recursion.
 */
export function findJsonFault(text: string): JsonFault | null {
  const offset = faultOffset(text);
  if (offset === null) return null;
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { offset, line: before.split('\n').length, column: offset - lineStart + 1 };
}

function faultOffset(text: string): number | null {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    at = skipBlanks(text, at);
    const char = text[at];
    if (char === undefined) return expected === 'end' ? null : at;
    const step = take(text, at, expected, open);
    if (step === null) return at;
    if ('fault' in step) return step.fault;
    at = step.next;
    expected = step.expected;
  }
}

interface Step {
  readonly next: number;
  readonly expected: Expected;
}
type Taken = Step | { readonly fault: number } | null;

/** Takes one token; null where the one that stands there is not expected. */
function take(text: string, at: number, expected: Expected, open: ('{' | '[')[]): Taken {
  switch (expected) {
    case 'colon':
      return text[at] === ':' ? { next: at + 1, expected: 'value' } : null;
    case 'comma-or-end':
      return takeCommaOrEnd(text, at, open);
    case 'key':
    case 'key-or-end':
      if (expected === 'key-or-end' && text[at] === '}') return close(at, open);
      return text[at] === '"' ? afterString(text, at, 'colon') : null;
    case 'value':
    case 'value-or-end':
      if (expected === 'value-or-end' && text[at] === ']') return close(at, open);
      return takeValue(text, at, open);
    case 'end':
      return null;
  }
}

function takeCommaOrEnd(text: string, at: number, open: ('{' | '[')[]): Taken {
  const inObject = open.at(-1) === '{';
  if (text[at] === ',') return { next: at + 1, expected: inObject ? 'key' : 'value' };
  return text[at] === (inObject ? '}' : ']') ? close(at, open) : null;
}

function close(at: number, open: ('{' | '[')[]): Step {
  open.pop();
  return { next: at + 1, expected: afterValue(open) };
}

const afterValue = (open: readonly string[]): Expected =>
  open.length === 0 ? 'end' : 'comma-or-end';

const WORD_OR_NUMBER = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function takeValue(text: string, at: number, open: ('{' | '[')[]): Taken {
  const char = text[at];
  if (char === '{' || char === '[') {
    open.push(char);
    return { next: at + 1, expected: char === '{' ? 'key-or-end' : 'value-or-end' };
  }
  if (char === '"') return afterString(text, at, afterValue(open));
  WORD_OR_NUMBER.lastIndex = at;
  const found = WORD_OR_NUMBER.exec(text);
  return found === null ? null : { next: at + found[0].length, expected: afterValue(open) };
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function afterString(text: string, start: number, expected: Expected): Taken {
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { next: at + 1, expected };
    if (code === 0x5c) {
      ESCAPE.lastIndex = at;
      const found = ESCAPE.exec(text);
      if (found === null) return { fault: at };
      at += found[0].length;
    } else if (code >= 0x20) {
      at += 1;
    } else {
      // A control character, or NaN at the end of the text.
      return { fault: at };
    }
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return at;
}
