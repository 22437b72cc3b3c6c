/** Where a reference points, told from its head alone; whether it exists is for a lookup to say. */
export type ReferenceKind = 'block' | 'loop' | 'parallel' | 'variable' | 'env';

/** A reference or `{{ENV}}` marker found in a text. */
export interface ReferenceToken {
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** As written, brackets and all. */
  readonly raw: string;
  readonly kind: ReferenceKind;
  /** The head, normalised (see {@link normaliseName}); for `env` the marker's name as written. */
  readonly name: string;
  /** What follows the head; whole numbers are array indices. For `variable` it begins with its name. */
  readonly path: readonly PathSegment[];
}

/** One step into a value: a key, or an array index. */
export type PathSegment = string | number;

/** A block's name as references spell it: lower case, white space and dots removed. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[\s.]/g, '');
}

/** Ends the search for `>`: another bracket, an operator, a brace or a new line is no reference. */
const NOT_IN_REFERENCE = new Set('+*/=<!{}\n\r');

/** Has no place in a path; catches comparisons such as `a<b.c&&d>e`. */
const NOT_IN_SEGMENT = /[\s&|;:,?()"'`[\]\\]/;

const ENV_CHARACTER = /[A-Za-z0-9_.-]/;
const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/**
 * Finds every `<head.path>` and `{{ENV}}` of a text, in order and without overlap.
 * What merely looks like one (`a < b`, `</b>`, `<div class="x">`) is passed over; `<div>` is found,
 * and it is for the lookup to say that no block has that name. Linear in the text's length.
 */
export function scanReferences(text: string): ReferenceToken[] {
  const tokens: ReferenceToken[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === '<') {
      const stop = endOfReference(text, at + 1);
      const token = text[stop] === '>' ? reference(text.slice(at, stop + 1), at) : null;
      if (token) tokens.push(token);
      // What was read holds no further `<` or `{`, so the search goes on behind it.
      at = token ? token.end : stop;
    } else if (char === '{' && text[at + 1] === '{') {
      const token = envMarker(text, at);
      if (token) tokens.push(token);
      at = token ? token.end : at + 1;
    } else {
      at += 1;
    }
  }
  return tokens;
}

function endOfReference(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '>' && !NOT_IN_REFERENCE.has(text[at] ?? '')) at += 1;
  return at;
}

function reference(raw: string, start: number): ReferenceToken | null {
  const inner = raw.slice(1, -1);
  if (inner === '' || /^\s/.test(inner)) return null;
  const dot = inner.indexOf('.');
  const head = dot < 0 ? inner : inner.slice(0, dot);
  const name = normaliseName(head);
  const path = dot < 0 ? [] : parsePath(inner.slice(dot + 1));
  // Without a path, numbers are comparisons (`a <5> b`), not blocks.
  if (name === '' || path === null || (dot < 0 && /^\d|\s\d/.test(inner))) return null;
  return { start, end: start + raw.length, raw, kind: kindOf(name), name, path };
}

function kindOf(name: string): ReferenceKind {
  return name === 'loop' || name === 'parallel' || name === 'variable' ? name : 'block';
}

/** `a.0.b`, `a[0][1].b` → segments; null where it is no path. */
function parsePath(path: string): PathSegment[] | null {
  const segments: PathSegment[] = [];
  for (const part of path.split('.')) {
    const bracket = part.indexOf('[');
    const key = bracket < 0 ? part : part.slice(0, bracket);
    if (key === '' || NOT_IN_SEGMENT.test(key)) return null;
    segments.push(INDEX.test(key) ? Number(key) : key);
    if (bracket < 0) continue;
    if (!part.endsWith(']')) return null;
    for (const index of part.slice(bracket + 1, -1).split('][')) {
      if (!INDEX.test(index)) return null;
      segments.push(Number(index));
    }
  }
  return segments;
}

/** `{{NAME}}`, blanks inside the braces tolerated. */
function envMarker(text: string, start: number): ReferenceToken | null {
  let at = skipBlanks(text, start + 2);
  const nameStart = at;
  while (at < text.length && ENV_CHARACTER.test(text[at] ?? '')) at += 1;
  const name = text.slice(nameStart, at);
  at = skipBlanks(text, at);
  if (name === '' || text[at] !== '}' || text[at + 1] !== '}') return null;
  const end = at + 2;
  return { start, end, raw: text.slice(start, end), kind: 'env', name, path: [] };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}
