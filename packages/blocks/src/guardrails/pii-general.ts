import { isIPv4, isIPv6 } from 'node:net';
import { findPhoneNumbersInText } from 'libphonenumber-js/max';
import { LinkifyIt } from 'linkify-it';
import validator from 'validator';
import {
  byPattern,
  COUNTRIES,
  LANGUAGES,
  longestStart,
  whole,
  type Detector,
  type Language,
  type Span,
} from './pii-detector.js';

const links = new LinkifyIt({ fuzzyLink: true });

const email = byPattern(
  /[\p{L}\p{N}_][\p{L}\p{N}._%+'-]{0,63}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,63}/gu,
  whole(() => true),
);

const creditCard = byPattern(
  /(?<!\d)\d(?:[ -]?\d){11,18}(?!\d)/g,
  longestStart((candidate) => validator.isCreditCard(candidate.replace(/[ -]/g, '')), 12),
);

const iban = byPattern(
  /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}/gi,
  longestStart((candidate) => validator.isIBAN(candidate), 15),
);

const ipv4 = byPattern(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)/g, whole(isIPv4));

const ipv6 = byPattern(
  /(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:(?:\.\d{1,3}){3})?(?![\w:])/gi,
  whole((candidate) => /[0-9a-f]/i.test(candidate) && isIPv6(candidate)),
);

const ip: Detector = {
  languages: LANGUAGES,
  score: 1,
  *find(text, language) {
    yield* ipv4.find(text, language);
    yield* ipv6.find(text, language);
  },
};

const url: Detector = {
  languages: LANGUAGES,
  score: 0.9,
  *find(text) {
    for (const { schema, index, lastIndex } of links.match(text) ?? []) {
      if (schema !== 'mailto:') yield { start: index, end: lastIndex };
    }
  },
};

/** 256 bits in hexadecimal with a prefix, or the two alphabets of Bitcoin. */
const crypto = byPattern(
  /(?<![A-Za-z0-9])(?:bc1[02-9ac-hj-np-z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[A-Fa-f0-9]{40})(?![A-Za-z0-9])/g,
  whole((text) => validator.isBtcAddress(text) || validator.isEthereumAddress(text)),
  { score: 0.9 },
);

/** The search takes up to 20 µs for each character, so 40 ms for a stretch. */
const STRETCH = 2_000;
const PHONE_CHARACTER = /[\d\s()+.\-/]/;

const phone: Detector = {
  languages: LANGUAGES,
  score: 0.8,
  *find(text, language) {
    for (let from = 0; from < text.length;) {
      const to = stretchEnd(text, from);
      yield* phonesIn(text.slice(from, to), from, language);
      yield null;
      from = to;
    }
  },
};

/** Not within what may be a number, unless there is nothing else. */
function stretchEnd(text: string, from: number): number {
  const most = from + STRETCH;
  if (most >= text.length) return text.length;
  for (let end = most; end > from + STRETCH / 2; end -= 1) {
    if (!PHONE_CHARACTER.test(text.charAt(end))) return end;
  }
  return most;
}

/** Longer than any number, with its groups. */
const PHONE_LENGTH = 40;

function phonesIn(text: string, offset: number, language: Language): Span[] {
  // A comma would make the next number of a list the extension of the one before.
  const listed = text.replace(/[,;]/g, '|');
  const search = (part: string) =>
    findPhoneNumbersInText(part, { defaultCountry: COUNTRIES[language] });
  return search(listed).flatMap(({ number, startsAt, endsAt }) => {
    const span = { start: offset + startsAt, end: offset + endsAt };
    if (number.ext === undefined) return [span];
    // So would "x" and "#": what looks like an extension may be a number of its own.
    const from = endsAt - number.ext.length;
    const inner = search(listed.slice(from, from + PHONE_LENGTH));
    return [
      span,
      ...inner.map((one) => ({
        start: offset + from + one.startsAt,
        end: offset + from + one.endsAt,
      })),
    ];
  });
}

/** What is the same in every country, by its type. */
export const GENERAL: readonly (readonly [string, Detector])[] = [
  ['EMAIL_ADDRESS', email],
  ['PHONE_NUMBER', phone],
  ['CREDIT_CARD', creditCard],
  ['IBAN_CODE', iban],
  ['IP_ADDRESS', ip],
  ['URL', url],
  ['CRYPTO', crypto],
];
