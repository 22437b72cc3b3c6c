/** The wall clock of a place at an instant. */
export interface WallClock {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Minutes east of UTC. */
  readonly offset: number;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();
/** Zone names come from outside, so what is kept of them is bounded. */
const MAX_FORMATS = 500;

/** What a place's wall clock shows. An unknown zone is read as UTC. */
export function wallClock(instant: Date, timeZone: string): WallClock {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  const offset = Math.round((shown - Math.floor(instant.getTime() / 1000) * 1000) / 60_000);
  return { date: new Date(shown).toISOString().slice(0, 10), offset };
}

/** A date and time of a place as ISO 8601 with the offset in force there then. */
export function zonedIso(date: string, time: string, timeZone: string): string {
  const asUtc = Date.parse(`${date}T${time}Z`);
  // The offset at the guess may differ from the one at the result near a change of clocks.
  const guess = wallClock(new Date(asUtc), timeZone).offset;
  const { offset } = wallClock(new Date(asUtc - guess * 60_000), timeZone);
  return `${date}T${time}${offsetText(offset)}`;
}

/** Minutes east of UTC as `Z` or `+01:00`. */
export function offsetText(offset: number): string {
  if (offset === 0) return 'Z';
  const size = Math.abs(offset);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known) return known;
  const format = newFormat(timeZone);
  if (FORMATS.size >= MAX_FORMATS) FORMATS.clear();
  FORMATS.set(timeZone, format);
  return format;
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  const options = {
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
}
