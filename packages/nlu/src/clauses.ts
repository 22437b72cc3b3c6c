import { overlaps, trimSpan, type Span } from './text.js';

/** A comma in a number or a dot in a word ends no clause. */
const BREAK = /[;\n!?]+|,(?!\d)|\.(?=\s|$)|\s[-–—]\s/gu;
const SENTENCE_END = /[;\n!?]|\.(?=\s|$)/gu;

/** The clauses of a range: what stands between commas, stops and dashes, without white space. */
export function clausesOf(text: string, region: Span): readonly Span[] {
  return pieces(text, region, BREAK);
}

/** Where the sentence that holds an offset ends. */
export function sentenceEnd(text: string, from: number, limit: number): number {
  SENTENCE_END.lastIndex = from;
  const stop = SENTENCE_END.exec(text)?.index ?? limit;
  return Math.min(stop, limit);
}

/** The clauses that none of the spans touches, neighbours joined to one stretch. */
export function cleanStretches(
  clauses: readonly Span[],
  spans: readonly Span[],
  keep: (clause: Span) => boolean,
): readonly Span[] {
  const stretches: Span[] = [];
  let joined = false;
  for (const clause of clauses) {
    const clean = !spans.some((span) => overlaps(span, clause)) && keep(clause);
    const last = stretches.at(-1);
    if (clean && joined && last)
      stretches[stretches.length - 1] = { start: last.start, end: clause.end };
    else if (clean) stretches.push(clause);
    joined = clean;
  }
  return stretches;
}

function pieces(text: string, region: Span, separator: RegExp): readonly Span[] {
  const found: Span[] = [];
  let start = region.start;
  for (const match of text.matchAll(separator)) {
    if (match.index < region.start || match.index >= region.end) continue;
    found.push({ start, end: match.index });
    start = match.index + match[0].length;
  }
  found.push({ start, end: region.end });
  return found.flatMap((piece) => {
    const trimmed = trimSpan(text, piece);
    return trimmed ? [trimmed] : [];
  });
}
