import type { Span } from '../text.js';

/** A time of day. */
export interface SpokenTime extends Span {
  /** `HH:mm`. */
  readonly value: string;
  /** False for a bare hour such as "at 7", which may be morning or evening. */
  readonly sure: boolean;
}

const HOURS = [
  'twelve',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
];
const HOUR = String.raw`\d{1,2}|${HOURS.join('|')}`;
const LEAD = 'at|by|around|about|from|before|after|until|till|@';
const PART = String.raw`in the morning|in the afternoon|in the evening|at night|tonight|(?:this |tomorrow )?(?:morning|afternoon|evening)|tonight`;
const CLOCK = new RegExp(
  String.raw`(?<![\p{L}\p{N}.,:$€£#/+-])(?:(?<lead>${LEAD})\s+)?(?:(?<shift>half past|quarter past|a quarter past|quarter to|a quarter to|half)\s+)?` +
    String.raw`(?<hour>${HOUR})(?:(?<mark>[:.h])(?<minute>[0-5]\d)(?::[0-5]\d)?)?` +
    String.raw`(?:\s?(?<half>[ap]\.?m\b\.?)|\s?(?<clock>o'?clock)|(?<h>h)\b)?(?:,?\s+(?<part>${PART}))?(?![\p{L}\p{N}]|[.:/,-]\d|\s?[%€$£])`,
  'giu',
);
const NAMED = /(?<![\p{L}\p{N}])(?:at\s+|by\s+)?(?<name>noon|midday|midnight)(?![\p{L}\p{N}])/giu;
/** After "at 5", words that make it a price, an address or a count. */
const MONTH = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const NOT_A_TIME = new RegExp(
  String.raw`^\s+(?:(?:dollars?|euros?|pounds?|bucks|percent|people|persons?|guests|items|pieces|units|nights|days?|weeks?|months?|years?|minutes?|hours?|min|kg|km|miles?)\b` +
    String.raw`|(?:of\s+)?(?:${MONTH})|(?:to|until|till|-|–)\s*\d{1,2}\s+(?:of\s+)?(?:${MONTH})` +
    String.raw`|\p{L}+\s+(?:st|street|ave|avenue|rd|road|lane|ln|drive|dr)\b)`,
  'iu',
);

/**
 * The times of day said in a text. `asked`: a time was asked for, so that "7" and "7.30" are times.
 * `around`: where a part of the day is looked for that tells morning from evening.
 */
export function findTimes(text: string, asked: boolean, around = text): readonly SpokenTime[] {
  const named = [...text.matchAll(NAMED)].map((match) => ({
    value: match.groups?.['name']?.toLowerCase() === 'midnight' ? '00:00' : '12:00',
    sure: true,
    start: match.index,
    end: match.index + match[0].length,
  }));
  const clock = [...text.matchAll(CLOCK)].flatMap((match) => toTime(match, text, asked, around));
  return [...named, ...clock].sort((a, b) => a.start - b.start);
}

function toTime(
  match: RegExpExecArray,
  text: string,
  asked: boolean,
  around: string,
): readonly SpokenTime[] {
  const said: Said = match.groups ?? {};
  const end = match.index + match[0].length;
  if (!isTime(said, text.slice(end, end + 40), asked)) return [];
  const hours = hourOf(said.hour ?? '');
  const shifted = applyShift({ hours, minutes: Number(said.minute ?? 0) }, said.shift);
  const part = said.part ?? nearbyPart(around);
  const value = applyHalf(shifted, said.half, part);
  if (value === null) return [];
  const bareHour = said.half === undefined && said.mark === undefined && said.h === undefined;
  const sure = !bareHour || part !== undefined || hours > 12 || hours === 0;
  return [{ value, sure, start: match.index, end }];
}

/** The named groups of {@link CLOCK}. */
interface Said {
  readonly lead?: string;
  readonly shift?: string;
  readonly hour?: string;
  readonly mark?: string;
  readonly minute?: string;
  readonly half?: string;
  readonly clock?: string;
  readonly h?: string;
  readonly part?: string;
}

/** Tells "at 7" and "7:30" from a number. */
function isTime(
  { lead, shift, mark, half, clock, h, part }: Said,
  after: string,
  asked: boolean,
): boolean {
  if (asked || half !== undefined || clock !== undefined || shift !== undefined) return true;
  if (mark === ':' || h !== undefined || part !== undefined) return true;
  return lead !== undefined && !NOT_A_TIME.test(after);
}

function hourOf(said: string): number {
  const spoken = HOURS.indexOf(said.toLowerCase());
  if (spoken < 0) return Number(said);
  return spoken === 0 ? 12 : spoken;
}

function applyShift(
  { hours, minutes }: { hours: number; minutes: number },
  shift: string | undefined,
): { hours: number; minutes: number } {
  const said = shift?.toLowerCase() ?? '';
  if (said.startsWith('half')) return { hours, minutes: 30 };
  if (said.endsWith('past')) return { hours, minutes: 15 };
  return said.endsWith('to')
    ? { hours: hours === 1 ? 12 : hours - 1, minutes: 45 }
    : { hours, minutes };
}

/** A part of the day said elsewhere: "tonight, around 7". */
function nearbyPart(text: string): string | undefined {
  return /\b(?:tonight|evening|afternoon|morning)\b/iu.exec(text)?.[0];
}

function applyHalf(
  { hours, minutes }: { hours: number; minutes: number },
  half: string | undefined,
  part: string | undefined,
): string | null {
  if (minutes > 59 || hours > 23 || hours < 0 || (half !== undefined && hours > 12)) return null;
  const late = half ? /^p/iu.test(half) : /afternoon|evening|night/iu.test(part ?? '');
  const early = half ? !late : /morning/iu.test(part ?? '');
  let hour = hours;
  if (late && hours < 12) hour += 12;
  if (hours === 12 && (early || (late && /night/iu.test(part ?? '')))) hour = 0;
  return `${String(hour).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}
