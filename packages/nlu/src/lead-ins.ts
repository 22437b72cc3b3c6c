import { withoutCourtesy } from './padding.js';
import type { SlotKind } from './slot-lexicon.js';
import { trimSpan, wordsIn, type Heard, type Span } from './text.js';

/** Said before any answer; tells nothing itself. */
const META =
  /^(?:(?:the|my|our|its|his|her)\s+(?:[\p{L}-]+\s+){1,3}(?:is|was|are|would be|will be)\s+(?:that\s+|because\s+)?|it(?:'s| is| was)\s+because\s+(?:of\s+)?|because\s+(?:of\s+)?|(?:the\s+)?answer\s*[:=]\s*|that(?:'s| is) because\s+)/iu;
/** The same before a sentence: "the build is green" tells something, "the problem is the noise" leads to it. */
const SENTENCE_META =
  /^(?:(?:the|my|our|its|his|her)\s+(?:[\p{L}-]+\s+){0,2}(?:reason|cause|answer|problem|issue|trouble|matter|point|message|text|note|comment|remark|feedback|complaint|question|request|wish|topic|explanation|description|summary)\s+(?:is|was|are|would be|will be)\s+(?:that\s+|because\s+)?|it(?:'s| is| was)\s+because\s+(?:of\s+)?|because\s+(?:of\s+)?|(?:the\s+)?answer\s*[:=]\s*|that(?:'s| is) because\s+)/iu;
/** Said before the name of something; before a sentence it is a part of it. */
const NOUN_LEAD =
  /^(?:(?:it(?:'s| is| was| would be| should be)|that(?:'s| is| would be)|this is|i(?:'m| am)|they're|there(?:'s| is)|i(?:'d| would) like(?: to (?:have|get|order|buy|book))?|i(?: want|'ll have|'ll take| need)(?: to (?:have|get|order|buy|book))?|can i (?:have|get)|could i (?:have|get)|may i have|give me|let's say|let's go with|make (?:it|that)|put(?: down)?|use|call it|call me|named|called|say|how about|maybe|probably|i think(?: it's)?|we are|we're|from|in|at|to|for)\s+)+(?:(?:an?|some)\s+)?/iu;
const PERSON_LEAD =
  /^(?:(?:my|the|his|her|their)\s+(?:full\s+|first\s+|last\s+|family\s+)?name(?:'s| is)\s+|name(?:'s| is)\s+|i(?:'m| am)\s+|this is\s+|it(?:'s| is)(?:\s+for)?\s+|call me\s+|for\s+|they call me\s+|under\s+(?:the name(?: of)?\s+)?|in the name of\s+)+/iu;

/** The stretch of an answer without greetings, courtesies and words that merely lead to it. */
export function answerSpan(
  heard: Heard,
  span: Span,
  kind: SlotKind,
  labels: readonly (readonly string[])[],
): Span | null {
  const words = withoutCourtesy(wordsIn(heard, span));
  const [first, last] = [words[0], words.at(-1)];
  if (!first || !last) return null;
  const trimmed = trimSpan(heard.text, {
    start: symbolsBefore(heard.text, span.start, first.start),
    end: endAfter(heard.text, last.end, span.end),
  });
  if (!trimmed) return null;
  const rest = heard.text.slice(trimmed.start, trimmed.end);
  const lead = leadOf(rest, kind, labels);
  // A lead-in with nothing behind it is the answer itself.
  return trimSpan(heard.text, { start: trimmed.start + lead, end: trimmed.end }) ?? trimmed;
}

function leadOf(text: string, kind: SlotKind, labels: readonly (readonly string[])[]): number {
  const label = labelLead(text, labels);
  if (label > 0) return label;
  if (kind === 'sentence') return SENTENCE_META.exec(text)?.[0].length ?? 0;
  const pattern = kind === 'person' ? PERSON_LEAD : NOUN_LEAD;
  const meta = META.exec(text)?.[0].length ?? 0;
  const noun = pattern.exec(text.slice(meta))?.[0].length ?? 0;
  return meta + noun;
}

/** "Reason: broken" and "the reason is broken": the label, named as it is. */
function labelLead(text: string, labels: readonly (readonly string[])[]): number {
  for (const label of labels) {
    const words = label.map((word) => `${escape(word)}\\p{L}{0,2}`).join('[\\s_-]+');
    const match = new RegExp(
      `^(?:(?:the|my|our)\\s+)?${words}\\s*(?:[:=]\\s*|(?:is|was|will be|should be)\\s+)`,
      'iu',
    ).exec(text);
    if (match) return match[0].length;
  }
  return 0;
}

/** Symbols before the first word belong to it: a bracket, a quote, a sign, a smiley. */
function symbolsBefore(text: string, from: number, start: number): number {
  const before = /[^\s,;.!?\p{L}\p{N}]+$/u.exec(text.slice(from, start))?.[0] ?? '';
  return start - before.length;
}

/** What follows the last word unless courtesies follow it: then only closing marks that touch it. */
function endAfter(text: string, end: number, limit: number): number {
  const rest = text.slice(end, limit);
  return /[\p{L}\p{N}]/u.test(rest)
    ? end + (/^[^\s,;.!?\p{L}\p{N}]+/u.exec(rest)?.[0].length ?? 0)
    : limit;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');
}
