import {
  assign,
  closeness,
  freeText,
  isFocused,
  isFree,
  MAX_CANDIDATES,
  unfilled,
  type Candidate,
  type Filling,
} from '../filling.js';

interface Identifier extends Candidate {
  /** How much it looks like one by itself, 0 to 1. */
  readonly shape: number;
}

const TOKEN =
  /(?<![\p{L}\p{N}_#$€£.,:/-])#?[\p{L}\p{N}]+(?:[-_/][\p{L}\p{N}]+)*(?![\p{L}\p{N}_]|[.,]\d|\s?%)/gu;
const ORDINAL =
  /^\d+(?:st|nd|rd|th|am|pm|k|m|h|x|kg|km|cm|mm|g|l|lb|min|hrs?|s|ms|gb|mb|usd|eur|gbp)$/iu;

/** Order numbers, references and codes, for text slots that speak of one. */
export function extractIdentifiers(filling: Filling): void {
  const wanting = unfilled(filling).filter(
    ({ kind, slot, format }) => kind === 'identifier' && slot.type === 'string' && format === null,
  );
  const candidates = findIdentifiers(freeText(filling)).slice(0, MAX_CANDIDATES);
  const pairings = candidates.flatMap((candidate) =>
    wanting.map((known) => {
      const near = closeness(filling, known, candidate);
      // A plain numeral needs a word beside it that says what it is.
      const evidence = candidate.shape >= 0.8 || near >= 0.7 ? 0 : -1;
      const focused = isFocused(filling, known);
      // Nothing else was said: whatever it looks like, it is the answer.
      if (focused && isAlone(filling, candidate)) return { known, candidate, score: 0.92 };
      const focus = focused ? 0.04 : 0;
      return {
        known,
        candidate,
        score: candidate.shape * 0.25 + 0.55 + near * 0.2 + focus + evidence,
      };
    }),
  );
  assign(
    filling,
    pairings.filter(({ known }) => known.slot.options === null),
  );
  // "A-1042" is no number 1042, whether or not a slot takes it.
  for (const candidate of candidates) {
    if (candidate.shape >= 0.8 && isFree(filling, candidate)) filling.blocked.push(candidate);
  }
}

/** Tokens that look like identifiers: letters with digits, `#` and digits, or a bare numeral. */
export function findIdentifiers(text: string): readonly Identifier[] {
  return [...text.matchAll(TOKEN)].flatMap((match) => {
    const [raw] = match;
    const shape = shapeOf(raw);
    if (shape === 0) return [];
    const value = raw.replace(/^#/u, '');
    return [{ value, shape, start: match.index, end: match.index + raw.length }];
  });
}

function shapeOf(raw: string): number {
  if (!/\p{N}/u.test(raw) || ORDINAL.test(raw)) return 0;
  if (raw.startsWith('#')) return 1;
  if (/^\d{4}-\d{2}-\d{2}/u.test(raw) || /^\d{1,4}([/-])\d{1,2}\1\d{1,4}$/u.test(raw)) return 0;
  const hasLetters = /\p{L}/u.test(raw);
  if (hasLetters && /\p{Lu}.*\d|\d.*\p{Lu}|[-_].*\d|\d.*[-_]/u.test(raw)) return 1;
  if (hasLetters) return raw.length >= 4 ? 0.8 : 0.4;
  return /^\d{2,}(?:-\d{2,})*$/u.test(raw) ? 0.5 : 0.3;
}

/** True where nothing but the candidate was said. */
function isAlone({ heard }: Filling, { start, end }: Candidate): boolean {
  return !/[\p{L}\p{N}]/u.test(heard.text.slice(0, start) + heard.text.slice(end));
}
