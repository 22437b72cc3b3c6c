import type { Word } from './text.js';

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'poiuytrewq', 'lkjhgfdsa', 'mnbvcxz'];

/** True where most of what was said is keys struck at random. Other scripts than Latin never are. */
export function isGibberish(words: readonly Word[]): boolean {
  let mashed = 0;
  let read = 0;
  for (const { text } of words) {
    if (isMashed(text)) mashed += text.length;
    else read += text.length;
  }
  return mashed > read;
}

function isMashed(word: string): boolean {
  if (word.length < 4 || !/^[a-z]+$/u.test(word)) return false;
  if (/(.)\1{3}/u.test(word) || /^(.{1,3})\1{2,}$/u.test(word)) return true;
  if (word.length > 4 && !/[aeiouy]/u.test(word)) return true;
  if (/[^aeiouy]{6}/u.test(word)) return true;
  return ROWS.some((row) => containsRun(word, row, 5));
}

function containsRun(word: string, row: string, length: number): boolean {
  for (let at = 0; at + length <= word.length; at += 1) {
    if (row.includes(word.slice(at, at + length))) return true;
  }
  return false;
}
