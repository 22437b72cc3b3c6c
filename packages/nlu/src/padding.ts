import { phraseList } from './phrases.js';
import type { Word } from './text.js';

/** Courtesies before what is meant; longer ones first. */
const LEADING = longestFirst(`
  i would really like you to, i would like you to, would you be so kind as to, would you mind,
  i would like to, do you think you could, is it possible to, can you please, could you
  please, would you please, will you please, id like you to, i want you to, i need you to,
  could we please, id like to, i want to, i wanna, i need to, could you, can you, would you,
  will you, can we, could we, shall we, can i, could i, may i, i think, let us, lets, good
  morning, good afternoon, good evening, thank you, please, pls, plz, kindly, hi, hello, hey,
  there, okay, ok, well, so, um, uh, erm, hmm, oh, just, now, then, and, alright, right,
  thanks, actually, also, you can, maybe you could
`);
const TRAILING = longestFirst(`
  if you dont mind, if you would, if possible, thank you very much, thanks a lot, thank you,
  would you, will you, could you, for me, right now, for now, right away, please, pls, plz,
  thanks, thx, now, then, ok, okay, mate, sir, madam, already, immediately,
  here, cheers
`);
/** In an answer these are courtesies; words such as "then" or "so" may belong to it. */
const ANSWER_LEADING =
  longestFirst(`actually, good morning, good afternoon, good evening, hi there, hello there, please, pls, plz, hi,
  hello, hey, um, uh, erm, hmm, oh, ok, okay, well, so, alright, sure, thanks, thank you, ah
`);
const ANSWER_TRAILING = longestFirst(`
  please, pls, plz, thanks, thx, thank you, thanks a lot, thank you very much, cheers, if
  possible
`);

/** The words without courtesies at either end; may be none. */
export function withoutPadding(words: readonly Word[]): readonly Word[] {
  return strip(words, LEADING, TRAILING);
}

/** The same, sparing words that may belong to an answer: "so" and "then" at its end. */
export function withoutCourtesy(words: readonly Word[]): readonly Word[] {
  return strip(words, ANSWER_LEADING, ANSWER_TRAILING);
}

/** The words with one more courtesy taken off the front at each step, the full list first. */
export function* peelings(words: readonly Word[]): Generator<readonly Word[]> {
  let rest = words;
  while (rest.length > 0) {
    yield rest;
    const trimmed = stripEnd(rest, TRAILING);
    if (trimmed.length > 0 && trimmed.length < rest.length) yield trimmed;
    const lead = LEADING.find((phrase) => startsWith(rest, phrase));
    if (!lead) return;
    rest = rest.slice(lead.length);
  }
}

/** True where the words begin with the phrase. */
export function startsWith(words: readonly Word[], phrase: readonly string[]): boolean {
  return phrase.length <= words.length && phrase.every((text, at) => words[at]?.text === text);
}

function strip(
  words: readonly Word[],
  leading: readonly (readonly string[])[],
  trailing: readonly (readonly string[])[],
): readonly Word[] {
  let rest = words;
  for (;;) {
    const lead = leading.find((phrase) => startsWith(rest, phrase));
    if (!lead) return stripEnd(rest, trailing);
    rest = rest.slice(lead.length);
  }
}

function stripEnd(
  words: readonly Word[],
  trailing: readonly (readonly string[])[],
): readonly Word[] {
  let rest = words;
  for (;;) {
    const tail = trailing.find(
      (phrase) =>
        phrase.length <= rest.length && startsWith(rest.slice(rest.length - phrase.length), phrase),
    );
    if (!tail) return rest;
    rest = rest.slice(0, rest.length - tail.length);
  }
}

/** So that "thank you very much" goes before "thank you". */
function longestFirst(list: string): readonly (readonly string[])[] {
  return phraseList(list).toSorted((a, b) => b.length - a.length);
}
