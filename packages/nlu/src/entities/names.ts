import { isFocused, isFree, take, unfilled, type Filling } from '../filling.js';

const CAPITALISED = String.raw`\p{Lu}[\p{L}\p{M}'’.-]*`;
const FULL_NAME = String.raw`${CAPITALISED}(?:\s+(?:(?:de|da|van|von|der|den|la|le|bin|ibn|al|di|du|del)\s+)*${CAPITALISED}){0,3}`;
/** After these a name follows, whatever its letters look like. */
const INTRODUCED =
  /(?<![\p{L}\p{N}])(?:my\s+(?:full\s+)?name(?:'s|\s+is)|the\s+name(?:'s|\s+is)|name's|call\s+me|they\s+call\s+me|under\s+the\s+name(?:\s+of)?|in\s+the\s+name\s+of)\s+(?!(?:on|at|by|back|later|when|if|as|not|a|the|via|in|maybe|tomorrow|today)\b)(?<name>[\p{L}\p{M}'.-]+(?:\s+(?!(?:and|but|or|for|from|my|i|with|to|at|on|please|thanks|because|email|phone)\b)[\p{L}\p{M}'.-]+){0,3})/iu;
/** After these it follows only where it is written as one. */
const HINTED = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:[Ff]or|I am|I'm|i'm|i am|[Tt]his is|[Ii]t's for|[Nn]ame:?|[Ff]rom|[Rr]ecipient:?)\s+(?<name>${FULL_NAME})(?![\p{L}\p{N}])`,
  'u',
);
const DAYS =
  /^(?:mon|tues|wednes|thurs|fri|satur|sun)day|^(?:january|february|april|june|july|august|september|october|november|december)\b/iu;

/** People's names for slots that ask for one. */
export function extractNames(filling: Filling): void {
  const wanting = unfilled(filling).filter(
    ({ kind, format }) => kind === 'person' && format === null,
  );
  const known =
    wanting.find((one) => isFocused(filling, one)) ??
    (wanting.length === 1 ? wanting[0] : undefined);
  if (!known || known.slot.type !== 'string' || known.slot.options) return;
  for (const [pattern, confidence] of [
    [INTRODUCED, 0.93],
    [HINTED, 0.85],
  ] as const) {
    const region = filling.heard.text.slice(filling.region.start, filling.region.end);
    const match = pattern.exec(region);
    const name = match?.groups?.['name']?.replace(/[.,]+$/u, '');
    if (!match || name === undefined || DAYS.test(name)) continue;
    const start = filling.region.start + match.index + match[0].lastIndexOf(name);
    const span = { start, end: start + name.length };
    if (!isFree(filling, span)) continue;
    take(
      filling,
      known,
      { ...span, value: filling.heard.utterance.slice(span.start, span.end) },
      confidence,
    );
    return;
  }
}
