/** A cursor that no list of ours has given out. */
export class InvalidCursorError extends Error {
  readonly code = 'invalid_cursor';
  readonly cursor: string;

  constructor(cursor: string) {
    super('The cursor is not one that this list gave out. Leave it out to begin at the start.');
    this.name = 'InvalidCursorError';
    this.cursor = cursor;
  }
}

/** The place of a row in a list that is ordered by time: what the next page begins after. */
export interface Place {
  readonly time: Date;
  /** Tells rows of the same millisecond apart. */
  readonly key: string;
}

/** An opaque cursor for the place of a page's last row. */
export function encodeCursor({ time, key }: Place): string {
  return Buffer.from(JSON.stringify([time.getTime(), key])).toString('base64url');
}

/**
 * The place that a cursor stands for.
 * @throws InvalidCursorError
 */
export function decodeCursor(cursor: string): Place {
  const place = parsed(cursor);
  if (!Array.isArray(place) || place.length !== 2) throw new InvalidCursorError(cursor);
  const [time, key] = place as unknown[];
  const date = new Date(typeof time === 'number' ? time : NaN);
  if (typeof key !== 'string' || key.includes('\0') || !inRange(date)) {
    throw new InvalidCursorError(cursor);
  }
  return { time: date, key };
}

/** Cuts a page out of rows of which one more was read than it holds. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => T,
  placeOf: (row: Row) => Place,
): { items: T[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: items.map(toItem), nextCursor: more ? encodeCursor(placeOf(last)) : null };
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new InvalidCursorError(cursor);
  }
}

/** The years that ISO 8601 writes with four digits; PostgreSQL reads no others in that form. */
function inRange(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999;
}
