import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, InvalidCursorError, pageOf } from './cursor.js';

const place = { time: new Date('2026-03-01T12:00:00.123Z'), key: 'ses_ä' };

describe('a cursor', () => {
  it('gives back the place it was made from and fits into a URL', () => {
    const cursor = encodeCursor(place);
    expect(decodeCursor(cursor)).toEqual(place);
    expect(encodeURIComponent(cursor)).toBe(cursor);
  });

  it.each([
    ['an empty text', ''],
    ['no base64', '%%%'],
    ['no list', Buffer.from('{}').toString('base64url')],
    ['too long a list', Buffer.from('[1,"a",2]').toString('base64url')],
    ['a time that is none', Buffer.from('["x","a"]').toString('base64url')],
    ['a time that PostgreSQL has not', Buffer.from('[8640000000000000,"a"]').toString('base64url')],
    ['a key that is no text', Buffer.from('[1,2]').toString('base64url')],
    ['a key with U+0000', Buffer.from('[1,"\\u0000"]').toString('base64url')],
  ])('is refused where it is %s', (_, cursor) => {
    expect(() => decodeCursor(cursor)).toThrow(InvalidCursorError);
  });
});

describe('a page', () => {
  const rows = ['a', 'b', 'c'];
  const page = (limit: number) =>
    pageOf(
      rows,
      limit,
      (row) => row.toUpperCase(),
      (key) => ({ time: place.time, key }),
    );

  it('ends without a cursor where nothing follows', () => {
    expect(page(3)).toEqual({ items: ['A', 'B', 'C'], nextCursor: null });
  });

  it('points behind its last row where more follows', () => {
    const { items, nextCursor } = page(2);
    expect(items).toEqual(['A', 'B']);
    expect(decodeCursor(nextCursor ?? '').key).toBe('b');
  });
});
