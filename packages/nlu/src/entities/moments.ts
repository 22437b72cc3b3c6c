import {
  assign,
  closeness,
  isFocused,
  unfilled,
  type Candidate,
  type Filling,
  type Pairing,
} from '../filling.js';
import type { KnownSlot } from '../slot-lexicon.js';
import type { Moments, SpokenDate } from './dates.js';
import type { SpokenTime } from './times.js';
import { zonedIso } from './zoned-time.js';
import { wordSet } from '../phrases.js';

const SURE = 0.88;
/** "At 7" is read as it is written; morning or evening is the person's to say. */
const BARE_HOUR = 0.6;
const STARTS = wordSet(`
  start from begin checkin in arrival departure pickup depart
`);
const ENDS = wordSet(`
  end to until checkout out return finish due
`);

/** Gives dates, times and moments to the slots that take them. */
export function assignMoments(filling: Filling, found: Moments): void {
  const wanting = (format: string): readonly KnownSlot[] =>
    unfilled(filling).filter((known) => known.format === format);
  assignMomentSlots(filling, wanting('date-time'), found);
  assign(filling, pair(filling, wanting('date'), [...found.dates, ...daysOf(found)]));
  assign(filling, pair(filling, wanting('time'), [...found.times, ...hoursOf(found)]));
}

function assignMomentSlots(
  filling: Filling,
  slots: readonly KnownSlot[],
  { dates, times, moments }: Moments,
): void {
  if (slots.length === 0) return;
  assign(filling, pair(filling, slots, moments));
  const joined = dates.flatMap((date) => {
    const time = nearest(date, times);
    if (!time) return [];
    const span = { start: Math.min(date.start, time.start), end: Math.max(date.end, time.end) };
    // What lies between must be theirs: "Friday for Jane at 7" is not one stretch.
    const between = filling.heard.text.slice(
      Math.min(date.end, time.end),
      Math.max(date.start, time.start),
    );
    if (!/^[\s,]*(?:at|on|by|around)?\s*$/iu.test(between)) return [];
    const value = zonedIso(date.value, time.value, filling.timeZone);
    return [{ ...span, value, role: date.role, sure: time.sure }];
  });
  assign(filling, pair(filling, slots, joined));
}

function nearest(date: SpokenDate, times: readonly SpokenTime[]): SpokenTime | undefined {
  const gap = (time: SpokenTime): number => Math.max(time.start - date.end, date.start - time.end);
  return times.toSorted((a, b) => gap(a) - gap(b))[0];
}

type Spoken = Candidate & { readonly role?: SpokenDate['role']; readonly sure?: boolean };

function pair(
  filling: Filling,
  slots: readonly KnownSlot[],
  candidates: readonly Spoken[],
): readonly Pairing[] {
  return candidates.flatMap((candidate) =>
    slots.map((known) => ({ known, candidate, score: scoreOf(filling, known, candidate) })),
  );
}

function scoreOf(filling: Filling, known: KnownSlot, candidate: Spoken): number {
  const base = candidate.sure === false ? BARE_HOUR : SURE;
  const near = closeness(filling, known, candidate) * 0.08;
  return (
    base + near + roleScore(known, candidate.role ?? null) + (isFocused(filling, known) ? 0.035 : 0)
  );
}

/** The first date of a range belongs to the slot for the start, the second to that for the end. */
function roleScore({ keywords }: KnownSlot, role: SpokenDate['role']): number {
  if (role === null) return 0;
  const words = [...keywords.keys()];
  const fits = words.some((word) => (role === 'start' ? STARTS : ENDS).has(word));
  const contradicts = words.some((word) => (role === 'start' ? ENDS : STARTS).has(word));
  return fits ? 0.05 : contradicts ? -0.3 : role === 'end' ? -0.05 : 0;
}

/** The day of a moment said as one, for a date slot. */
function daysOf({ moments }: Moments): readonly Spoken[] {
  return moments.map((moment) => ({ ...moment, value: moment.value.slice(0, 10) }));
}

/** The hour of a moment said as one, for a time slot. */
function hoursOf({ moments }: Moments): readonly Spoken[] {
  return moments.map((moment) => ({ ...moment, value: moment.value.slice(11, 16) }));
}
