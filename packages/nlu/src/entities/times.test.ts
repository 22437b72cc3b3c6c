import { describe, expect, it } from 'vitest';
import { findTimes } from './times.js';

const times = (text: string, asked = false): readonly string[] =>
  findTimes(text, asked).map(({ value }) => value);

describe('times of day', () => {
  it.each([
    ['7pm', ['19:00']],
    ['7 p.m.', ['19:00']],
    ['7:30pm', ['19:30']],
    ['12am', ['00:00']],
    ['12pm', ['12:00']],
    ['12:30 am', ['00:30']],
    ['19:45', ['19:45']],
    ['at 7', ['07:00']],
    ['by nine', ['09:00']],
    ['at 7.30', ['07:30']],
    ['half past seven', ['07:30']],
    ['quarter past 8', ['08:15']],
    ['quarter to one', ['12:45']],
    ["seven o'clock", ['07:00']],
    ['7 in the evening', ['19:00']],
    ['eight in the morning', ['08:00']],
    ['11 at night', ['23:00']],
    ['tonight at 8', ['20:00']],
    ['noon', ['12:00']],
    ['at midnight', ['00:00']],
    ['from 9:00 until 17:30', ['09:00', '17:30']],
    ['18h', ['18:00']],
    ['@ 6pm', ['18:00']],
  ])('%j is %j', (text, expected) => {
    expect(times(text)).toEqual(expected);
  });

  it.each([
    '7',
    '7.30',
    '25:00',
    '13pm',
    'at 5 dollars',
    'at 3 people',
    'from 3 March',
    'from 3 to 9 March',
    '5:99',
    '$7',
    'v7',
    'at 5 Main St',
    'forenoon',
    '10:30:61x',
    '2026-03-05',
    'at 5%',
  ])('%j is none', (text) => {
    expect(times(text)).toEqual([]);
  });

  it('may be bare where a time is asked for', () => {
    expect(times('7', true)).toEqual(['07:00']);
    expect(times('7.30', true)).toEqual(['07:30']);
    expect(times('seven', true)).toEqual(['07:00']);
    expect(times('24', true)).toEqual([]);
  });

  it('are unsure where morning and evening are both possible', () => {
    const sure = (text: string): boolean | undefined => findTimes(text, true)[0]?.sure;
    expect([sure('at 7'), sure('half past 7'), sure("7 o'clock")]).toEqual([false, false, false]);
    expect([
      sure('7pm'),
      sure('7:00'),
      sure('at 19'),
      sure('7 in the evening'),
      sure('noon'),
    ]).toEqual(Array(5).fill(true));
  });

  it('have their places', () => {
    expect(findTimes('come at 7pm please', false)).toMatchObject([{ start: 5, end: 11 }]);
  });
});
