import type { Entity } from '@sim/domain';
import { findContacts } from './entities/contacts.js';
import { findMoments } from './entities/dates.js';
import { findNumbers } from './entities/numbers.js';
import { fillSlots } from './fill.js';
import type { FillingInput } from './filling.js';
import type { Hypothesis } from './hypothesis.js';
import { answerSpan } from './lead-ins.js';
import { isFreeText, type KnownSlot } from './slot-lexicon.js';
import { trimSpan, wordsIn, type Heard, type Span, type Word } from './text.js';

/** What a correction is heard against. */
export interface CorrectionContext {
  readonly heard: Heard;
  readonly answered: readonly KnownSlot[];
  readonly open: readonly KnownSlot[];
  readonly focus: KnownSlot | null;
  readonly input: Pick<FillingInput, 'now' | 'timeZone' | 'dayFirst'>;
}

const COURTESY = String.raw`(?:(?:please|ok|okay|hi|hey|so|well|um|uh|oh|hmm|and|yes|yeah|but|sorry|wait|no|oops|actually|hold on|my mistake|i made a mistake|can you|could you|can i|could i|may i|would you|i want to|i'd like to|i would like to|i need to|i wish to|let me|let's|let us|just)[\s,.!:;-]+){0,5}`;
const CHANGE = new RegExp(
  String.raw`^\s*${COURTESY}(?<verb>change|update|correct|edit|modify|fix|amend|alter|redo|replace|set|switch|adjust|make)\s+(?:the\s+|my\s+|our\s+)?(?:(?:value|answer)\s+(?:of|for|to)\s+(?:the\s+|my\s+)?)?`,
  'iu',
);
const VALUE_LINK =
  /^\s*(?:'s\s+value\s*)?(?:to be|to|into|as|with|from\s+.{1,80}?\s+to|:|=|->)\s*/iu;
const GO_BACK =
  /^\s*(?:please\s+|ok\s+|can we\s+|could we\s+|can you\s+|i want to\s+|i'd like to\s+|let's\s+|let me\s+|no,?\s+|wait,?\s+)*(?:go\s+back|get\s+back|back|return|take\s+me\s+back|jump\s+back|move\s+back)\s+to\s+(?:the\s+|my\s+)?(?:question\s+(?:about|of|on)\s+(?:the\s+|my\s+)?)?/iu;
/** Signs that what follows replaces something; the value comes after. */
const STRONG = new RegExp(
  String.raw`^\s*(?:(?:no|sorry|wait|oops|oh|hmm|well|ok|okay|yes|but|please|actually|hold on|my mistake|on second thought|correction|rather|um|uh|yes but|no wait|can you|could you)[\s,.!:;-]+){0,4}(?:(?:actually|on second thought|correction|i meant(?: to say)?|i mean|make (?:it|that|them)|change (?:it|that)? ?to|it should(?: have been| be)|should(?: have been| be)|let's make (?:it|that)|i'd rather have|i would rather have|scratch that)(?:[\s,.!:;-]+|$))+`,
  'iu',
);
const WEAK = /^\s*(?:(?:no|nope|sorry|wait|oops|my mistake|oh no|hold on|not quite)[\s,.!:;-]+)+/iu;
const SHOULD_BE = /\b(?:should be|should have been|ought to be|needs to be|must be)\b/iu;
const NOT_TAIL = /[\s,]+(?:(?:and\s+)?not|instead of|rather than)\s+[^,;.]{1,80}$/iu;
const NOT_BUT = /^\s*(?:no,?\s+)?(?:it's\s+|i said\s+)?not\s+.{1,80}?[\s,]+but\s+(?:rather\s+)?/iu;
const INSTEAD = /[\s,]+instead[\s.!]*$/iu;
const MAX_WORDS = 40;

/** "Go back to the address": to an earlier question. */
export function readBackTo({ heard, answered, open }: CorrectionContext): Hypothesis | null {
  const match = GO_BACK.exec(heard.text);
  if (!match) return null;
  const named = slotAt(heard, match[0].length, [...answered, ...open]);
  return named ? { intent: 'back', confidence: 0.97, entities: [reference(heard, named)] } : null;
}

/** Hears that an answer is to be replaced: "change the address", "actually make it 3", "Friday, not Thursday". */
export function readCorrection(context: CorrectionContext): Hypothesis | null {
  const { heard, answered, open } = context;
  if (heard.words.length === 0 || heard.words.length > MAX_WORDS) return null;
  if (answered.length === 0 && open.length === 0) return null;
  return readChange(context) ?? readReplacement(context);
}

/** A verb of changing with the slot's name behind it, and its new value where that is said. */
function readChange(context: CorrectionContext): Hypothesis | null {
  const { heard, answered, open } = context;
  const match = CHANGE.exec(heard.text);
  if (!match) return null;
  const named = slotAt(heard, match[0].length, [...answered, ...open]);
  if (!named) return answered.length > 0 ? changeUnnamed(heard, match[0].length) : null;
  // Setting what was never answered is simply answering.
  const verb = match.groups?.['verb']?.toLowerCase();
  const fresh = !answered.includes(named.known);
  if (fresh && (verb === 'set' || verb === 'make')) return null;
  const rest = heard.text.slice(named.end);
  // "Make the size small" needs no word between.
  const link = VALUE_LINK.exec(rest)?.[0] ?? (verb === 'make' ? '' : undefined);
  const start = named.end + (link?.length ?? 0);
  const entities =
    link === undefined
      ? []
      : valuesFrom(context, { start, end: heard.text.length }, [named.known], true);
  return modify(entities.length > 0 ? entities : [reference(heard, named)], 0.97);
}

/** "Change my answer": which is asked. */
function changeUnnamed(heard: Heard, from: number): Hypothesis | null {
  const rest = heard.text.slice(from).trim();
  return /^(?:my |the |an? )?(?:(?:last|previous|earlier|first) )?(?:answers?|inputs?|values?|something|that|it|one thing|what i said)[\s.!]*$/iu.test(
    rest,
  )
    ? modify([], 0.9)
    : null;
}

function readReplacement(context: CorrectionContext): Hypothesis | null {
  const { heard, answered, open, focus } = context;
  const lead = NOT_BUT.exec(heard.text) ?? STRONG.exec(heard.text);
  const weak = lead ? null : WEAK.exec(heard.text);
  const start = (lead ?? weak)?.[0].length ?? 0;
  const rest = heard.text.slice(start);
  const tail = NOT_TAIL.exec(rest) ?? INSTEAD.exec(rest);
  const should = SHOULD_BE.test(rest);
  if (!lead && !weak && !tail && !should) return null;
  const span = trimSpan(heard.text, { start, end: start + (tail?.index ?? rest.length) });
  if (!span) return null;
  const known = valuesFrom(context, span, answered, false).filter(
    (entity) => lead || tail || should || !isFor(focus, entity),
  );
  if (known.length > 0) return modify(known, lead ? 0.97 : 0.96);
  if (!lead) return null;
  const fresh = valuesFrom(context, span, open, false);
  if (fresh.length > 0) return modify(fresh, 0.96);
  return answered.length > 0 ? replaceUnnamed(context, span) : null;
}

/** "Make it 3" where several answers are numbers, or "I meant Jane": the value, and its slot if there is one choice. */
function replaceUnnamed(context: CorrectionContext, span: Span): Hypothesis | null {
  const { heard, answered, focus } = context;
  const loose = looseValue(context, span);
  if (loose) return modify([loose], 0.85);
  const texts = answered.filter((known) => isFreeText(known));
  const value = answerSpan(
    heard,
    span,
    texts.length === 1 ? (texts[0]?.kind ?? 'plain') : 'plain',
    [],
  );
  // With a text slot asked for, plain words answer it.
  if (
    !value ||
    texts.length === 0 ||
    (focus && isFreeText(focus)) ||
    wordsIn(heard, value).length > 8
  )
    return null;
  const raw = heard.utterance.slice(value.start, value.end);
  const [only] = texts.length === 1 ? texts : [];
  return modify(
    [
      {
        ...(only && { slot: only.slot.name }),
        type: 'string',
        value: raw,
        raw,
        ...value,
        confidence: 0.75,
      },
    ],
    0.85,
  );
}

/** A typed value that cannot be told to one slot. */
function looseValue({ heard, input }: CorrectionContext, span: Span): Entity | null {
  const text = `${' '.repeat(span.start)}${heard.text.slice(span.start, span.end)}`;
  const { dates, times } = findMoments(text, input, false);
  const found = [
    ...findContacts(text, 'email').map((one) => ({ ...one, type: 'email' as const })),
    ...dates.map(({ value, start, end }) => ({ value, start, end, type: 'date' as const })),
    ...times.map(({ value, start, end }) => ({ value, start, end, type: 'time' as const })),
    ...findNumbers(text).map(({ value, start, end }) => ({
      value,
      start,
      end,
      type: 'number' as const,
    })),
  ];
  const [first] = found;
  return first
    ? { ...first, raw: heard.utterance.slice(first.start, first.end), confidence: 0.75 }
    : null;
}

function valuesFrom(
  { heard, input, focus }: CorrectionContext,
  region: Span,
  slots: readonly KnownSlot[],
  named: boolean,
): readonly Entity[] {
  const [only] = slots;
  return fillSlots({
    ...input,
    heard,
    region,
    slots,
    focus:
      named && only ? only : focus && slots.includes(focus) && !isFreeText(focus) ? focus : null,
  });
}

function isFor(focus: KnownSlot | null, entity: Entity): boolean {
  return (
    focus !== null &&
    (entity.type === (focus.format ?? focus.slot.type) || entity.type === focus.slot.type)
  );
}

interface NamedSlot extends Span {
  readonly known: KnownSlot;
}

/**
 * The slot whose label, name or head word stands at an offset; the longest match wins. A tie names none,
 * but of several with one name, as in a workflow and the one it calls, the first.
 */
function slotAt(heard: Heard, from: number, slots: readonly KnownSlot[]): NamedSlot | null {
  const words = heard.words.filter(({ start }) => start >= from);
  const matches = slots
    .map((known) => ({ known, length: matchLength(words, known) }))
    .filter(({ length }) => length > 0)
    .sort((a, b) => b.length - a.length);
  const [best, ...rest] = matches;
  const first = words[0];
  const rival = rest.find(({ known }) => known.slot.name !== best?.known.slot.name);
  if (!best || !first || rival?.length === best.length) return null;
  const last = words[Math.ceil(best.length) - 1] ?? first;
  return { known: best.known, start: first.start, end: last.end };
}

function matchLength(words: readonly Word[], { phrases, keywords }: KnownSlot): number {
  const whole = phrases.find((stems) => stems.every((stem, at) => words[at]?.stem === stem));
  if (whole) return whole.length;
  // "Date" for "delivery date", "phone number" for "phone": as many words as speak of it.
  let run = 0;
  while ((keywords.get(words[run]?.stem ?? '') ?? 0) >= 0.7) run += 1;
  return run === 0 ? 0 : run - 0.5;
}

function reference(heard: Heard, { known, start, end }: NamedSlot): Entity {
  const { name } = known.slot;
  return {
    slot: name,
    type: 'choice',
    value: name,
    raw: heard.utterance.slice(start, end),
    start,
    end,
    confidence: 0.95,
  };
}

function modify(entities: readonly Entity[], confidence: number): Hypothesis {
  return { intent: 'modify-input', confidence, entities };
}
