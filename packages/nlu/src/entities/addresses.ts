import { isFocused, isFree, MAX_CANDIDATES, take, unfilled, type Filling } from '../filling.js';
import type { Span } from '../text.js';

const SUFFIX =
  'street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|square|sq|place|pl|terrace|way|parkway|pkwy|highway|hwy|close|crescent|row|alley|quay|gardens|park';
const CAPITALISED = String.raw`\p{Lu}[\p{L}\p{M}'-]*`;
/** Not a part of an address though it may begin with a capital. */
const NOT_DAY = String.raw`(?!(?:${caseless(
  'monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|tomorrow|today|tonight|next|this|at|on|by|please|and',
)})(?!\p{L}))`;
const TAIL =
  String.raw`(?:,?\s+(?:${caseless('apt|apartment|unit|suite|flat|floor|fl')}|#)\.?\s*[\p{L}\p{N}-]{1,8})?` +
  String.raw`(?:,\s*${NOT_DAY}${CAPITALISED}(?:\s+${NOT_DAY}${CAPITALISED}){0,2}(?![\p{L}\p{N}@.:]*[@:]))*(?:,?\s+[A-Z]{2}(?![\p{L}\p{N}]))?(?:,?\s+\d{5}(?:-\d{4})?(?![\p{L}\p{N}]))?`;
/** A house number, some words and a kind of street. */
const NUMBERED = new RegExp(
  String.raw`(?<![\p{L}\p{N}$€£#.,-])\d{1,6}[A-Za-z]?(?:-\d{1,4})?\s+(?:${NOT_DAY}[\p{L}\p{M}\p{N}'.-]{1,30}\s+){0,4}?(?:[Ss][Tt]\.?|${caseless(SUFFIX)})(?![\p{L}\p{N}])\.?${TAIL}`,
  'gu',
);
/** After a preposition a number with capitalised words is enough. */
const LED = new RegExp(
  String.raw`(?<=(?<![\p{L}\p{N}])(?:to|at|in|address(?:\s+is)?:?)\s+)\d{1,6}[A-Za-z]?\s+${NOT_DAY}${CAPITALISED}(?:\s+${NOT_DAY}${CAPITALISED}){0,4}${TAIL}`,
  'gu',
);
/** The number behind the street, or the kind of street before its name. */
const CONTINENTAL = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:\p{Lu}[\p{L}-]*(?:straße|strasse|weg|platz|gasse|allee|ring|laan|straat|gatan)\s+\d{1,5}[a-z]?|\d{1,5}(?:\s+bis)?,?\s+(?:${caseless('rue|avenue|boulevard|place|quai|via|calle')})\s+(?:(?:de|du|des|la|le|les|l'|del|di)\s*)*${CAPITALISED}(?:\s+${CAPITALISED}){0,3}|(?:${caseless('via|calle|rua|avenida|piazza|plaza')})\s+(?:(?:de|del|della|di|la)\s+)*${CAPITALISED}(?:\s+${CAPITALISED}){0,3},?\s+\d{1,5})(?![\p{L}\p{N}])${TAIL}`,
  'gu',
);
/** A place without a number, where something is to be brought. */
const DESTINATION = new RegExp(
  String.raw`(?<=(?<![\p{L}\p{N}])(?:deliver|send|ship|bring|mail|post|come|go|drive|take|delivered|sent|shipped)(?:\s+(?:it|them|this|that|everything|me))?\s+(?:to|at)\s+|(?<![\p{L}\p{N}])to\s+)(?:the\s+)?${NOT_DAY}${CAPITALISED}(?:\s+${NOT_DAY}${CAPITALISED}){1,4}${TAIL}`,
  'gu',
);

/** Street addresses for slots that ask where. */
export function extractAddresses(filling: Filling): void {
  const wanting = unfilled(filling).filter(
    ({ kind, format, slot }) =>
      kind === 'address' && slot.type === 'string' && format === null && !slot.options,
  );
  const focused = wanting.find((one) => isFocused(filling, one));
  const known = focused ?? (wanting.length === 1 ? wanting[0] : undefined);
  const spans = findAddresses(filling.heard.text)
    .filter((span) => isFree(filling, span))
    .slice(0, MAX_CANDIDATES);
  const [only] = spans;
  if (only && known && spans.length === 1) {
    take(
      filling,
      known,
      { ...only, value: filling.heard.utterance.slice(only.start, only.end) },
      0.9,
    );
    return;
  }
  // The 5 of "5 Main St" is no quantity, whether or not a slot takes the address.
  filling.blocked.push(...spans);
  if (!known || spans.length > 0) return;
  const places = matchesOf(filling.heard.text, DESTINATION).filter((span) => isFree(filling, span));
  const [place] = places;
  if (!place || places.length > 1) return;
  take(
    filling,
    known,
    { ...place, value: filling.heard.utterance.slice(place.start, place.end) },
    0.8,
  );
}

/** Stretches of a text that are written as street addresses. */
export function findAddresses(text: string): readonly Span[] {
  const found: Span[] = [];
  for (const pattern of [CONTINENTAL, NUMBERED, LED]) {
    for (const span of matchesOf(text, pattern)) {
      if (!found.some((other) => span.start < other.end && other.start < span.end))
        found.push(span);
    }
  }
  return found;
}

function matchesOf(text: string, pattern: RegExp): readonly Span[] {
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].replace(/[.,\s]+$/u, '').length,
  }));
}

/** Alternatives that match as they are, capitalised or in capitals, in a pattern that minds case. */
function caseless(words: string): string {
  return words
    .split('|')
    .map(
      (word) =>
        `[${word.charAt(0)}${word.charAt(0).toUpperCase()}](?:${word.slice(1)}|${word.slice(1).toUpperCase()})`,
    )
    .join('|');
}
