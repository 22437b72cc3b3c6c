import { acceptValue, type SlotFormat } from '@sim/domain';
import {
  assign,
  closeness,
  freeText,
  isFocused,
  MAX_CANDIDATES,
  unfilled,
  type Candidate,
  type Filling,
} from '../filling.js';

/** Look-behind keeps each search linear: a match never starts inside a run that was tried. */
const PATTERNS: Readonly<Record<'email' | 'url' | 'phone', RegExp>> = {
  email:
    /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/gu,
  url: /\bhttps?:\/\/[^\s<>"]{1,2000}|(?<![\p{L}\p{N}@._/-])(?:[\p{L}\p{N}-]{1,63}\.){1,5}(?:com|org|net|io|dev|app|co|edu|gov|info|biz|me|ai|uk|de|fr|es|it|nl|eu|us|ca|au|in|jp|cn|br)\b(?:\/[^\s<>"]{0,2000})?/giu,
  phone:
    /(?<![\p{L}\p{N}+.,#$€£-])(?:\+|00)?(?:\(\d{1,5}\)[\s.-]?)?\d{1,5}(?:[\s.-]?\(?\d{2,5}\)?){1,5}(?![\p{L}\p{N}])/gu,
};

/** E-mail addresses, URLs and phone numbers, for slots of their format. */
export function extractContacts(filling: Filling): void {
  for (const format of ['email', 'url', 'phone'] as const) {
    const wanting = unfilled(filling).filter((known) => known.format === format);
    const candidates = findContacts(freeText(filling), format).slice(0, MAX_CANDIDATES);
    if (wanting.length > 0) {
      assign(
        filling,
        candidates.flatMap((candidate) =>
          wanting.map((known) => ({
            known,
            candidate,
            score:
              0.85 +
              closeness(filling, known, candidate) * 0.1 +
              (isFocused(filling, known) ? 0.04 : 0),
          })),
        ),
      );
    }
    // Digits and dots inside an address are no numbers or dates, whether or not a slot takes it.
    if (format !== 'phone') filling.blocked.push(...candidates);
  }
}

/** The addresses of one format in a text, each in the form its slot keeps. */
export function findContacts(
  text: string,
  format: 'email' | 'url' | 'phone',
): readonly Candidate[] {
  return [...text.matchAll(PATTERNS[format])].flatMap((match) => {
    const said = match[0].replace(/[.,;:!?'")\]}]+$/u, (end) => (format === 'phone' ? end : ''));
    if (format === 'phone' && said.replace(/\D/gu, '').length < 7) return [];
    const value = canonical(format, said);
    return value === null ? [] : [{ value, start: match.index, end: match.index + said.length }];
  });
}

function canonical(format: SlotFormat, text: string): string | null {
  const accepted = acceptValue(
    {
      name: format,
      label: format,
      type: 'string',
      format,
      description: null,
      required: true,
      default: null,
      options: null,
    },
    text,
  );
  return accepted.ok && typeof accepted.value === 'string' ? accepted.value : null;
}
