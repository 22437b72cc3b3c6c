import { describe, expect, it } from 'vitest';
import { fill, NOW, slot, ZONE } from '../testing/scenes.js';
import { findMoments } from './dates.js';

const place = { now: NOW, timeZone: ZONE, dayFirst: false };
const dates = (text: string): readonly string[] =>
  findMoments(text, place, false).dates.map(({ value }) => value);

describe('days', () => {
  it.each([
    ['today', ['2026-03-02']],
    ['tomorrow', ['2026-03-03']],
    ['the day after tomorrow', ['2026-03-04']],
    ['yesterday', ['2026-03-01']],
    ['Friday', ['2026-03-06']],
    ['on Monday', ['2026-03-02']],
    ['next Friday', ['2026-03-13']],
    ['in 2 days', ['2026-03-04']],
    ['3 March 2026', ['2026-03-03']],
    ['March 9th', ['2026-03-09']],
    ['1 February', ['2027-02-01']],
    ['2026-12-24', ['2026-12-24']],
    ['12/24/2026', ['2026-12-24']],
    ['the 5th', ['2026-03-05']],
    ['on the 1st', ['2026-04-01']],
    ['from 3 March to 9 March', ['2026-03-03', '2026-03-09']],
    ['tomorrow at 7pm', ['2026-03-03']],
    ['at 7 tomorrow', ['2026-03-03']],
  ])('%j is %j', (text, expected) => {
    expect(dates(text)).toEqual(expected);
  });

  it.each([
    '2026-13-45',
    '31 February 2026',
    'I may go',
    'the sun is out',
    'he sat down',
    'order 1042 second',
    'A-1042',
    '120',
    '7pm',
    'the 2nd one',
    'the 45th',
    'soon',
    '',
  ])('%j is none', (text) => {
    expect(dates(text)).toEqual([]);
  });

  it('are told in the zone of the person', () => {
    const late = { now: '2026-03-02T23:30:00Z', dayFirst: false };
    const tomorrow = (timeZone: string): unknown =>
      findMoments('tomorrow', { ...late, timeZone }, false).dates[0]?.value;
    expect([tomorrow('UTC'), tomorrow('Asia/Tokyo')]).toEqual(['2026-03-03', '2026-03-04']);
  });

  it('are read in the order asked for', () => {
    const read = (dayFirst: boolean): unknown =>
      findMoments('4/5/2026', { ...place, dayFirst }, false).dates[0]?.value;
    expect([read(false), read(true)]).toEqual(['2026-04-05', '2026-05-04']);
  });
});

describe('date and time slots', () => {
  const date = slot('date', 'string', { format: 'date' });
  const time = slot('time', 'string', { format: 'time' });
  const when = slot('when', 'string', { format: 'date-time' });
  const checkIn = slot('checkIn', 'string', { format: 'date' });
  const checkOut = slot('checkOut', 'string', { format: 'date' });

  it('share what is said of both', () => {
    expect(fill('tomorrow at 7pm', [date, time])).toEqual({ date: '2026-03-03', time: '19:00' });
    expect(fill('at noon on Friday', [time, date])).toEqual({ date: '2026-03-06', time: '12:00' });
  });

  it.each([
    ['tomorrow at 7pm', '2026-03-03T19:00+01:00'],
    ['at 19:30 on 1 April', '2026-04-01T19:30+02:00'],
    ['in two hours', '2026-03-02T13:00+01:00'],
    ['2026-03-05T10:00:00Z', '2026-03-05T10:00:00Z'],
    ['2026-03-05 10:00+02:00', '2026-03-05T10:00+02:00'],
  ])('a date-time slot takes from %j %s', (said, value) => {
    expect(fill(said, [when])).toEqual({ when: value });
  });

  it('a date-time slot takes no day without its hour', () => {
    expect(fill('tomorrow', [when])).toEqual({});
  });

  it('take a moment apart', () => {
    expect(fill('2026-03-05T10:00:00Z', [date, time])).toMatchObject({ date: '2026-03-05' });
  });

  it('take a range as it runs', () => {
    expect(fill('from 3 March to 9 March', [checkIn, checkOut])).toEqual({
      checkIn: '2026-03-03',
      checkOut: '2026-03-09',
    });
    expect(fill('from 3 to 9 March', [checkOut, checkIn])).toEqual({
      checkIn: '2026-03-03',
      checkOut: '2026-03-09',
    });
  });

  it('leave out what could be either', () => {
    expect(fill('Friday or Saturday', [date])).toEqual({});
  });

  it('keep their numbers from number slots', () => {
    expect(fill('3 tickets on 5 March at 7', [slot('tickets', 'number'), date])).toEqual({
      tickets: 3,
      date: '2026-03-05',
    });
    expect(fill('see you on 5 March', [slot('tickets', 'number')])).toEqual({});
  });
});
