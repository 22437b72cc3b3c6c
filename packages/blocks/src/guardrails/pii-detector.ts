import type { CountryCode } from 'libphonenumber-js/max';

/** The languages that one can choose; they decide which countries' numbers are looked for. */
export const LANGUAGES = ['en', 'es', 'it', 'pl', 'fi'] as const;
/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];

/** A place in a text, in UTF-16 units; `end` is not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Personal data that was found. */
export interface Found extends Span {
  readonly type: string;
  /** 0 to 1. */
  readonly score: number;
  readonly text: string;
}

/** Finds one type of personal data. */
export interface Detector {
  /** Where it is looked for if no type is asked for by name. */
  readonly languages: readonly Language[];
  /** 1 where a check digit or a grammar proves it, less where only the form does. */
  readonly score: number;
  /** Every null is a place to let others have their turn; each stretch takes a few ms. */
  find(text: string, language: Language): Iterable<Span | null>;
}

/** What decides about a candidate: the length of what is right in it, 0 for nothing. */
export type Accept = (candidate: string, before: string) => number;

/** How much before a candidate is looked at for words that tell what it is. */
const CONTEXT_LENGTH = 60;
const STRETCH = 500;

/**
 * Finds what has the form of `pattern` (global, and bounded in every repetition: it runs from every
 * character) and is accepted. After a candidate that is not, the search goes on within it.
 */
export function byPattern(
  pattern: RegExp,
  accept: Accept,
  options: Partial<Pick<Detector, 'languages' | 'score'>> = {},
): Detector {
  return {
    languages: options.languages ?? LANGUAGES,
    score: options.score ?? 1,
    *find(text) {
      const search = new RegExp(pattern);
      for (let count = 1; ; count += 1) {
        const match = search.exec(text);
        if (match === null) return;
        const start = match.index;
        const before = text.slice(Math.max(0, start - CONTEXT_LENGTH), start);
        const length = accept(match[0], before);
        if (length > 0) yield { start, end: start + length };
        search.lastIndex = start + (length > 0 ? length : 1);
        if (count % STRETCH === 0) yield null;
      }
    },
  };
}

/** All of a candidate, or nothing. */
export function whole(valid: (candidate: string) => boolean): Accept {
  return (candidate) => (valid(candidate) ? candidate.length : 0);
}

/** The longest start of a candidate that is right and ends with a letter or digit group. */
export function longestStart(valid: (candidate: string) => boolean, min: number): Accept {
  return (candidate) => {
    for (let length = candidate.length; length >= min; length -= 1) {
      const atEdge = !/[A-Za-z0-9]/.test(candidate.charAt(length));
      if (atEdge && valid(candidate.slice(0, length))) return length;
    }
    return 0;
  };
}

/** A candidate that its own form does not tell from any number: groups, or a word before, must. */
export function withGroupsOr(word: RegExp, valid: (candidate: string) => boolean): Accept {
  return (candidate, before) =>
    (/[- ]/.test(candidate) || word.test(before)) && valid(candidate) ? candidate.length : 0;
}

/** Whose numbers may be written without a country code. */
export const COUNTRIES: Readonly<Record<Language, CountryCode>> = {
  en: 'US',
  es: 'ES',
  it: 'IT',
  pl: 'PL',
  fi: 'FI',
};
