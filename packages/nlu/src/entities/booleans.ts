import { isFocused, isFree, take, unfilled, type Filling } from '../filling.js';
import { readAffirmation } from '../affirmation.js';
import type { KnownSlot } from '../slot-lexicon.js';
import { wordsIn, type Span, type Word } from '../text.js';
import { wordSet } from '../phrases.js';

const BEFORE_NO = wordSet(
  'no without not dont skip remove decline never minus excluding exclude omit drop except isnt hold',
);
const BEFORE_YES = wordSet(
  'with add include want need yes please enable plus including also wants id like a is its very do and get some',
);
const AFTER_NO = wordSet('no false off never nope not disabled unnecessary 0');
const AFTER_YES = wordSet(
  'yes true on please yep yeah sure definitely required needed enabled too 1 ok okay included',
);
const AFTER_FILLER = wordSet('is are as to be should would set equals it its will');
const BEFORE_FILLER = wordSet('the a an any my it be to have of for this that is');

/** Yes or no for boolean slots: an answer to the one asked for, or a mention such as "no insurance". */
export function extractBooleans(filling: Filling): void {
  const words = wordsIn(filling.heard, filling.region);
  const wanting = unfilled(filling).filter(({ slot }) => slot.type === 'boolean');
  for (const known of wanting) {
    const mention = findMention(filling, words, known);
    const said = mention && polarityOf(filling, words, mention);
    if (said) take(filling, known, said, said.sure ? 0.92 : 0.82);
  }
  const asked = unfilled(filling).find(
    (known) => wanting.includes(known) && isFocused(filling, known),
  );
  if (asked) takeAnswer(filling, asked, words);
}

/** A yes or no to the question, in what the other values leave of the utterance. */
function takeAnswer(filling: Filling, known: KnownSlot, words: readonly Word[]): void {
  const left = words.filter((word) => isFree(filling, word));
  const answer = readAffirmation(left, true);
  const [first, last] = [left[0], left.at(-1)];
  if (!answer || answer.answer === 'hedge' || !first || !last) {
    takeOption(filling, known, words);
    return;
  }
  const whole = { start: first.start, end: last.end };
  const { start, end } = isFree(filling, whole) ? whole : first;
  take(filling, known, { value: answer.answer === 'yes', start, end }, answer.confidence);
}

/** "On", "off", "1" and "0" answer a boolean too. */
function takeOption(filling: Filling, known: KnownSlot, words: readonly Word[]): void {
  const [only] = words;
  if (!only || words.length > 1 || !isFree(filling, only)) return;
  const value = AFTER_NO.has(only.text) ? false : AFTER_YES.has(only.text) ? true : null;
  if (value !== null) take(filling, known, { value, start: only.start, end: only.end }, 0.95);
}

interface Mentioned extends Span {
  readonly first: number;
  readonly last: number;
}

/** Where the slot is spoken of: its whole label, or the one word that only it is called by. */
function findMention(filling: Filling, words: readonly Word[], known: KnownSlot): Mentioned | null {
  for (const phrase of known.phrases) {
    const at = words.findIndex((_, i) => phrase.every((stem, j) => words[i + j]?.stem === stem));
    if (at >= 0) return mentioned(words, at, at + phrase.length - 1);
  }
  const own = [...known.keywords].filter(([, weight]) => weight === 1).map(([stem]) => stem);
  const shared = (stem: string): boolean =>
    filling.slots.some((other) => other !== known && other.keywords.get(stem) === 1);
  const at = words.findIndex(({ stem }) => own.includes(stem) && !shared(stem) && stem.length > 3);
  return at < 0 ? null : mentioned(words, at, at);
}

function mentioned(words: readonly Word[], first: number, last: number): Mentioned {
  return { first, last, start: words[first]?.start ?? 0, end: words[last]?.end ?? 0 };
}

function polarityOf(
  filling: Filling,
  words: readonly Word[],
  { first, last, start, end }: Mentioned,
): (Span & { value: boolean; sure: boolean }) | null {
  const after = cue(filling, words, last, 1, AFTER_FILLER, AFTER_NO, AFTER_YES);
  const before = cue(filling, words, first, -1, BEFORE_FILLER, BEFORE_NO, BEFORE_YES);
  const found = before?.value === false ? before : (after ?? before);
  if (!found) return null;
  const span = { start: Math.min(start, found.word.start), end: Math.max(end, found.word.end) };
  if (!isFree(filling, span)) return null;
  return { ...span, value: found.value, sure: found === after || found.strong };
}

/** The nearest telling word on one side within the clause, at most three words away. */
function cue(
  { heard }: Filling,
  words: readonly Word[],
  from: number,
  step: 1 | -1,
  filler: ReadonlySet<string>,
  no: ReadonlySet<string>,
  yes: ReadonlySet<string>,
): { word: Word; value: boolean; strong: boolean } | null {
  for (let at = from + step, left = 3; left > 0; at += step, left -= 1) {
    const [word, near] = [words[at], words[at - step]];
    if (!word || !near) return null;
    const gap = heard.text.slice(Math.min(word.end, near.end), Math.max(word.start, near.start));
    if (/[;.,\n]/u.test(gap)) return null;
    if (no.has(word.text)) return { word, value: false, strong: true };
    if (yes.has(word.text)) {
      // "I don't want gift wrap": the no stands before the want.
      const negation = step < 0 ? negationBefore(heard, words, at, no) : undefined;
      return negation
        ? { word: negation, value: false, strong: true }
        : { word, value: true, strong: !filler.has(word.text) };
    }
    if (!filler.has(word.text)) return null;
  }
  return null;
}

/** A no at most two words before in the same clause. */
function negationBefore(
  { text }: Filling['heard'],
  words: readonly Word[],
  at: number,
  no: ReadonlySet<string>,
): Word | undefined {
  const cue = words[at];
  return words
    .slice(Math.max(0, at - 2), at)
    .find((word) => no.has(word.text) && cue && !/[;.,\n]/u.test(text.slice(word.end, cue.start)));
}
