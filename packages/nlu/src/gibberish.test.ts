import { expect, it } from 'vitest';
import { isGibberish } from './gibberish.js';
import { listen } from './text.js';

it.each([
  'asdfghjkl',
  'asdf qwerty',
  'qwertyuiop',
  'xkcdqzt',
  'aaaaaaa',
  'hahahahaha',
  'sdkfjhsdkjfh',
  'zxcvbnm lkjhg',
])('%j is keys struck at random', (said) => {
  expect(isGibberish(listen(said).words)).toBe(true);
});

it.each([
  'it arrived broken',
  'Krzysztof Brzęczyszczykiewicz lives here',
  'strengths',
  'rhythm',
  'my typewriter broke',
  'HTML',
  'мгврждн',
  '世界',
  '',
  'ok',
  'asdfgh is what the screen of my laptop shows',
])('%j is not', (said) => {
  expect(isGibberish(listen(said).words)).toBe(false);
});
