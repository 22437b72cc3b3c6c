/** A word of an utterance. */
export interface Word {
  /** Lower case, without apostrophes and diacritics: what rules compare. */
  readonly text: string;
  /** {@link text} without a plural ending. */
  readonly stem: string;
  /** UTF-16 offsets into the utterance, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** An utterance made ready to be read. */
export interface Heard {
  /** As it was said; never longer than {@link MAX_HEARD}. */
  readonly utterance: string;
  /** The same length and offsets, with control characters, odd spaces and curly quotes made plain. */
  readonly text: string;
  readonly words: readonly Word[];
}

/** A range of UTF-16 offsets, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What follows in a longer utterance is not read. */
export const MAX_HEARD = 4_000;

/** "E-mail" is one word, as "email" is. */
const WORD = /(?<![\p{L}\p{M}\p{N}])e-mail\p{L}*|[\p{L}\p{M}\p{N}]+(?:'[\p{L}\p{M}]+)*/giu;

/** Reads the words of an utterance with their places. */
export function listen(utterance: string): Heard {
  const said = utterance.slice(0, MAX_HEARD);
  const text = plain(said);
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const folded = fold(match[0]);
    words.push({
      text: folded,
      stem: stem(folded),
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  return { utterance: said, text, words };
}

/** Each replacement is one UTF-16 unit for one, so that offsets hold. */
function plain(text: string): string {
  return text
    .replace(/[^\P{Cc}\n]|[\p{Zs}\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ')
    .replace(/[‘’ʼ`´]/gu, "'")
    .replace(/[“”„«»]/gu, '"');
}

/** A word as rules compare it: lower case, no apostrophes, hyphens and diacritics. */
export function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/[\p{M}'-]/gu, '')
    .toLowerCase();
}

/** An English word without its plural ending: enough to match "guests" with "guest". */
export function stem(word: string): string {
  if (word.length < 4) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:x|ch|sh|ss)es$/u.test(word)) return word.slice(0, -2);
  return word.endsWith('s') && !/[su]s$/u.test(word) ? word.slice(0, -1) : word;
}

/** The folded words of a text: a label, a name in camelCase or snake_case, an option. */
export function wordsOf(text: string): readonly string[] {
  const apart = text
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2');
  return listen(apart).words.map((word) => word.text);
}

/** The words that lie wholly within a range. */
export function wordsIn(heard: Heard, span: Span): readonly Word[] {
  return heard.words.filter(({ start, end }) => start >= span.start && end <= span.end);
}

/** The range without white space and the given punctuation at its ends; null where nothing is left. */
export function trimSpan(text: string, span: Span, strip = /[\s,;.!?]/u): Span | null {
  let { start, end } = span;
  while (start < end && strip.test(text.charAt(start))) start += 1;
  while (end > start && strip.test(text.charAt(end - 1))) end -= 1;
  return start < end ? { start, end } : null;
}

/** True where the two ranges share a character. */
export function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}
