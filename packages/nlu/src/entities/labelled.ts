import { sentenceEnd } from '../clauses.js';
import { isFree, take, unfilled, type Filling } from '../filling.js';
import { isFreeText, type KnownSlot } from '../slot-lexicon.js';
import { trimSpan, wordsIn, type Span, type Word } from '../text.js';
import { findAddresses } from './addresses.js';
import { findContacts } from './contacts.js';

const EQUALS = /^\s*(?:[:=]|->|→)\s*/u;
const IS =
  /^\s*(?:'s|is|are|was|will be|would be|should be|shall be|equals)\s+(?:that\s+|because\s+)?(?!not\b|wrong\b|what\b)/iu;
const TO = /^\s*(?:to|into|as|with)\s+/iu;
/** Verbs that make "the address to X" an assignment. */
const SETTING =
  /\b(?:change|set|update|make|correct|edit|modify|switch|put|replace)\s+(?:the\s+|my\s+|our\s+)?$/iu;
const AS =
  /^(?:.*?\b(?:use|put|set|take|have|with|enter)\s+)?(?<value>.+?)\s+as\s+(?:the\s+|my\s+|our\s+|an?\s+)?$/iu;
/** What may stand before a label that opens a clause. */
const OPENING = /(?:^|[,;\n:(]|\.\s|\b(?:and|with|my|the|our|is)\b)\s*$/iu;
/** After a label without "is" these begin something else than its value. */
const NO_VALUE =
  /^\s*(?:for|of|on|in|to|from|at|and|or|but|is|are|was|has|have|i|it|that|this|which|we|you|be|should|would|please|not|with|by|as|the|my|change|changed|again|question|step|yes|no)\b/iu;

/** How far before a label its verb or value is looked for. */
const NEARBY = 120;

interface Label extends Span {
  readonly known: KnownSlot;
}

/** "<label> is X", "<label>: X", "set <label> to X", "X as <label>", for text slots of any kind. */
export function extractLabelled(filling: Filling): void {
  const labels = findLabels(filling);
  labels.forEach((label, at) => {
    const { known } = label;
    if (!isFreeText(known) && known.slot.type !== 'array') return;
    if (!unfilled(filling).includes(known)) return;
    const limit = labels[at + 1]?.start ?? filling.region.end;
    const said = valueAfter(filling, label, limit) ?? valueBefore(filling, label);
    if (!said || !isFree(filling, said.span)) return;
    const text = filling.heard.utterance.slice(said.span.start, said.span.end);
    take(
      filling,
      known,
      { ...said.span, value: known.slot.type === 'array' ? itemsOf(text) : unquote(text) },
      said.confidence,
    );
  });
}

/** The parts of a list said with commas, semicolons and "and". */
export function itemsOf(text: string): readonly string[] {
  return text
    .split(/\s*[,;\n]\s*(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+/iu)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Where open slots are called by their whole label or name, in the order of the utterance. */
function findLabels({ heard, region, slots }: Filling): readonly Label[] {
  const words = wordsIn(heard, region);
  const labels: Label[] = [];
  words.forEach((word, at) => {
    if (labels.some(({ end }) => word.start < end)) return;
    const called = slots
      .map((known) => ({ known, length: calledBy(words, at, known) }))
      .sort((a, b) => b.length - a.length);
    const [best, second] = called;
    // Two slots of the same label cannot be told apart.
    if (!best || best.length === 0 || best.length === second?.length) return;
    labels.push({
      known: best.known,
      start: word.start,
      end: words[at + best.length - 1]?.end ?? word.end,
    });
  });
  return labels;
}

function calledBy(words: readonly Word[], at: number, { phrases }: KnownSlot): number {
  const phrase = phrases.find((stems) => stems.every((stem, i) => words[at + i]?.stem === stem));
  if (phrase) return phrase.length;
  // The last word of a label is what it is called for short: "address" for "delivery address".
  const heads = phrases.filter(({ length }) => length > 1).map((stems) => stems.at(-1));
  return heads.includes(words[at]?.stem) && words[at]?.stem !== 'id' ? 0.5 : 0;
}

function valueAfter(
  filling: Filling,
  { known, start, end }: Label,
  limit: number,
): { span: Span; confidence: number } | null {
  const { text } = filling.heard;
  const rest = text.slice(end, limit);
  const before = text.slice(Math.max(filling.region.start, start - NEARBY), start);
  const link = EQUALS.exec(rest) ?? IS.exec(rest) ?? (SETTING.test(before) ? TO.exec(rest) : null);
  const linked = link !== null;
  if (
    !linked &&
    (!OPENING.test(before) ||
      NO_VALUE.test(rest) ||
      known.kind === 'sentence' ||
      known.kind === 'identifier')
  ) {
    return null;
  }
  const from = end + (link?.[0].length ?? 0);
  const span = trimSpan(text, { start: from, end: valueEnd(filling, known, from, limit) });
  if (!span || (!linked && !/^\s/u.test(rest))) return null;
  const said = text.slice(span.start, span.end);
  if (!/[\p{L}\p{N}\p{So}]/u.test(said) || (!linked && !/^["'\p{Lu}\p{N}]/u.test(said)))
    return null;
  return { span, confidence: linked ? 0.93 : 0.8 };
}

/** Up to the next label, a break, or - with "and" before it - another value. */
function valueEnd(filling: Filling, known: KnownSlot, from: number, limit: number): number {
  const { text } = filling.heard;
  let end = sentenceEnd(text, from, limit);
  const quote = /^"[^"]*"/u.exec(text.slice(from, limit))?.[0];
  if (quote) return from + quote.length;
  const value = text.slice(from, end);
  const more = filling.slots.length > 1;
  const own = ownEnd(known, value);
  if (own !== null) return from + own;
  const short = more && known.kind !== 'sentence' && known.slot.type !== 'array';
  if (short && known.kind !== 'address') {
    end = from + (/,(?!\d)/u.exec(value)?.index ?? value.length);
  }
  if (limit < filling.region.end)
    end =
      from +
      value
        .slice(0, end - from)
        .replace(/[\s,]*(?:\b(?:and|with|but|also)\b)?(?:\s+(?:the|my|our|an?|in|is))*\s*$/iu, '')
        .length;
  for (const format of ['email', 'url'] as const) {
    const other = findContacts(text.slice(from, end), format)[0];
    if (other && known.kind !== 'sentence') end = from + other.start;
  }
  const trailing = /[\s,]+(?:instead|please|thanks|thank you)\s*$/iu.exec(text.slice(from, end));
  return trailing ? from + trailing.index : end;
}

/** Where a value of its kind ends whatever follows: one token, a street address, a person's name. */
function ownEnd({ kind }: KnownSlot, value: string): number | null {
  if (kind === 'identifier') return /^#?[\p{L}\p{N}_/-]+/u.exec(value)?.[0].length ?? null;
  if (kind === 'person') {
    return (
      /[,;]|\s+(?:and|but|or|so|because|who|which|i|i'm|my|please)\b/iu.exec(value)?.index ?? null
    );
  }
  const street = kind === 'address' ? findAddresses(value)[0] : undefined;
  return street?.start === 0 ? street.end : null;
}

function valueBefore(
  { heard, region }: Filling,
  { start }: Label,
): { span: Span; confidence: number } | null {
  const nearby = Math.max(region.start, start - NEARBY);
  const breaks = [...heard.text.slice(nearby, start).matchAll(/[,;\n]|\band\b/giu)];
  const clauseStart = Math.max(
    nearby,
    ...breaks.map((found) => nearby + found.index + found[0].length),
  );
  const match = AS.exec(heard.text.slice(clauseStart, start));
  const value = match?.groups?.['value'];
  if (!match || value === undefined) return null;
  const from = clauseStart + match[0].indexOf(value);
  const span = trimSpan(heard.text, { start: from, end: from + value.length });
  return span ? { span, confidence: 0.9 } : null;
}

function unquote(text: string): string {
  return /^(["'“„«])(.+)(["'”“»])$/su.exec(text)?.[2]?.trim() ?? text;
}
