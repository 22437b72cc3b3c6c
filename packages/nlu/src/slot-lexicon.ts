import type { Slot, SlotFormat } from '@sim/domain';
import { stem, wordsOf } from './text.js';
import { wordSet } from './phrases.js';

/** What kind of thing a slot asks for, beyond its type: told from the words that speak of it. */
export type SlotKind =
  'money' | 'count' | 'identifier' | 'person' | 'address' | 'item' | 'sentence' | 'plain';

/** A slot and the words by which people speak of it. */
export interface KnownSlot {
  readonly slot: Slot;
  readonly kind: SlotKind;
  /** Declared, or told from the words: an "email" without a format is one all the same. */
  readonly format: SlotFormat | null;
  /** Label and name as stems, the longer first: "order number", "order id". */
  readonly phrases: readonly (readonly string[])[];
  /** Stems that speak of it, each with how surely (0 to 1). */
  readonly keywords: ReadonlyMap<string, number>;
}

const STOP_WORDS = wordSet(`
  the a an of your my our his her their please enter provide give what which who when where
  how is are be was for to in on at by with and or do does did you i we it this that these
  those would should can will want like any all if as from per up here use used value field
  input choose select type format optional required whether has have user customers eg ie e
  g
`);

const KIND_WORDS: Readonly<Record<Exclude<SlotKind, 'plain'>, ReadonlySet<string>>> = {
  sentence: wordSet(`
    reason comment message description note feedback detail explanation issue problem
    complaint question query text prompt why summary body request remark instruction
    content review story input wish wishes topic
  `),
  person: wordSet(`
    name fullname recipient attendee guestname contact passenger traveller surname
  `),
  address: wordSet('address location destination street place venue where'),
  identifier: wordSet('id identifier reference ref code sku number no tracking iban vin isbn'),
  money: wordSet(`
    amount price cost total budget fee payment pay refund sum salary charge deposit
    balance bill usd eur gbp dollar euro pound value rate spend income
  `),
  count: wordSet(`
    quantity qty count many guest people person seat night day ticket item unit copy piece
    number hour week month year adult child room size age passenger attendee
  `),
  item: wordSet(`
    item product thing dish food goods article merchandise order drink meal purchase
    device
  `),
};

const FORMAT_WORDS: readonly (readonly [SlotFormat, ReadonlySet<string>])[] = [
  ['email', wordSet('email mail')],
  ['url', wordSet('url link website homepage webpage')],
  ['phone', wordSet('phone telephone mobile cell cellphone')],
];

/** Other words for what slots are often called. */
const SYNONYMS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    quantity: ['qty', 'count'],
    amount: ['total', 'sum', 'price', 'refund', 'pay', 'cost', 'charge', 'worth'],
    email: ['mail'],
    phone: ['telephone', 'mobile', 'number'],
    guest: ['people', 'person'],
    people: ['person', 'guest'],
    reason: ['because'],
    address: ['street'],
  }),
);

/** What can be told of a slot before anything is said. */
export function knowSlot(slot: Slot): KnownSlot {
  const label = stems(slot.label);
  const name = stems(slot.name);
  const about = stems(slot.description ?? '').slice(0, 20);
  const keywords = new Map<string, number>();
  const note = (words: readonly string[], weight: number): void => {
    for (const word of words) {
      if (!STOP_WORDS.has(word) && (keywords.get(word) ?? 0) < weight) keywords.set(word, weight);
    }
  };
  note(about, 0.5);
  note(
    [...label, ...name].flatMap((word) => SYNONYMS.get(word) ?? []),
    0.7,
  );
  note([...label, ...name], 1);
  const phrases = [label, name]
    .map((words) => trimStopWords(words))
    .filter((words) => words.length > 0)
    .sort((a, b) => b.length - a.length);
  const own = [...name, ...label];
  return {
    slot,
    kind: kindOf(slot, own, about),
    format: slot.format ?? formatOf(slot, [name, label]),
    phrases,
    keywords,
  };
}

/** True where a slot takes whatever words are said. */
export function isFreeText(known: KnownSlot): boolean {
  return known.slot.type === 'string' && known.format === null && !hasOptions(known.slot);
}

/** True where a slot names the values that it takes. */
export function hasOptions(slot: Slot): boolean {
  return slot.options !== null && slot.options.length > 0;
}

function kindOf(slot: Slot, own: readonly string[], about: readonly string[]): SlotKind {
  const kinds: readonly Exclude<SlotKind, 'plain'>[] =
    slot.type === 'number'
      ? ['money', 'count']
      : ['identifier', 'address', 'person', 'sentence', 'item'];
  for (const words of [own, about]) {
    const found = kinds.find((kind) => words.some((word) => KIND_WORDS[kind].has(word)));
    if (found === 'person' && words.some((word) => NAMED_THINGS.has(word))) return 'plain';
    if (found) return found;
  }
  return 'plain';
}

/** "Company name" is no person's. */
const NAMED_THINGS = wordSet(`
    company product file project event team business city country brand domain
    organisation organization
  `);

/** By what the name or label ends in: an "email subject" is no address. */
function formatOf(slot: Slot, names: readonly (readonly string[])[]): SlotFormat | null {
  if (slot.type !== 'string' || hasOptions(slot)) return null;
  const heads = names.map((words) =>
    words.findLast((word) => !['address', 'number', 'no', 'id'].includes(word)),
  );
  const found = FORMAT_WORDS.find(([, words]) =>
    heads.some((head) => head !== undefined && words.has(head)),
  );
  return found?.[0] ?? null;
}

function stems(text: string): readonly string[] {
  return wordsOf(text).map((word) => stem(word));
}

function trimStopWords(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !STOP_WORDS.has(word));
  const last = words.findLastIndex((word) => !STOP_WORDS.has(word));
  return first < 0 ? [] : words.slice(first, last + 1);
}
