import { isNearWord } from './fuzzy.js';
import { phraseList, wordSet } from './phrases.js';
import { peelings, startsWith } from './padding.js';
import type { Word } from './text.js';

/** A yes, a no, or neither of them said openly. */
export interface Affirmation {
  readonly answer: 'yes' | 'no' | 'hedge';
  readonly confidence: number;
  /** True where the whole of what was said is a yes or a no. */
  readonly bare: boolean;
}

const YES = phraseList(`
  yes, yep, yeah, yup, ya, yea, y, aye, sure, sure thing, of course, ok, okay, k, go ahead, go
  for it, do it, do that, correct, confirm, confirmed, approve, approved, i approve, i
  confirm, i agree, agreed, absolutely, definitely, certainly, affirmative, fine, sounds good,
  sounds great, looks good, looks right, looks correct, thats right, thats correct, that is
  correct, that is right, thats fine, thats good, thats ok, its ok, its correct, its fine,
  right, exactly, please do, by all means, why not, no problem, no worries, no objections,
  make it so, indeed, great, perfect, good, cool, alright, all right, all good, accept,
  accepted, i accept, lgtm, works for me, fine by me, fine with me, i do, it is, we do, yes i
  do, yes it is, yes please, submit, submit it, send it, very well, true, got it, understood,
  noted
`);
/** Commands that are a yes to "shall I?". */
const YES_TO_GO_ON = phraseList(`
  go, go on, proceed, continue, carry on, run it, start, start it, lets go, next, run, make it
  happen, resume, keep going, begin, execute
`);
const NO = phraseList(`
  no, nope, nah, n, naw, no way, no thanks, no thank you, dont, do not, not now, not yet, not
  really, reject, rejected, i reject, decline, declined, deny, denied, i refuse, refuse,
  negative, disagree, i disagree, never, absolutely not, definitely not, certainly not, of
  course not, please dont, please do not, id rather not, rather not, i dont want to, i do not
  want to, i dont want that, i dont think so, i do not think so, later, maybe later, not
  today, hold off, disapprove, disapproved, wrong, incorrect, thats wrong, that is wrong, not
  correct, thats not right, thats not correct, it is not, it isnt, its not, i dont, i do not,
  i wont, under no circumstances, no no, false, neither, none, neither of them, none of them,
  none of those, none of these, none of the above, neither of those, neither one, nothing, not
  at all
`);
const HEDGES = phraseList(`
  maybe, perhaps, possibly, i guess, i guess so, i suppose, i suppose so, not sure, im not
  sure, i am not sure, unsure, i dont know, i do not know, dunno, idk, probably, might,
  depends, it depends, i think so, let me think, kind of, sort of, could be, whatever, not
  certain, no idea, i have no idea
`);
const YES_STARTS = phraseList(`
  yes, yep, yeah, yup, yea, aye, sure, ok, okay, of course, absolutely, definitely, certainly,
  affirmative, go ahead, confirm, confirmed, approve, approved, no problem, no worries, why
  not, i approve, i confirm, i agree, please do it, please go ahead, do it, please proceed,
  proceed
`);
const NO_STARTS = phraseList(`
  no, nope, nah, dont, do not, never, not, reject, decline, i dont, i do not, absolutely not,
  please dont, please do not, i refuse, i reject, i decline, id rather not, lets not
`);
const NEGATIONS = wordSet(`
  no not dont never cannot cant wont isnt arent wrong incorrect nope shouldnt
`);
const RESERVATIONS: ReadonlySet<string> = new Set([
  ...NEGATIONS,
  ...wordSet('but except unless wait however only'),
]);
const ASSENTS = phraseList(`
  confirm, approve, agree, correct, go ahead, do it, proceed, looks|sounds good|right|correct|fine|great, fine,
  accept, is right, all good
`);

/**
 * Hears a yes or a no in words. `asked` is true where a yes or no was asked for, which lets commands
 * such as "go on", trailing words and indirect answers count; "maybe" is a hedge, never a yes.
 */
export function readAffirmation(words: readonly Word[], asked: boolean): Affirmation | null {
  if (words.length === 0 || words.length > 30) return null;
  return readBare(words, asked) ?? (asked ? readIndirect(words) : null);
}

function readBare(words: readonly Word[], asked: boolean): Affirmation | null {
  const twice = readTwice(words, asked);
  if (twice) return twice;
  for (const [near, confidence] of [
    [false, 0.99],
    [true, 0.85],
  ] as const) {
    for (const rest of peelings(words)) {
      const said = (phrases: readonly (readonly string[])[]): boolean =>
        phrases.some((phrase) => phrase.length === rest.length && matches(rest, phrase, near));
      if (said(HEDGES)) return { answer: 'hedge', confidence, bare: true };
      if (said(NO)) return { answer: 'no', confidence, bare: true };
      if (said(YES) || (asked && said(YES_TO_GO_ON))) {
        return { answer: 'yes', confidence, bare: true };
      }
    }
  }
  return null;
}

/** "Yep, go ahead" and "no, not now": a yes after a yes, a no after a no. */
function readTwice(words: readonly Word[], asked: boolean): Affirmation | null {
  const after = (phrases: readonly (readonly string[])[], said: typeof YES): boolean => {
    const rest = words.slice(startOf(words, phrases));
    return (
      rest.length < words.length &&
      said.some((p) => p.length === rest.length && startsWith(rest, p))
    );
  };
  const goesOn = asked && after(YES_STARTS, YES_TO_GO_ON);
  if (goesOn || after(YES_STARTS, YES)) return { answer: 'yes', confidence: 0.99, bare: true };
  return after(NO_STARTS, NO) ? { answer: 'no', confidence: 0.99, bare: true } : null;
}

function readIndirect(words: readonly Word[]): Affirmation | null {
  const yesStart = startOf(words, YES_STARTS);
  const noStart = startOf(words, NO_STARTS);
  const long = words.length > 12 ? 0.1 : 0;
  if (contains(words, HEDGES)) {
    return yesStart > 0
      ? { answer: 'yes', confidence: 0.6, bare: false }
      : { answer: 'hedge', confidence: 0.6, bare: false };
  }
  if (yesStart > 0) {
    // "Sure, why not" has no reservation.
    const reserved = words
      .slice(yesStart)
      .some(({ text }, at, rest) => RESERVATIONS.has(text) && rest[at - 1]?.text !== 'why');
    return { answer: 'yes', confidence: reserved ? 0.6 : 0.96 - long, bare: false };
  }
  if (noStart > 0) return { answer: 'no', confidence: 0.96 - long, bare: false };
  if (words.length > 9) return null;
  if (words.some(({ text }) => NEGATIONS.has(text))) {
    return { answer: 'no', confidence: 0.88, bare: false };
  }
  return contains(words, ASSENTS) ? { answer: 'yes', confidence: 0.88, bare: false } : null;
}

/** How many words a phrase at the start takes; 0 where there is none. Courtesies may come before it. */
function startOf(words: readonly Word[], phrases: readonly (readonly string[])[]): number {
  const skipped = ['well', 'oh', 'um', 'uh', 'hmm', 'please'].includes(words[0]?.text ?? '')
    ? 1
    : 0;
  for (const at of skipped === 0 ? [0] : [0, 1]) {
    const phrase = phrases.find((candidate) => startsWith(words.slice(at), candidate));
    if (phrase) return at + phrase.length;
  }
  return 0;
}

function contains(words: readonly Word[], phrases: readonly (readonly string[])[]): boolean {
  return words.some((_, at) =>
    phrases.some((phrase) => startsWith(words.slice(at, at + 4), phrase)),
  );
}

function matches(words: readonly Word[], phrase: readonly string[], near: boolean): boolean {
  return near
    ? phrase.every((text, at) => isNearWord(words[at]?.text ?? '', text))
    : startsWith(words, phrase);
}

const GESTURES: readonly (readonly [RegExp, 'yes' | 'no'])[] = [
  [/^[\s!.]*(?:👍|👌|✅|✔|☑|🆗|💯)(?:[\p{Emoji_Modifier}\uFE0F\s!.👍👌✅])*$/u, 'yes'],
  [/^[\s!.]*(?:👎|❌|✖|🚫|🙅)(?:[\p{Emoji_Modifier}\uFE0F\s!.👎❌])*$/u, 'no'],
];

/** A thumb up or down, and the like, said alone. */
export function readGesture(text: string): Affirmation | null {
  if (text.length > 20) return null;
  const found = GESTURES.find(([pattern]) => pattern.test(text));
  return found ? { answer: found[1], confidence: 0.9, bare: true } : null;
}
