import type { SlotOption } from '@sim/domain';
import { closeness, isFocused, isFree, take, unfilled, type Filling } from '../filling.js';
import { isNearWord } from '../fuzzy.js';
import { withoutPadding } from '../padding.js';
import { wordSet } from '../phrases.js';
import { hasOptions } from '../slot-lexicon.js';
import { fold, stem, wordsIn, wordsOf, type Span, type Word } from '../text.js';
import { findNumberWords } from './number-words.js';

/** An option that was named, and where. */
export interface NamedOption extends Span {
  readonly option: SlotOption;
  readonly confidence: number;
}

const ORDINALS: ReadonlyMap<string, number> = new Map(
  [
    'first',
    'second',
    'third',
    'fourth',
    'fifth',
    'sixth',
    'seventh',
    'eighth',
    'ninth',
    'tenth',
  ].flatMap((word, at) => [[word, at + 1] as const]),
);
/** Words around a position: "the second one", "option 2", "number three". */
const POSITION_FILLER = wordSet(`
  the option number choice one no item answer i want would like take choose pick prefer id
  go with for lets my choice is please it its thats that
`);
/** Options that are everyday words are heard outside their own question only beside its label. */
const EVERYDAY = wordSet(`
  a an i no yes none other any all in on off to it one new now here there some other true
  false not me out up
`);

/** Options of the open slots that are named in the utterance. */
export function extractOptions(filling: Filling): void {
  const words = wordsIn(filling.heard, filling.region);
  for (const known of unfilled(filling)) {
    if (!hasOptions(known.slot) || known.slot.type === 'boolean') continue;
    const options = known.slot.options ?? [];
    const focused = isFocused(filling, known);
    const named = nameOptions(words, options).filter(
      (found) => isFree(filling, found) && (focused || isOwn(filling, known, found)),
    );
    const distinct = new Set(named.map(({ option }) => option));
    const list = known.slot.type === 'array';
    const [only] = named;
    if (list && only) {
      const last = named.at(-1) ?? only;
      const span = { start: only.start, end: last.end };
      take(filling, known, { ...span, value: [...distinct].map(({ value }) => value) }, 0.88);
    } else if (only && distinct.size === 1) {
      take(filling, known, { ...only, value: only.option.value }, only.confidence);
    } else if (focused && distinct.size === 0) {
      const placed = optionByPosition(words, options) ?? optionByPart(words, options);
      if (placed && isFree(filling, placed)) {
        take(filling, known, { ...placed, value: placed.option.value }, placed.confidence);
      }
    }
  }
}

/** True where the option is said of this slot and not as an everyday word. */
function isOwn(
  filling: Filling,
  known: Parameters<typeof closeness>[1],
  found: NamedOption,
): boolean {
  const label = wordsOf(found.option.label);
  const everyday = label.every(
    (word) => EVERYDAY.has(word) || /^\d+$/u.test(word) || word.length < 3,
  );
  return !everyday || closeness(filling, known, found) >= 0.7;
}

/** The options named by value or label, the longest first where they overlap; "not X" names none. */
export function nameOptions(
  words: readonly Word[],
  options: readonly SlotOption[],
): readonly NamedOption[] {
  const found = options.flatMap((option) =>
    namesOf(option).flatMap((name) => occurrences(words, name, option)),
  );
  const best = found.sort(
    (a, b) => b.end - b.start - (a.end - a.start) || b.confidence - a.confidence,
  );
  const kept: NamedOption[] = [];
  for (const candidate of best) {
    const clash = kept.some(
      (k) =>
        k.start < candidate.end &&
        candidate.start < k.end &&
        (k.end - k.start > candidate.end - candidate.start ||
          k.option === candidate.option ||
          k.confidence > candidate.confidence),
    );
    if (!clash) kept.push(candidate);
  }
  return kept.sort((a, b) => a.start - b.start);
}

/** The option at a position that is all that was said: "2", "the second one", "last". */
export function optionByPosition(
  words: readonly Word[],
  options: readonly SlotOption[],
): NamedOption | null {
  const said = withoutPadding(words);
  const telling = said.filter(({ text }) => !POSITION_FILLER.has(text));
  // "Number one" and "the one" leave nothing but filler: the numeral is what is left to read.
  const [only] = telling.length === 0 ? said.filter(({ text }) => text === 'one') : telling;
  if (!only || telling.length > 1 || said.length > 9) return null;
  if (
    telling.length === 0 &&
    !said.some(({ text }) => text === 'number' || text === 'option') &&
    said.length > 1
  ) {
    return null;
  }
  const position = positionOf(only.text, options.length);
  const option = position === null ? undefined : options[position - 1];
  if (!option) return null;
  return {
    option,
    confidence: 0.95,
    start: said[0]?.start ?? only.start,
    end: said.at(-1)?.end ?? only.end,
  };
}

function positionOf(text: string, count: number): number | null {
  if (text === 'last' || text === 'final' || text === 'bottom') return count;
  if (text === 'top') return 1;
  if (text === 'middle' && count % 2 === 1) return (count + 1) / 2;
  const ordinal =
    ORDINALS.get(text) ?? Number(/^(\d{1,3})(?:st|nd|rd|th)?$/u.exec(text)?.[1] ?? Number.NaN);
  if (Number.isInteger(ordinal)) return ordinal;
  return findNumberWords(text)[0]?.value ?? null;
}

/** The only option of which a telling part was said: "express" for "Express delivery". */
export function optionByPart(
  words: readonly Word[],
  options: readonly SlotOption[],
): NamedOption | null {
  const found = words.flatMap((word, at) => {
    if (word.text.length < 3 || EVERYDAY.has(word.text) || isRefused(words, at)) return [];
    const named = options.filter(({ label }) =>
      wordsOf(label).some((part) => stem(part) === word.stem || isNearWord(word.text, part)),
    );
    const [option] = named;
    return named.length === 1 && option
      ? [{ option, confidence: 0.85, start: word.start, end: word.end }]
      : [];
  });
  const [first] = found;
  return first && found.every(({ option }) => option === first.option) ? first : null;
}

function namesOf({ value, label }: SlotOption): readonly (readonly string[])[] {
  const names = [wordsOf(label)];
  if (typeof value === 'string' || typeof value === 'number') names.push(wordsOf(String(value)));
  return names.filter(
    (name, at) => name.length > 0 && (at === 0 || name.join(' ') !== names[0]?.join(' ')),
  );
}

function occurrences(
  words: readonly Word[],
  name: readonly string[],
  option: SlotOption,
): readonly NamedOption[] {
  return words.flatMap((first, at) => {
    const last = words[at + name.length - 1];
    if (!last || isRefused(words, at)) return [];
    const said = words.slice(at, at + name.length);
    const exact = name.every(
      (text, i) =>
        said[i]?.text === fold(text) || (text.length > 3 && said[i]?.stem === stem(text)),
    );
    const near = exact || name.every((text, i) => isNearWord(said[i]?.text ?? '', text));
    if (!near) return [];
    return [{ option, confidence: exact ? 0.95 : 0.85, start: first.start, end: last.end }];
  });
}

function isRefused(words: readonly Word[], at: number): boolean {
  const before = words.slice(Math.max(0, at - 2), at).map(({ text }) => text);
  if (before.at(-1) === 'not' || before.at(-1) === 'without') return true;
  return before[0] === 'not' && ['the', 'a', 'an'].includes(before[1] ?? '');
}
