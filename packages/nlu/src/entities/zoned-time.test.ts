import { describe, expect, it } from 'vitest';
import { offsetText, wallClock, zonedIso } from './zoned-time.js';

describe('wall clocks', () => {
  it.each([
    ['2026-03-02T10:00:00Z', 'Europe/Berlin', '2026-03-02', 60],
    ['2026-07-02T10:00:00Z', 'Europe/Berlin', '2026-07-02', 120],
    ['2026-03-02T23:30:00Z', 'Asia/Tokyo', '2026-03-03', 540],
    ['2026-03-02T02:00:00Z', 'America/New_York', '2026-03-01', -300],
    ['2026-03-02T10:00:00Z', 'Asia/Kathmandu', '2026-03-02', 345],
    ['2026-03-02T10:00:00Z', 'UTC', '2026-03-02', 0],
  ])('at %s in %s it is %s, %d minutes from UTC', (instant, zone, date, offset) => {
    expect(wallClock(new Date(instant), zone)).toEqual({ date, offset });
  });

  it('show UTC in a zone that does not exist', () => {
    expect(wallClock(new Date('2026-03-02T10:00:00Z'), 'Nowhere/At_All')).toEqual({
      date: '2026-03-02',
      offset: 0,
    });
  });

  it('stay right over more zones than are kept', () => {
    for (let i = 0; i < 600; i += 1) wallClock(new Date(0), `Nowhere/${i}`);
    expect(wallClock(new Date('2026-03-02T10:00:00Z'), 'Europe/Berlin').offset).toBe(60);
  });
});

describe('times of a place', () => {
  it.each([
    ['2026-03-03', '19:00', 'Europe/Berlin', '2026-03-03T19:00+01:00'],
    ['2026-03-29', '01:30', 'Europe/Berlin', '2026-03-29T01:30+01:00'],
    ['2026-03-29', '03:30', 'Europe/Berlin', '2026-03-29T03:30+02:00'],
    ['2026-10-25', '12:00', 'Europe/Berlin', '2026-10-25T12:00+01:00'],
    ['2026-07-01', '09:00', 'America/St_Johns', '2026-07-01T09:00-02:30'],
    ['2026-07-01', '09:00', 'UTC', '2026-07-01T09:00Z'],
  ])('%s %s in %s is %s', (date, time, zone, iso) => {
    expect(zonedIso(date, time, zone)).toBe(iso);
  });

  it('write offsets as ISO does', () => {
    expect([0, 60, -210, 345].map((offset) => offsetText(offset))).toEqual([
      'Z',
      '+01:00',
      '-03:30',
      '+05:45',
    ]);
  });
});
