import { parseNumeral } from '@sim/domain';
import {
  assign,
  closeness,
  freeText,
  isFocused,
  MAX_CANDIDATES,
  unfilled,
  type Candidate,
  type Filling,
  type Pairing,
} from '../filling.js';
import { hasOptions, isFreeText, type KnownSlot } from '../slot-lexicon.js';
import { findNumberWords } from './number-words.js';

/** A number with what was said around it. */
export interface Quantity extends Candidate {
  readonly value: number;
  /** A currency sign or name goes with it. */
  readonly money: boolean;
  /** The word after it where that is a thing counted: "2 pizzas". */
  readonly counted: boolean;
  /** "one" and "a couple" are often no numbers at all. */
  readonly vague: boolean;
}

const CURRENCY =
  'dollars?|bucks?|euros?|eur|usd|gbp|pounds?|quid|cents?|chf|francs?|yen|rupees?|inr|cad|aud|\\p{Sc}';
/** Sign, currency, digits with separators, multiplier, currency; never part of a word or date. */
const NUMERAL = new RegExp(
  String.raw`(?<![\p{L}\p{N}_.,#:/-])(?<sign>[-−+]|minus\s)?(?<before>\p{Sc}\s?|(?:usd|eur|gbp)\s)?` +
    String.raw`(?<digits>\p{Nd}+(?:[.,'’]\p{Nd}+)*|\.\p{Nd}+)` +
    String.raw`(?<multiplier>\s?(?:k|thousand|m|mn|million|bn|billion)(?![\p{L}\p{N}]))?` +
    String.raw`(?<after>\s?(?:${CURRENCY})(?![\p{L}\p{N}]))?(?<unit>\s?%|(?:x|kg|g|km|cm|mm|lbs?|oz|hrs?|h|mins?|ml|l|gb|mb)(?![\p{L}\p{N}]))?(?![\p{L}\p{N}_]|[:/.,-]\p{N})`,
  'giu',
);
const AFTER = new RegExp(String.raw`^\s?(?:${CURRENCY})(?![\p{L}\p{N}])`, 'iu');
/** Words after a number that do not name what is counted. */
const NOT_COUNTED =
  /^\s+(?:and|or|to|for|at|on|in|by|of|from|is|was|please|thanks|but|because|then|tomorrow|today|not|as|with|the|am|pm|each|o'clock|per|instead|that|which|now|only|percent|out|it|i|that|this|we|they|you|yes|no)\b/iu;

/** Numbers for number slots, each given to the slot that the words around it speak of. */
export function extractNumbers(filling: Filling): void {
  const wanting = unfilled(filling).filter(
    ({ slot }) => slot.type === 'number' && !hasOptions(slot),
  );
  if (wanting.length === 0) return;
  const found = findNumbers(freeText(filling)).slice(0, MAX_CANDIDATES);
  const pairings = found.flatMap((candidate): readonly Pairing[] =>
    wanting.map((known) => ({
      known,
      candidate,
      score: affinity(filling, wanting, known, candidate, found),
    })),
  );
  assign(filling, pairings);
}

/** The numbers in a text: numerals and number words. */
export function findNumbers(text: string): readonly Quantity[] {
  const numerals = [...text.matchAll(NUMERAL)].flatMap((match) => toQuantity(match, text));
  const words = findNumberWords(text)
    .filter(({ start, end }) => !numerals.some((n) => start < n.end && n.start < end))
    .map(({ value, start, end, vague }) => {
      const currency = AFTER.exec(text.slice(end, end + 12))?.[0] ?? '';
      const whole = { start, end: end + currency.length };
      return {
        value,
        ...whole,
        money: currency !== '',
        counted: isCounted(text, whole.end),
        vague,
      };
    });
  return [...numerals, ...words].sort((a, b) => a.start - b.start);
}

function toQuantity(match: RegExpExecArray, text: string): readonly Quantity[] {
  const { sign, before, digits, multiplier, after } = match.groups ?? {};
  const plain = parseNumeral(digits ?? '');
  if (plain === undefined) return [];
  const value = plain * multiplierOf(multiplier) * (sign && !sign.includes('+') ? -1 : 1);
  const end = match.index + match[0].length;
  const money = before !== undefined || after !== undefined;
  // 1.1 * 1000 is 1100.0000000000002: a spoken number has no such digits.
  const rounded = Number(value.toPrecision(15));
  return [
    {
      value: rounded,
      start: match.index,
      end,
      money,
      counted: !money && isCounted(text, end),
      vague: false,
    },
  ];
}

function multiplierOf(multiplier: string | undefined): number {
  const letter = multiplier?.trim().toLowerCase() ?? '';
  if (letter === '') return 1;
  if (letter.startsWith('k') || letter.startsWith('t')) return 1e3;
  return letter.startsWith('b') ? 1e9 : 1e6;
}

function isCounted(text: string, end: number): boolean {
  const rest = text.slice(end, end + 24);
  if (/^\s+of\s+(?:them|those|these)\b/iu.test(rest)) return true;
  return /^\s+\p{L}{2,}/u.test(rest) && !NOT_COUNTED.test(rest);
}

function affinity(
  filling: Filling,
  wanting: readonly KnownSlot[],
  known: KnownSlot,
  candidate: Quantity,
  found: readonly Quantity[],
): number {
  const near = closeness(filling, known, candidate);
  const focused = isFocused(filling, known);
  const alone = found.length === 1;
  if (candidate.vague && near < 0.8 && !(focused && alone)) return 0;
  if (candidate.money) return moneyAffinity(wanting, known, near, focused);
  let score = near >= 0.4 ? 0.65 + near * 0.3 : 0;
  if (known.kind === 'count' && candidate.counted) score = Math.max(score, 0.78 + near * 0.1);
  // The only number said goes to the only slot that takes one, unless it may belong to spoken text.
  const textFocus = filling.focus !== null && isFreeText(filling.focus);
  const sole = wanting.length === 1 && !textFocus && !(known.kind === 'money' && candidate.counted);
  if (sole) score = Math.max(score, 0.76 + near * 0.1);
  if (focused) score = Math.max(score, 0.82 + near * 0.1);
  return focused ? score + 0.05 : score;
}

function moneyAffinity(
  wanting: readonly KnownSlot[],
  known: KnownSlot,
  near: number,
  focused: boolean,
): number {
  if (known.kind === 'money') return 0.9 + near * 0.05 + (focused ? 0.04 : 0);
  // Money is no count: only a slot that is asked for or spoken of takes it, where no other wants it.
  if (wanting.some(({ kind }) => kind === 'money') || known.kind === 'count')
    return near >= 0.8 ? 0.7 : 0;
  return focused || near >= 0.4 || wanting.length === 1 ? 0.85 : 0;
}
