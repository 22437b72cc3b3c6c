import { casual, en, type ParsedResult } from 'chrono-node';
import { freeText, isFree, MAX_CANDIDATES, unfilled, type Filling } from '../filling.js';
import type { Span } from '../text.js';
import { assignMoments } from './moments.js';
import { findTimes, type SpokenTime } from './times.js';
import { offsetText, wallClock } from './zoned-time.js';

/** A day said in an utterance. */
export interface SpokenDate extends Span {
  /** `YYYY-MM-DD`. */
  readonly value: string;
  /** In "from Monday to Friday". */
  readonly role: 'start' | 'end' | null;
}

/** A date with its time and offset, said as one. */
export interface SpokenMoment extends Span {
  /** ISO 8601 with offset. */
  readonly value: string;
}

/** What an utterance says of days and hours. */
export interface Moments {
  readonly dates: readonly SpokenDate[];
  readonly times: readonly SpokenTime[];
  readonly moments: readonly SpokenMoment[];
}

/** Days beyond this are rarely said; it bounds the work on long text. */
const MAX_DATED = 1_500;
const HINT =
  /\d|today|tonight|tomorrow|yesterday|noon|mid(?:day|night)|morning|afternoon|evening|hour|minute|week|month|year|\b(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)|o'?clock|half past|quarter|\bat\s/iu;
/** Alone, these are as often other words. */
const TREACHEROUS =
  /^(?:sat|sun|mon|wed|may|march|mar|second|now|this second|dec|jan|the second|the minute|last night)$/iu;
const ISO_MOMENT =
  /(?<![\p{L}\p{N}-])\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})(?![\p{L}\p{N}])/gu;
const NTH =
  /(?<![\p{L}\p{N}])(?:on\s+)?the\s+(\d{1,2})(?:st|nd|rd|th)(?![\p{L}\p{N}])(?!\s+(?:of|one|option|item|step))/giu;

/** Dates and times, relative to the given now, for slots of those formats. */
export function extractMoments(filling: Filling): void {
  const text = freeText(filling).slice(0, MAX_DATED);
  const asksTime = filling.focus?.format === 'time' || filling.focus?.format === 'date-time';
  const wanted = unfilled(filling).some(
    ({ format, slot }) =>
      format === 'date' || format === 'time' || format === 'date-time' || slot.type === 'number',
  );
  if (!wanted || !HINT.test(text)) return;
  const all = findMoments(text, filling, asksTime);
  const found = {
    dates: all.dates.slice(0, MAX_CANDIDATES),
    times: all.times.slice(0, MAX_CANDIDATES),
    moments: all.moments.slice(0, MAX_CANDIDATES),
  };
  assignMoments(filling, found);
  // The 7 of "at 7" and the 5 of "5 March" are no numbers for other slots.
  for (const span of [...found.moments, ...found.dates, ...found.times]) {
    if (isFree(filling, span)) filling.blocked.push(span);
  }
}

/** The dates and times said in a text. */
export function findMoments(
  text: string,
  { now, timeZone, dayFirst }: Pick<Filling, 'now' | 'timeZone' | 'dayFirst'>,
  asksTime: boolean,
): Moments {
  const moments = [...text.matchAll(ISO_MOMENT)].map((match) => ({
    value: match[0].replace(' ', 'T'),
    start: match.index,
    end: match.index + match[0].length,
  }));
  const rest = blank(text, moments);
  const instant = new Date(now);
  const clock = wallClock(Number.isNaN(instant.getTime()) ? new Date(0) : instant, timeZone);
  const written = datesIn(rest, instant, clock.offset, dayFirst, clock.date);
  const times = findTimes(blank(rest, written.dates), asksTime, text);
  const dates = written.dates.filter(
    ({ start, end }) => !times.some((t) => t.start < end && start < t.end),
  );
  return { dates, times: [...times, ...written.times], moments: [...moments, ...written.moments] };
}

function datesIn(
  text: string,
  instant: Date,
  offset: number,
  dayFirst: boolean,
  today: string,
): Moments {
  const timesOff = blank(text, findTimes(text, false));
  const chrono = dayFirst ? en.GB : casual;
  const reference = Number.isNaN(instant.getTime()) ? new Date(0) : instant;
  const results = chrono
    .parse(timesOff, { instant: reference, timezone: offset }, { forwardDate: true })
    .filter((result) => isMeant(result, text));
  const dates = results.flatMap(toDates);
  const nth = nthDays(blank(text, dates), today);
  const relative = results.filter(
    ({ start }) => start.isCertain('hour') && start.isCertain('timezoneOffset'),
  );
  return {
    dates: [...dates, ...nth].sort((a, b) => a.start - b.start),
    times: [],
    moments: relative.map((result) => ({
      value: momentIso(result),
      start: result.index,
      end: result.index + result.text.length,
    })),
  };
}

function isMeant(result: ParsedResult, text: string): boolean {
  const before = text.slice(0, result.index);
  // "1042 second" is no point in time without "in" or "ago".
  if (
    /^\d+\s*[a-z]+$/iu.test(result.text) &&
    !/^\d+\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/iu.test(result.text)
  ) {
    return false;
  }
  if (!TREACHEROUS.test(result.text)) return true;
  return (
    /\b(?:on|next|this|by|in|last|since|until)\s+$/iu.test(before) || text.trim() === result.text
  );
}

function toDates(result: ParsedResult): readonly SpokenDate[] {
  const { start, end, index, text } = result;
  const dayKnown = start.isCertain('day') || start.isCertain('weekday') || start.isCertain('month');
  // A relative time ("in two hours") is a moment, not a day.
  if (!dayKnown || (start.isCertain('hour') && start.isCertain('timezoneOffset'))) return [];
  const first = isoDate(start);
  if (!end) return [{ value: first, role: null, start: index, end: index + text.length }];
  const gap = /\s*(?:-|–|to|until|till|through|and)\s*/iu.exec(text.slice(1));
  if (!gap) return [{ value: first, role: null, start: index, end: index + text.length }];
  const [cut, after] = [gap.index + 1, gap.index + 1 + gap[0].length];
  return [
    { value: first, role: 'start', start: index, end: index + cut },
    { value: isoDate(end), role: 'end', start: index + after, end: index + text.length },
  ];
}

/** "The 5th": of this month, or of the next where that is past. */
function nthDays(text: string, today: string): readonly SpokenDate[] {
  return [...text.matchAll(NTH)].flatMap((match) => {
    const day = Number(match[1]);
    const [year = 0, month = 1, current = 1] = today.split('-').map(Number);
    const date = new Date(Date.UTC(year, month - 1 + (day < current ? 1 : 0), day));
    if (day < 1 || date.getUTCDate() !== day) return [];
    const value = date.toISOString().slice(0, 10);
    return [{ value, role: null, start: match.index, end: match.index + match[0].length }];
  });
}

function isoDate(components: ParsedResult['start']): string {
  const part = (name: 'year' | 'month' | 'day', width: number): string =>
    String(components.get(name) ?? 0).padStart(width, '0');
  return `${part('year', 4)}-${part('month', 2)}-${part('day', 2)}`;
}

function momentIso({ start }: ParsedResult): string {
  const two = (name: 'hour' | 'minute'): string => String(start.get(name) ?? 0).padStart(2, '0');
  return `${isoDate(start)}T${two('hour')}:${two('minute')}${offsetText(start.get('timezoneOffset') ?? 0)}`;
}

function blank(text: string, spans: readonly Span[]): string {
  let rest = text;
  for (const { start, end } of spans) {
    rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  }
  return rest;
}
