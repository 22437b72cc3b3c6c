import { describe, expect, it } from 'vitest';
import { readAffirmation, readGesture, type Affirmation } from './affirmation.js';
import { listen } from './text.js';

const hear = (said: string, asked = true): Affirmation | null =>
  readAffirmation(listen(said).words, asked);

describe('where a yes or no was asked for', () => {
  it.each([
    'yes',
    'Yes!',
    'yep',
    'sure',
    'ok',
    'okay',
    'go ahead',
    'do it',
    'correct',
    'confirm',
    'approved',
    'I agree',
    'absolutely',
    'of course',
    'sounds good',
    "that's right",
    'why not',
    'no problem',
    'proceed',
    'go on',
    'continue',
    'yes please',
    'yes, go ahead',
    'ok, do it',
    'yes indeed',
    'looks good, thanks',
    'please do',
    'aproved',
    'yes I would like that very much',
    'that is fine with me',
    'I can confirm the refund',
  ])('%j is a yes', (said) => {
    expect(hear(said)).toMatchObject({ answer: 'yes' });
    expect(hear(said)?.confidence).toBeGreaterThanOrEqual(0.85);
  });

  it.each([
    'no',
    'nope',
    'No!!',
    'no thanks',
    "don't",
    'do not',
    'not now',
    'not yet',
    'reject',
    'declined',
    'never',
    'absolutely not',
    "please don't",
    "no, don't do that",
    "no, that's wrong",
    'hell no',
    "I don't think so",
    "I don't want this",
    'that is not right',
    'later',
    'none of the above',
    'I would not do that',
    'no, never',
  ])('%j is a no', (said) => {
    expect(hear(said)).toMatchObject({ answer: 'no' });
    expect(hear(said)?.confidence).toBeGreaterThanOrEqual(0.85);
  });

  it.each([
    'maybe',
    'perhaps',
    'not sure',
    "I'm not sure",
    'I guess so',
    "I don't know",
    'probably',
    'it depends on the price',
    'I think so',
  ])('%j is a hedge', (said) => {
    expect(hear(said)).toMatchObject({ answer: 'hedge' });
  });

  it.each(['yes, maybe', 'yes but not today', 'ok, but only the first', 'sure, unless it rains'])(
    '%j is a yes to be asked about again',
    (said) => {
      expect(hear(said)).toMatchObject({ answer: 'yes', confidence: 0.6 });
    },
  );

  it.each(['blue', 'the second one', 'what will it cost', '', 'x '.repeat(40)])(
    '%j is neither',
    (said) => {
      expect(hear(said)).toBeNull();
    },
  );

  it('tells a whole answer from one with more to it', () => {
    expect(hear('yes please')?.bare).toBe(true);
    expect(hear('yes for the gift wrap')?.bare).toBe(false);
  });
});

describe('where none was asked for', () => {
  it('hears plain answers only', () => {
    expect(hear('yes', false)?.answer).toBe('yes');
    expect(hear('yep, go ahead', false)?.answer).toBe('yes');
    expect(hear('no, not now', false)?.answer).toBe('no');
    expect(hear('continue', false)).toBeNull();
    expect(hear('yes for the gift wrap', false)).toBeNull();
    expect(hear('I would not do that', false)).toBeNull();
  });
});

describe('gestures', () => {
  it.each([
    ['👍', 'yes'],
    ['👍🏽', 'yes'],
    ['✅!', 'yes'],
    ['👎', 'no'],
    ['❌', 'no'],
  ])('%s is a %s', (said, answer) => {
    expect(readGesture(said)?.answer).toBe(answer);
  });

  it.each(['😀', '', '👍 or 👎', '👍'.repeat(50)])('%j is none', (said) => {
    expect(readGesture(said)).toBeNull();
  });
});
