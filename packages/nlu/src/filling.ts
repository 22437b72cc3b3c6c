import type { Entity, JsonValue } from '@sim/domain';
import type { KnownSlot } from './slot-lexicon.js';
import { overlaps, wordsIn, type Heard, type Span } from './text.js';

/** Values being found in an utterance for open slots; extractors add to it one after another. */
export interface Filling {
  readonly heard: Heard;
  /** Only this range is read. */
  readonly region: Span;
  readonly slots: readonly KnownSlot[];
  readonly focus: KnownSlot | null;
  /** ISO 8601 UTC. */
  readonly now: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Reads 5/3 as the fifth of March. */
  readonly dayFirst: boolean;
  readonly entities: Entity[];
  /** Ranges that other extractors leave alone although no slot took them. */
  readonly blocked: Span[];
  readonly mentions: readonly Mention[];
}

/** A word that speaks of a slot. */
interface Mention extends Span {
  readonly slot: string;
  /** Position among the words of the utterance. */
  readonly at: number;
  readonly weight: number;
}

/** A value that might belong to a slot. */
export interface Candidate extends Span {
  readonly value: JsonValue;
}

/** A candidate for a slot with how well they go together, 0 to 1. */
export interface Pairing<C extends Candidate = Candidate> {
  readonly known: KnownSlot;
  readonly candidate: C;
  readonly score: number;
}

/** Scores closer than this are a tie: which was meant is asked, not guessed. */
const TIE = 0.03;
/** Below this a pairing is a guess. */
const ENOUGH = 0.5;
const REACH = 8;
/** Values of one kind that an utterance is searched for: nobody says more, and it bounds the work. */
export const MAX_CANDIDATES = 32;

/** Everything a filling starts from. */
export type FillingInput = Omit<Filling, 'entities' | 'blocked' | 'mentions'>;

/** An empty filling. */
export function beginFilling(input: FillingInput): Filling {
  return { ...input, entities: [], blocked: [], mentions: findMentions(input) };
}

/** True where nothing else has taken or blocked a part of the range, and it lies in the region. */
export function isFree({ entities, blocked, region }: Filling, span: Span): boolean {
  if (span.start < region.start || span.end > region.end || span.start >= span.end) return false;
  return !entities.some((e) => overlaps(e, span)) && !blocked.some((b) => overlaps(b, span));
}

/** Open slots that have no value yet. */
export function unfilled(filling: Filling): readonly KnownSlot[] {
  return filling.slots.filter(
    ({ slot }) => !filling.entities.some((entity) => entity.slot === slot.name),
  );
}

/** Gives a slot a value. The range must be free. */
export function take(
  filling: Filling,
  { slot, format }: KnownSlot,
  { value, start, end }: Candidate,
  confidence: number,
): void {
  filling.entities.push({
    slot: slot.name,
    type: slot.type === 'string' ? (format ?? slot.type) : slot.type,
    value,
    raw: filling.heard.utterance.slice(start, end),
    start,
    end,
    confidence: Math.round(Math.min(confidence, 0.99) * 100) / 100,
  });
}

/** The readable text with what is taken or blocked blanked out; offsets hold. */
export function freeText({ heard, region, entities, blocked }: Filling): string {
  let text = heard.text;
  const outside = [
    { start: 0, end: region.start },
    { start: region.end, end: text.length },
  ];
  for (const { start, end } of [...outside, ...entities, ...blocked]) {
    text = text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
  }
  return text;
}

/** How near a word that speaks of the slot is, 1 beside it to 0 out of reach. */
export function closeness({ heard, mentions }: Filling, { slot }: KnownSlot, span: Span): number {
  const first = heard.words.findIndex(({ end }) => end > span.start);
  const last = heard.words.findLastIndex(({ start }) => start < span.end);
  let best = 0;
  for (const mention of mentions) {
    if (mention.slot !== slot.name || overlaps(mention, span)) continue;
    const before = mention.end <= span.start;
    const between = before ? first - mention.at - 1 : mention.at - last - 1;
    if (between >= REACH) continue;
    const gap = before
      ? heard.text.slice(mention.end, span.start)
      : heard.text.slice(span.end, mention.start);
    // Another clause begins at a comma or "and"; what is said there is about something else.
    const apart = /[,;\n]|\band\b|\.\s/iu.test(gap) ? 4 : 0;
    const score = mention.weight * Math.max(0, 1 - (between + apart) / REACH);
    best = Math.max(best, score);
  }
  return best;
}

/** Hands out candidates, the best pairing first; ties are left for a question. */
export function assign(filling: Filling, pairings: readonly Pairing[]): void {
  let rest = pairings
    .filter(({ score, candidate }) => score >= ENOUGH && isFree(filling, candidate))
    .sort(
      (a, b) =>
        b.score - a.score ||
        Number(isFocused(filling, b.known)) - Number(isFocused(filling, a.known)),
    );
  for (let best = rest[0]; best !== undefined; best = rest[0]) {
    const { known, candidate, score } = best;
    const close = rest.filter((other) => other !== best && score - other.score < TIE);
    // The slot asked for comes before others that would take the same value.
    const rivals = isFocused(filling, known)
      ? []
      : close.filter((other) => other.candidate === candidate && other.known !== known);
    const torn = close.some(
      (other) => other.known === known && other.candidate.value !== candidate.value,
    );
    const tied = torn || rivals.length > 0;
    if (!tied) take(filling, known, candidate, score);
    const settled = new Set([known, ...rivals.map((rival) => rival.known)]);
    rest = rest.filter(
      (other) => !settled.has(other.known) && (tied || !overlaps(other.candidate, candidate)),
    );
  }
}

/** True where the slot is the one asked for just now. */
export function isFocused({ focus }: Filling, known: KnownSlot): boolean {
  return focus !== null && known.slot.name === focus.slot.name;
}

function findMentions({ heard, region, slots }: FillingInput): readonly Mention[] {
  const mentions: Mention[] = [];
  const within = new Set(wordsIn(heard, region));
  heard.words.forEach((word, at) => {
    if (!within.has(word)) return;
    const speaking = slots.filter(({ keywords }) => keywords.has(word.stem));
    const strongest = Math.max(0, ...speaking.map(({ keywords }) => keywords.get(word.stem) ?? 0));
    const sharing = speaking.filter(({ keywords }) => keywords.get(word.stem) === strongest).length;
    for (const { slot, keywords } of speaking) {
      const weight = keywords.get(word.stem) ?? 0;
      // A word that names several slots tells little; one that merely describes this one, less.
      const share = weight === strongest ? 1 / sharing ** 0.25 : 0.6;
      mentions.push({
        slot: slot.name,
        at,
        weight: weight * share,
        start: word.start,
        end: word.end,
      });
    }
  });
  return mentions;
}
