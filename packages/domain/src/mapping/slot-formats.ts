import { own, type JsonObject } from '../json.js';
import type { SlotFormat } from '../journey/types.js';
import { wordsOf } from '../workflow/names.js';

const FORMATS: readonly SlotFormat[] = ['date', 'time', 'date-time', 'email', 'url', 'phone'];

/** By the end of a name, where its noun stands: `customerEmail` is one, `emailBody` is none. */
const BY_NAME: readonly (readonly [SlotFormat, RegExp])[] = [
  ['email', /(?:^| )(?:e ?mail|mail)(?: address)?$/],
  ['url', /(?:^| )(?:url|link|web ?site|home ?page)$/],
  ['phone', /(?:^| )(?:(?:tele|cell )?phone|mobile|tel)(?: (?:number|no))?$/],
  ['date-time', /(?:^| )(?:date ?time|date and time|timestamp)$/],
  ['date', /(?:^| )(?:date|birthday|dob)$|^date of /],
  ['time', /(?:^|(?:start|end|begin|arrival|departure|delivery|pickup|appointment|meeting) )time$/],
];

/** By what a description asks for. */
const BY_DESCRIPTION: readonly (readonly [SlotFormat, RegExp])[] = [
  ['date-time', /\byyyy-mm-dd[t ]hh\b|\biso 8601 (?:date-?time|timestamp)\b|\bdate and time\b/i],
  ['date', /\byyyy-mm-dd\b|\bdd\.mm\.yyyy\b|^(?:the |a )?date\b/i],
  ['time', /\bhh:mm\b/i],
  ['email', /\be-?mail address\b/i],
  ['phone', /\b(?:phone|mobile) number\b/i],
  ['url', /\bweb address\b|^(?:the |a )?url\b/i],
];

/** What a text field is meant to hold, told from what the author wrote about it; null for any text. */
export function formatOf(
  name: string,
  description: string | null,
  field: JsonObject,
): SlotFormat | null {
  const given = own(field, 'format');
  const declared = FORMATS.find((format) => format === given);
  if (declared) return declared;
  const words = wordsOf(name).join(' ').toLowerCase();
  return firstMatch(BY_NAME, words) ?? firstMatch(BY_DESCRIPTION, description ?? '');
}

function firstMatch(
  patterns: readonly (readonly [SlotFormat, RegExp])[],
  text: string,
): SlotFormat | null {
  return patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
