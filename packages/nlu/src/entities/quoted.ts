import { closeness, isFocused, isFree, take, unfilled, type Filling } from '../filling.js';
import { isFreeText } from '../slot-lexicon.js';

/** Double quotes anywhere; single ones only where no letter touches them from outside. */
const QUOTED = /"([^"]{1,4000})"|(?<![\p{L}\p{N}])'([^']{2,4000})'(?![\p{L}\p{N}])/gu;

/** Text in quotes goes whole to a text slot, whatever stands in it. */
export function extractQuoted(filling: Filling): void {
  for (const match of filling.heard.text.matchAll(QUOTED)) {
    const span = { start: match.index, end: match.index + match[0].length };
    const inner = (match[1] ?? match[2] ?? '').trim();
    if (inner === '' || !isFree(filling, span)) continue;
    const wanting = unfilled(filling).filter((known) => isFreeText(known));
    const spoken = wanting
      .map((known) => ({ known, near: closeness(filling, known, span) }))
      .sort((a, b) => b.near - a.near);
    const [best, second] = spoken;
    const known =
      (best && best.near >= 0.5 && best.near > (second?.near ?? 0) ? best.known : undefined) ??
      wanting.find((one) => isFocused(filling, one)) ??
      (wanting.length === 1 ? wanting[0] : undefined);
    const start = match.index + match[0].indexOf(inner);
    const value = filling.heard.utterance.slice(start, start + inner.length);
    if (known) take(filling, known, { ...span, value }, 0.93);
    else if (wanting.length > 0 && inner.includes(' ')) filling.blocked.push(span);
  }
}
