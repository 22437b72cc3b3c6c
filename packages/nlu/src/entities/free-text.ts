import { cleanStretches, clausesOf, sentenceEnd } from '../clauses.js';
import { isPhrase } from '../commands.js';
import { closeness, isFree, take, unfilled, type Filling } from '../filling.js';
import { answerSpan } from '../lead-ins.js';
import { withoutPadding } from '../padding.js';
import { isFreeText, type KnownSlot } from '../slot-lexicon.js';
import { trimSpan, wordsIn, type Span } from '../text.js';
import { itemsOf } from './labelled.js';

const WHOLE = 0.8;
const CLAUSE = 0.8;
const BECAUSE =
  /(?<![\p{L}\p{N}])(?:because(?:\s+of)?|due\s+to|as\s+a\s+result\s+of|since(?!\s+(?:\d|mon|tue|wed|thu|fri|sat|sun|last|yesterday|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))\s+/iu;
/** A clause that asks for the thing done says nothing of why. */
const REQUEST =
  /^(?:and\s+)?(?:please\s+)?(?:i(?:'d| would)? (?:like|want|need|wish)\b|i'm (?:calling|writing|looking)|(?:can|could|would|will) (?:you|i|we)\b|(?:give|send|make|get|refund|book|order|deliver|cancel|issue|help|let)\b)/iu;
const CONNECTOR =
  /^(?:and|but|so|also|because|since|as|for|to|with|at|on|in|of|by|the|my|our|a|an|i|id|im|me|we|us|you|it|its|this|that|is|are|was|be|use|put|set|want|need|would|like|have|get|give|please|thanks|dont|do|not|no|yes|make|send|deliver|order|instead)$/u;

/** Text after "because", set aside before numbers and dates in it are taken for other slots. */
export function findBecause(filling: Filling): Span | null {
  const reason = sentenceSlot(filling);
  if (!reason) return null;
  const text = filling.heard.text.slice(0, filling.region.end);
  const match = BECAUSE.exec(text.slice(filling.region.start));
  if (!match) return null;
  const start = filling.region.start + match.index + match[0].length;
  const span = trimSpan(text, { start, end: sentenceEnd(text, start, filling.region.end) });
  return span && isFree(filling, span) ? span : null;
}

/** Gives the text that is left to the text slot asked for, or to the one that wants a sentence. */
export function extractFreeText(filling: Filling, because: Span | null): void {
  const { focus } = filling;
  const asked = focus && unfilled(filling).includes(focus) ? focus : null;
  if (asked && (isFreeText(asked) || asked.slot.type === 'array')) {
    takeForFocus(filling, asked, because);
    return;
  }
  const reason = sentenceSlot(filling);
  if (!reason || filling.entities.length === 0) return;
  const span = because ?? longest(stretches(filling, 2));
  if (span) takeText(filling, reason, span, CLAUSE);
}

function takeForFocus(filling: Filling, known: KnownSlot, because: Span | null): void {
  const { region, entities } = filling;
  if (entities.length === 0) {
    takeText(filling, known, region, WHOLE);
    return;
  }
  const least = known.kind === 'sentence' ? 2 : 1;
  const clean = because && known.kind === 'sentence' ? because : longest(stretches(filling, least));
  if (clean) {
    takeText(filling, known, clean, CLAUSE);
  } else if (known.kind === 'sentence') {
    preferWhole(filling, known);
  } else {
    const rest = longest(leftovers(filling));
    if (rest) takeText(filling, known, rest, 0.7);
  }
}

/**
 * One sentence answers one question: a number or day in it belongs to another slot only where the
 * words beside it say so.
 */
function preferWhole(filling: Filling, known: KnownSlot): void {
  const spoken = filling.entities.filter((entity) => {
    const other = filling.slots.find(({ slot }) => slot.name === entity.slot);
    return (
      other !== undefined && (entity.confidence >= 0.9 || closeness(filling, other, entity) >= 0.7)
    );
  });
  if (spoken.length > 0) return;
  filling.entities.length = 0;
  filling.blocked.length = 0;
  takeText(filling, known, filling.region, WHOLE);
}

function takeText(filling: Filling, known: KnownSlot, region: Span, confidence: number): void {
  const span = answerSpan(filling.heard, region, known.kind, known.phrases);
  if (!span || filling.entities.some((e) => e.start < span.end && span.start < e.end)) return;
  const text = filling.heard.utterance.slice(span.start, span.end);
  const value = known.slot.type === 'array' ? itemsOf(text) : text;
  const doubt = isUnlike(known, text, wordsIn(filling.heard, span).length) ? 0.35 : 0;
  take(filling, known, { ...span, value }, confidence - doubt);
}

/** Names and references are short: a sentence in their place is most likely something else. */
function isUnlike({ kind }: KnownSlot, text: string, words: number): boolean {
  if (kind === 'identifier') return words > 4 || (words > 2 && !/\p{N}/u.test(text));
  if (kind === 'person') return words > 7 || !/\p{L}/u.test(text);
  return kind === 'item' && !/\p{L}/u.test(text);
}

/** Stretches of clauses that hold no value and are no request, courtesy or command. */
function stretches(filling: Filling, least: number): readonly Span[] {
  const { heard, region, entities, blocked } = filling;
  return cleanStretches(clausesOf(heard.text, region), [...entities, ...blocked], (clause) => {
    const said = wordsIn(heard, clause);
    const words = withoutPadding(said);
    if (words.length < least || isPhrase(said) || isPhrase(words)) return false;
    return !REQUEST.test(heard.text.slice(clause.start, clause.end));
  });
}

/** What stands between the values, without the words that merely join them. */
function leftovers(filling: Filling): readonly Span[] {
  const { heard, region, entities, blocked } = filling;
  const words = wordsIn(heard, region);
  const runs: Span[] = [];
  let run: typeof words = [];
  const close = (): void => {
    const telling = trimConnectors(filling, run);
    const [first, last] = [telling[0], telling.at(-1)];
    if (first && last && !isPhrase(withoutPadding(telling)))
      runs.push({ start: first.start, end: last.end });
    run = [];
  };
  let previousEnd = region.start;
  for (const word of words) {
    const held = [...entities, ...blocked].some(
      (span) => word.start < span.end && span.start < word.end,
    );
    const broken = /[,;\n]|\.\s/u.test(heard.text.slice(previousEnd, word.start));
    if (held || broken) close();
    if (!held) run = [...run, word];
    previousEnd = word.end;
  }
  close();
  return runs.filter((span) => !REQUEST.test(heard.text.slice(span.start, span.end)));
}

function trimConnectors(
  filling: Filling,
  run: Filling['heard']['words'],
): Filling['heard']['words'] {
  const keywords = new Set(filling.slots.flatMap((known) => [...known.keywords.keys()]));
  const tells = ({ text, stem }: { text: string; stem: string }): boolean =>
    !CONNECTOR.test(text) && !keywords.has(stem);
  const first = run.findIndex(tells);
  return first < 0 ? [] : run.slice(first, run.findLastIndex(tells) + 1);
}

function longest(spans: readonly Span[]): Span | null {
  return spans.toSorted((a, b) => b.end - b.start - (a.end - a.start))[0] ?? null;
}

/** The one open slot that wants a sentence; null where there are several. */
function sentenceSlot(filling: Filling): KnownSlot | null {
  const wanting = unfilled(filling).filter(
    (known) => known.kind === 'sentence' && isFreeText(known),
  );
  return wanting.length === 1 ? (wanting[0] ?? null) : null;
}
