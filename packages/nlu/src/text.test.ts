import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, listen, MAX_HEARD, overlaps, stem, trimSpan, wordsIn, wordsOf } from './text.js';

describe('listen', () => {
  it('reads words with their places', () => {
    expect(listen("Don't go, café!").words).toEqual([
      { text: 'dont', stem: 'dont', start: 0, end: 5 },
      { text: 'go', stem: 'go', start: 6, end: 8 },
      { text: 'cafe', stem: 'cafe', start: 10, end: 14 },
    ]);
  });

  it('makes control characters, odd spaces and curly quotes plain without moving anything', () => {
    const said = 'a\u0000b\u00A0“c”\u202E don’t\tx';
    const { text, utterance } = listen(said);
    expect(text).toBe('a b "c"  don\'t x');
    expect(text).toHaveLength(said.length);
    expect(utterance).toBe(said);
  });

  it('keeps line breaks, which end a clause', () => {
    expect(listen('a\nb\r\nc').text).toBe('a\nb \nc');
  });

  it('reads words of other scripts', () => {
    expect(listen('مرحبا 世界 नमस्ते').words.map(({ start, end }) => end - start)).toEqual([5, 2, 6]);
  });

  it('takes "e-mail" for one word', () => {
    expect(listen('My E-Mail, pre-mail').words.map(({ text }) => text)).toEqual([
      'my',
      'email',
      'pre',
      'mail',
    ]);
  });

  it('stops at its bound', () => {
    expect(listen('x'.repeat(MAX_HEARD + 10)).text).toHaveLength(MAX_HEARD);
  });

  it('keeps length and offsets for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (said) => {
        const heard = listen(said);
        expect(heard.text).toHaveLength(said.length);
        for (const { start, end } of heard.words) {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThanOrEqual(said.length);
        }
      }),
    );
  });
});

describe('folding', () => {
  it.each([
    ['Straße', 'straße'],
    ["DON'T", 'dont'],
    ['Ｆｕｌｌ', 'full'],
    ['naïve', 'naive'],
    ['ÉCOLE', 'ecole'],
  ])('%s is compared as %s', (word, folded) => {
    expect(fold(word)).toBe(folded);
  });

  it.each([
    ['guests', 'guest'],
    ['address', 'address'],
    ['addresses', 'address'],
    ['boxes', 'box'],
    ['cities', 'city'],
    ['bus', 'bus'],
    ['ids', 'ids'],
    ['status', 'status'],
  ])('%s has the stem %s', (word, expected) => {
    expect(stem(word)).toBe(expected);
  });

  it.each([
    ['orderId', ['order', 'id']],
    ['delivery_address', ['delivery', 'address']],
    ['URLPath', ['url', 'path']],
    ['Check-in date', ['check', 'in', 'date']],
    ['line2Address', ['line2', 'address']],
    ['', []],
  ])('%s has the words %j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});

describe('spans', () => {
  it('trims white space and stops', () => {
    expect(trimSpan(' ,a b. ', { start: 0, end: 7 })).toEqual({ start: 2, end: 5 });
    expect(trimSpan(' ., ', { start: 0, end: 4 })).toBeNull();
  });

  it('knows what overlaps', () => {
    expect(overlaps({ start: 0, end: 2 }, { start: 1, end: 3 })).toBe(true);
    expect(overlaps({ start: 0, end: 2 }, { start: 2, end: 3 })).toBe(false);
  });

  it('finds the words that lie wholly within', () => {
    const heard = listen('one two three');
    expect(wordsIn(heard, { start: 2, end: 13 }).map(({ text }) => text)).toEqual(['two', 'three']);
  });
});
