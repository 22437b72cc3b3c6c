import { isFree, take, unfilled, type Filling } from '../filling.js';
import { wordSet } from '../phrases.js';
import { overlaps, wordsIn, type Word } from '../text.js';

const STOP = wordSet(`
  to at for on by in with without and or from tomorrow today tonight next this please thanks
  because but if as is are was it them that which who we i you my our delivered shipped sent
`);
const ASKING =
  /(?<![\p{L}\p{N}])(?:order|buy|get|want|like|need|have|purchase|book|deliver|send)\s+(?:me\s+|us\s+)?(?:an?\s+|some\s+|the\s+)?$/iu;

/** The thing counted or asked for - the pizzas of "2 large pizzas to …" - for slots that ask what. */
export function extractItems(filling: Filling): void {
  const wanting = unfilled(filling).filter(
    ({ kind, slot, format }) =>
      kind === 'item' && slot.type === 'string' && format === null && !slot.options,
  );
  const [known] = wanting;
  // Alone, an answer to its question is taken whole by the reader of free text.
  if (!known || wanting.length > 1 || filling.entities.length === 0) return;
  const words = wordsIn(filling.heard, filling.region);
  const counted = filling.entities.find(
    ({ type, slot }) =>
      type === 'number' && filling.slots.some((s) => s.slot.name === slot && s.kind === 'count'),
  );
  const from = counted
    ? words.findIndex(({ start }) => start >= counted.end)
    : words.findIndex(({ start }) => ASKING.test(filling.heard.text.slice(0, start)));
  if (from < 0) return;
  const named = nounPhrase(filling, words.slice(from));
  const [first, last] = [named[0], named.at(-1)];
  if (!first || !last) return;
  const span = { start: first.start, end: last.end };
  if (isFree(filling, span))
    take(
      filling,
      known,
      { ...span, value: filling.heard.utterance.slice(span.start, span.end) },
      0.82,
    );
}

/** The words up to a preposition, a break or another value; values at the front are passed over. */
function nounPhrase(
  { heard, entities, blocked }: Filling,
  words: readonly Word[],
): readonly Word[] {
  const named: Word[] = [];
  let previous: Word | undefined;
  for (const word of words) {
    const broken = previous && /[,;.!?\n]/u.test(heard.text.slice(previous.end, word.start));
    if (broken || STOP.has(word.text)) break;
    previous = word;
    const taken = [...entities, ...blocked].some((span) => overlaps(span, word));
    if (taken && named.length > 0) break;
    if (!taken && !(named.length === 0 && word.text === 'of')) named.push(word);
  }
  return named.slice(0, 6);
}
